"""What is copied into the project by a test is no test."""

collect_ignore = ["measure"]
