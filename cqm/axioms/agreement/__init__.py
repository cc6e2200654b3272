"""Axioms of external indices, which say how alike two clusterings of the same points are."""
