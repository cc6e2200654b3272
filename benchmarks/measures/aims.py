"""What the project set out to reach on two cores, and what has been measured of it."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from benchmarks.measures.cases import ONE_PASS
from benchmarks.measures.results import Outcome, Results

__all__ = ["Verdict", "verdicts"]

SKLEARN = "scikit-learn"
IMPORT_SECONDS = 0.5
NOT_YET = "not measured yet"


class Verdict(NamedTuple):
    """An aim, what came of it, and whether that is enough; None where it has not been measured yet."""

    aim: str
    measured: str
    met: bool | None


def verdicts(results: Results) -> Iterator[Verdict]:
    """All aims."""
    for n, d, factor in ((20_000, 32, 4), (20_000, 256, 3)):
        yield from speed(results, "silhouette", (n, d, 10), factor, SKLEARN)
    yield from memory(results, "silhouette", (20_000, 256, 10), 20, SKLEARN)
    for metric in ("cosine", "sqeuclidean"):
        for d in (32, 256):
            yield from speed(results, f"silhouette_{metric}", (20_000, d, 10), 150, SKLEARN)
    for d in (32, 256):
        yield from speed(results, "dunn", (20_000, d, 10), 8, None)
    for d in (32, 256):
        yield from one_pass(results, (20_000, d, 10), 1.5)
    for d in (32, 256):
        yield from speed(results, "dbcv", (10_000, d, 10), 4, None)
    for measure in ("davies_bouldin", "calinski_harabasz"):
        yield from speed(results, measure, (200_000, 192, 2_000), 4, SKLEARN)
    yield from one(
        results, "relative_margin", (1_000, 32, 3), "relative margin exact in less than 10 s",
        lambda outcome: (f"{seconds:.3g} s", seconds < 10) if (seconds := outcome.seconds()) else ("not exact", False),
    )  # fmt: skip
    yield from one(
        results, "relative_margin_bounds", (4_874, 192, 40), "bracket of the relative margin no wider than 10 %",
        width,
    )  # fmt: skip
    yield from one(  # with fewer features, products do not dominate
        results, "silhouette_float32", (20_000, 256, 10), "float32 nearly twice as fast as float64", halved
    )
    importing, caching = f"`import cqm` in less than {IMPORT_SECONDS} s", "first calls served from the cache on disk"
    if results.start_up is None:
        yield Verdict(importing, NOT_YET, None)
        yield Verdict(caching, NOT_YET, None)
    else:
        seconds, compiled = results.start_up["import_seconds"], results.start_up["compiled"]
        yield Verdict(importing, f"{seconds:.2g} s", seconds < IMPORT_SECONDS)
        yield Verdict(
            caching,
            f"{results.start_up['from_cache']} functions read, {compiled} compiled",
            compiled == 0 < results.start_up["from_cache"],
        )


def one(
    results: Results,
    measure: str,
    shape: tuple[int, int, int],
    aim: str,
    judge: Callable[[Outcome], tuple[str, bool]],
) -> Iterator[Verdict]:
    outcome, (n, d, k) = results.get(measure, *shape), shape
    found = (NOT_YET, None) if outcome is None else judge(outcome)
    yield Verdict(f"{aim}, n = {n:,}, d = {d}, k = {k:,}", *found)


def speed(
    results: Results, measure: str, shape: tuple[int, int, int], factor: float, peer: str | None
) -> Iterator[Verdict]:
    """At least `factor` times as fast as a peer, by default the fastest one."""

    def judge(outcome: Outcome) -> tuple[str, bool]:
        other = peer or outcome.fastest
        times = outcome.times_faster(other) if other else None
        return (f"{times:.3g}× ({other})", times >= factor) if times else ("no peer finished", True)

    name = measure.replace("_", " ")
    yield from one(results, measure, shape, f"{name} {factor}× {peer or 'the fastest peer'}", judge)


def memory(results: Results, measure: str, shape: tuple[int, int, int], factor: float, peer: str) -> Iterator[Verdict]:
    def judge(outcome: Outcome) -> tuple[str, bool]:
        times = outcome.times_leaner(peer)
        return (f"1/{times:.3g}", times >= factor) if times else ("the peer did not finish", True)

    yield from one(results, measure, shape, f"{measure} with 1/{factor} of {peer}'s memory", judge)


def one_pass(results: Results, shape: tuple[int, int, int], factor: float) -> Iterator[Verdict]:
    def judge(outcome: Outcome) -> tuple[str, bool]:
        times = 1 / (outcome.times_faster(ONE_PASS) or float("nan"))
        return f"{times:.3g}×", times <= factor

    yield from one(results, "weakest_link", shape, f"weakest link within {factor}× of {ONE_PASS}", judge)


def width(outcome: Outcome) -> tuple[str, bool]:
    share = outcome.value("cqm")
    return f"{share:.2%} in {outcome.seconds():.3g} s", share <= 0.1


def halved(outcome: Outcome) -> tuple[str, bool]:
    times = outcome.times_faster("cqm in float64")
    return (f"{times:.3g}×", times >= 1.7) if times else ("did not finish", False)
