"""The public measures: validate, ask geometry, return a float."""
