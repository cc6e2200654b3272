"""Which measures fit the data and the question, from what the catalogue knows of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import Any, Literal

from cqm.arrays.intake import check_metric
from cqm.arrays.metrics import Metric
from cqm.declarations import Measure, catalog
from cqm.declarations.cost import PER_SECOND
from cqm.reports.report import metric_name
from cqm.tables import html_table, text_table

__all__ = ["Advice", "Recommendation", "recommend"]

HEADER = ("measure", "round clusters", "shapes", "axioms", "time", "remarks")
TOP = 10
"""Measures that are shown unless all are asked for, each of another family."""
PAPER = ("scale_invariance", "consistency", "richness", "isomorphism_invariance")


@dataclass(frozen=True, slots=True)
class Advice:
    """What speaks for and against one measure.

    Attributes
    ----------
    measure : name of the measure.
    against : why it does not fit; nothing where it does.
    remarks : what to know when it is used.
    seconds : time that it takes on one core, to a factor of three.
    """

    measure: str
    against: tuple[str, ...]
    remarks: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Recommendation:
    """Measures in the order in which they are recommended.

    Attributes
    ----------
    question : what was asked, in words.
    advice : one entry a measure, those that fit first.
    """

    question: str
    advice: tuple[Advice, ...]

    @property
    def measures(self) -> tuple[str, ...]:
        """Names of the measures that fit, best first: ``cqm.evaluate(…, measures=advice.measures[:3])``."""
        return tuple(advice.measure for advice in self.advice if not advice.against)

    def text(self, *, every: bool = False) -> str:
        """As text; with `every`, also what does not fit, and why."""
        fitting = [advice for advice in self.advice if not advice.against]
        shown = fitting if every else _one_a_family(fitting)[:TOP]
        lines = [text_table(self.question, HEADER, map(_row, shown), prose=True, spare=1) if shown else self.question]
        if len(shown) < len(fitting):
            lines.append(f"and {len(fitting) - len(shown)} more, among them relatives of these")
        reasons: dict[str, list[str]] = {}
        for advice in self.advice:
            for reason in advice.against[:1]:
                reasons.setdefault(reason if every else reason.split(":")[0], []).append(advice.measure)
        for reason, names in reasons.items():
            lines.append(f"not: {reason} ({', '.join(names) if every else len(names)})")
        if not fitting:
            lines.append("no measure fits all of it: ask for less")
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        items = "".join(
            f"<li><b>{escape(a.measure)}</b>: {escape('; '.join(a.against))}</li>" for a in self.advice if a.against
        )
        table = html_table(self.question, HEADER, [_row(a) for a in self.advice if not a.against])
        return f"{table}<details><summary>what does not fit</summary><ul>{items}</ul></details>"


def recommend(
    *,
    n: int = 1000,
    k: int = 10,
    d: int = 10,
    metric: Metric = "euclidean",
    noise: bool = False,
    shape: Literal["round", "any"] = "round",
    fixed_k: bool = False,
    axioms: Iterable[str] = (),
    seconds: float = 60.0,
) -> Recommendation:
    """Measures that fit, from facts of the catalogue: metric, noise, shape, comparability over k, cost, axioms.

    What fits is ordered by how often it found clear clusters (round ones, unless k is fixed, or moons and rings), then
    by how many of the four axioms of the 2008 paper hold, then by cost. Such sets are easy ones: a measure that fails
    there is out, and one that finds them may still fail on yours.

    Parameters
    ----------
    n, k, d : int
        Number of points, of clusters, of features.
    metric : str or callable
        Distance between points.
    noise : bool
        Whether clusterings call some points noise, more of them or fewer.
    shape : {"round", "any"}
        Whether clusters are round, or moons, rings and the like.
    fixed_k : bool
        Whether the clusterings to compare have equally many clusters.
    axioms : names of axioms
        What has to hold, such as "consistency": proved, or with no counterexample found.
    seconds : float
        Time that a measure may take on one core.

    Returns
    -------
    Recommendation

    Raises
    ------
    KeyError
        No axiom has this name.
    ValueError
        Another metric or shape, or a number below 1.

    Examples
    --------
    >>> import cqm
    >>> cqm.recommend(shape="any", noise=True).measures
    ('dbcv', 'disco')
    >>> "trace_w" in cqm.recommend(fixed_k=True).measures, "trace_w" in cqm.recommend().measures
    (True, False)
    """
    check_metric(metric)
    if shape not in ("round", "any"):
        raise ValueError(f'`shape` must be "round" or "any", got {shape!r}')
    for name, value in (("n", n), ("k", k), ("d", d)):
        if value < 1:
            raise ValueError(f"`{name}` must be at least 1, got {value}")
    if k > n:
        raise ValueError(f"`k` must be at most `n`, the number of points, {n}, got {k}")
    wanted = [axioms] if isinstance(axioms, str) else list(axioms)
    known = next(iter(catalog.values())).axioms
    for axiom in wanted:
        if axiom not in known:
            raise KeyError(f"no axiom is named {axiom!r}: they are {', '.join(known)}")
    advice = [
        _advice(measure, n, k, d, metric, noise=noise, shape=shape, fixed_k=fixed_k, axioms=wanted, limit=seconds)
        for measure in catalog.values()
    ]
    return Recommendation(
        f"{n:,} points, {k:,} clusters, {d:,} features, {metric_name(metric)} distance, "
        f"{'some noise' if noise else 'no noise'}, {shape} clusters, {'one k' if fixed_k else 'different k'}",
        tuple(sorted(advice, key=lambda a: _rank(a, shape, fixed_k=fixed_k))),
    )


def _advice(
    measure: Measure,
    n: int,
    k: int,
    d: int,
    metric: Metric,
    *,
    noise: bool,
    shape: str,
    fixed_k: bool,
    axioms: list[str],
    limit: float,
) -> Advice:
    against, remarks = [], []
    across = measure.across_k
    time = measure.operations(n, k, d, metric) / PER_SECOND
    if (reason := measure.inapplicable(metric)) is not None:
        against.append(reason)
    if time > limit:
        against.append(f"takes too long: {time:,.0f} s")
    if shape == "any" and not across.any_shape:
        against.append(
            f"takes clusters for round: found {across.shapes_found} of {across.shapes} sets of moons and rings"
        )
    if not fixed_k and across.way != "best":
        against.append(f"does not compare different k: {across.reason}")
    if not fixed_k and across.way == "best" and 2 * across.found < across.sets:
        against.append(f"seldom finds k: {across.found} of {across.sets} sets of clear clusters")
    if noise and not measure.counts_noise:
        against.append("does not see how many points are noise: compare clusterings with equally much of it")
    for axiom in axioms:
        verdict = measure.axioms[axiom]
        if verdict.holds is not True:
            against.append(f"{axiom} does not hold: {verdict.status}")
    if measure.cost in ("hard", "relaxed", "pairs", "pairs_relaxed"):
        remarks.append("searches within a budget: with many clusters, bounds are all there is")
    if measure.better == "lower":
        remarks.append("lower is better")
    return Advice(measure.name, tuple(against), tuple(remarks), time)


def _rank(advice: Advice, shape: str, *, fixed_k: bool) -> tuple[Any, ...]:
    measure = catalog[advice.measure]
    across = measure.across_k
    found = 0.0 if fixed_k else across.found / max(across.sets, 1)
    if shape == "any":
        found += across.shapes_found / max(across.shapes, 1)
    return bool(advice.against), -found, -_axioms(measure), advice.seconds


def _one_a_family(advice: list[Advice]) -> list[Advice]:
    """The first of all variants of one function."""
    families: dict[Any, Advice] = {}
    for entry in advice:
        function = catalog[entry.measure].function
        families.setdefault(function.func if isinstance(function, partial) else function, entry)
    return list(families.values())


def _axioms(measure: Measure) -> int:
    return sum(measure.axioms[name].holds is True for name in PAPER)


def _row(advice: Advice) -> tuple[str, ...]:
    measure = catalog[advice.measure]
    across = measure.across_k
    time = f"{advice.seconds:.1g} s" if advice.seconds < 10 else f"{advice.seconds:,.0f} s"
    return (
        measure.name,
        f"{across.found}/{across.sets}",
        f"{across.shapes_found}/{across.shapes}",
        f"{_axioms(measure)}/{len(PAPER)}",
        time,
        "; ".join(advice.remarks),
    )
