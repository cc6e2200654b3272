"""Relative and additive margin (Ackerman & Ben-David 2008): how much nearer points are to their own centre."""

from cqm.measures.margins.additive import additive_margin, additive_margin_of
from cqm.measures.margins.bounds import additive_margin_bounds, relative_margin_bounds
from cqm.measures.margins.bracket import Bracket, BudgetExceeded
from cqm.measures.margins.relative import relative_margin, relative_margin_of, sample_relative_margin

__all__ = [
    "Bracket",
    "BudgetExceeded",
    "additive_margin",
    "additive_margin_bounds",
    "additive_margin_of",
    "relative_margin",
    "relative_margin_bounds",
    "relative_margin_of",
    "sample_relative_margin",
]
