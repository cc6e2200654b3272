"""Benchmarks and experiments: each script writes its tables and plots into docs/."""
