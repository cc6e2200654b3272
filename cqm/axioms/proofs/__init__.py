"""Proofs for any number of points, as arguments that run: what docs/proofs.md says, and what it settles."""
