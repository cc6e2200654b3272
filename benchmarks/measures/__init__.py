"""Time and memory of the measures beside the programs that compute the same: `python -m benchmarks.measures`."""
