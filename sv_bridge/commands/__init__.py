"""The `sv-bridge` command."""
