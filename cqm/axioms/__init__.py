"""Axioms of clustering quality, and the machine that checks, proves or refutes them for any measure."""
