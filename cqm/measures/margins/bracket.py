"""What is known of a margin whose best representative set may not be certain."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cqm.measures.arithmetic import ratio

__all__ = ["Bracket", "BudgetExceeded"]


@dataclass(frozen=True, slots=True, eq=False)
class Bracket:
    """An interval that holds a margin.

    Attributes
    ----------
    lower, upper : the margin is at least `lower` and at most `upper`, rounding included.
    representatives : (k,) rows of `X`, one a cluster in the order of the sorted labels: the set that attains `upper`
        (for a largest margin, `lower`).
    exact : whether the set is proved to be the best one, so that lower = upper.
    """

    lower: float
    upper: float
    representatives: NDArray[np.intp]
    exact: bool

    @property
    def width(self) -> float:
        """Upper minus lower end, as a share of the upper one."""
        return 0.0 if self.exact else float(ratio(self.upper - self.lower, abs(self.upper)))

    def __contains__(self, value: float) -> bool:
        return self.lower <= value <= self.upper

    def _repr_html_(self) -> str:
        kind = "exact" if self.exact else f"{self.width:.1%} wide"
        return f"<b>[{self.lower:.6g}, {self.upper:.6g}]</b>, {kind}, {len(self.representatives)} representatives"


class BudgetExceeded(ValueError):  # noqa: N818, the user reads it as a sentence
    """The best representative set was not certain when the search budget ended.

    Attributes
    ----------
    bracket : what is known of the margin all the same.
    """

    def __init__(self, message: str, bracket: Bracket):
        super().__init__(message)
        self.bracket = bracket
