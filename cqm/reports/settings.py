"""What users set by name when they ask for reports; imports nothing, so that the command line shows it at once."""

from enum import StrEnum

__all__ = ["MIN_COVERAGE", "Rule", "Shape"]

MIN_COVERAGE = 0.9
"""Share of the points that a clustering keeps, to be called best: what leaves out more was judged on easier points."""


class Rule(StrEnum):
    """Rules that choose k from clusterings of successive k."""

    gap_statistic = "gap_statistic"
    hartigan = "hartigan"
    krzanowski_lai = "krzanowski_lai"
    duda_hart = "duda_hart"
    beale = "beale"
    frey = "frey"


class Shape(StrEnum):
    """What clusters look like."""

    round = "round"
    any = "any"
