"""Features, encoders and what they make of a corpus."""
