"""Several systems side by side, on the same trials; runs that differ in their seed alone are one row with a spread."""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from sv_bridge.compactness.reading import better
from sv_bridge.verification.evaluation import Result

__all__ = ["Assessment", "Column", "Spread", "changes", "compare"]

RATES = ("EER %", "minDCF .01", "minDCF .05")


@dataclass(frozen=True, slots=True)
class Assessment:
    """What is known of one system.

    Attributes
    ----------
    name : of the system.
    results : error rates by condition, all trials first.
    compactness : summary of the compactness of the same embeddings.
    """

    name: str
    results: tuple[Result, ...]
    compactness: dict[str, float]

    def values(self) -> dict[str, float]:
        """Every number that systems are compared by."""
        overall = self.results[0]
        rates = (100 * overall.equal_error_rate, overall.min_dcf_01, overall.min_dcf_05)
        return dict(zip(RATES, rates, strict=True)) | self.compactness


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean and standard deviation over seeds; the deviation of a single one, or with an infinite one, is NaN."""

    mean: float
    deviation: float
    count: int

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Mean and sample standard deviation of at least one value."""
        known = len(values) > 1 and all(map(math.isfinite, values))
        deviation = statistics.stdev(values) if known else math.nan
        return cls(statistics.fmean(values), deviation, len(values))

    def __str__(self) -> str:
        if math.isnan(self.mean):
            return "—"
        return f"{self.mean:.4g}" if math.isnan(self.deviation) else f"{self.mean:.4g} ± {self.deviation:.2g}"


@dataclass(frozen=True, slots=True)
class Column:
    """One number of every system.

    Attributes
    ----------
    name : what it is.
    better : "higher", "lower", or "" where neither direction is better.
    spreads : system → mean and deviation.
    """

    name: str
    better: str
    spreads: dict[str, Spread]

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers and strings, for JSON."""
        return asdict(self)

    @property
    def best(self) -> str:
        """The system with the best mean; "" where there is none."""
        known = {name: spread.mean for name, spread in self.spreads.items() if not math.isnan(spread.mean)}
        if not known or not self.better:
            return ""
        return max(known, key=known.__getitem__) if self.better == "higher" else min(known, key=known.__getitem__)


class Valued(Protocol):
    """What has numbers by name, whether labels were read for them or not."""

    def values(self) -> dict[str, float]:
        """Every number that systems are compared by."""
        ...


def compare(groups: Mapping[str, Sequence[Valued]]) -> list[Column]:
    """One column a number, over systems that each have one assessment a seed.

    Examples
    --------
    >>> def assessed(rate):
    ...     return Assessment("m", (Result("all trials", 1, 1, rate, 0.5, 1.0, 1.0),), {})
    >>> print(compare({"m": [assessed(0.1), assessed(0.2)]})[0].spreads["m"])
    15 ± 7.1
    """
    if not groups or not all(groups.values()):
        raise ValueError("nothing to compare: name at least one system")
    names = next(iter(groups.values()))[0].values()
    columns = []
    for name in names:
        spreads = {
            system: Spread.of([assessment.values().get(name, math.nan) for assessment in assessments])
            for system, assessments in groups.items()
        }
        direction = "lower" if name in RATES else better(name)
        columns.append(Column(name, direction, spreads))
    return columns


def changes(columns: Sequence[Column], before: str, after: str) -> tuple[list[str], list[str]]:
    """Numbers in which `after` is better than `before`, and in which it is worse; error rates are left out."""
    improved: list[str] = []
    worsened: list[str] = []
    for column in columns:
        step = column.spreads[after].mean - column.spreads[before].mean
        if column.better and step and column.name not in RATES:
            (improved if (step > 0) == (column.better == "higher") else worsened).append(column.name)
    return improved, worsened
