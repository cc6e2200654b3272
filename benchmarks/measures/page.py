"""docs/benchmarks.md from the results."""

from collections.abc import Iterable, Sequence
from math import inf, isnan
from pathlib import Path
from textwrap import fill

from benchmarks.measures.aims import verdicts
from benchmarks.measures.cases import CQM, MEASURES
from benchmarks.measures.contest import ENOUGH_SECONDS, LIMIT_SECONDS, QUIET, ROUNDS
from benchmarks.measures.machine import days
from benchmarks.measures.plots import CLUSTERS, FEATURES, draw
from benchmarks.measures.results import OURS, SMALL_MB, Outcome, Results, read_results
from cqm.atomic import write_text

__all__ = ["write_page"]

SUMMARY_POINTS = 20_000
OTHER_PAGES = {
    "large-n.md": "a million points",
    "verification-speed.md": "what scoring trials costs",
}
ANSWERS = {True: "yes", False: "**no**", None: ""}
BOUNDS = {
    "pairs": "for sums of distances, half a matrix product and one root a pair",
    "extremes": "for the smallest and largest ones, half a product in float32, which finds them",
    "centroids": "where sums have a closed form, one product of the points with the centroids",
    "pass": "for the indices made of centroids, reading the data once",
}

ABSENT = (
    "Of other programs for DBCV, kDBCV 1.0.0 asks for numpy below 2, with which the others here don't run, and the one "
    "of Felipe Siqueira is not on the package index."
)


def write_page(folder: Path) -> None:
    """Write the page beside the folder of results, and the plots into it."""
    results = read_results(folder)
    if not results.outcomes:
        raise SystemExit(f"no results in {folder}: run python -m benchmarks.measures first")
    parts = [
        introduction(results),
        "## Summary",
        summary(results),
        "## Aims",
        aims(results),
        what_is_left(results),
        growth(results, folder),
        "## Values",
        disagreements(results),
        fill(ABSENT, 120),
        "## All cases",
        *(details(results, name) for name in MEASURES if results.of(name)),
        first_calls(results),
        training(folder),
        elsewhere(folder.parent),
    ]
    write_text(folder.with_suffix(".md"), "\n\n".join(part for part in parts if part) + "\n")


def introduction(results: Results) -> str:
    outcomes = results.outcomes.values()
    machines = [outcome.machine for outcome in outcomes]
    last = machines[-1]
    libraries = ", ".join(f"{name} {version}" for name, version in last["versions"].items())
    disturbed = sum(outcome.disturbance > QUIET for outcome in outcomes)

    def span(rate: str, unit: str) -> str:
        values = [machine[rate] / 1e9 for machine in machines]
        low, high = f"{min(values):.3g}", f"{max(values):.3g}"
        return f"{low if low == high else f'{low}–{high}'} {unit}"

    machine = (
        f"Measured {days(machines)} by the code of that time, on "
        f"{last['cores']} cores of {last['processor']}, {last['memory_gib']:.0f} GiB, {last['blas']}; Python "
        f"{last['python']}, {libraries}. In the runs this page is made of, all cores together reached "
        f"{span('float64_flops', 'Gflop/s')} in float64 products, {span('float32_flops', 'Gflop/s')} in float32, "
        f"{span('roots', 'billion roots/s')}, and read {span('bytes_read', 'GB/s')}."
    )
    method = (
        "**How.** Normal clusters around normal centres, the same points for every program. Each program runs in a "
        "process of its own, compiled and warmed up by a call that is not timed; then the programs take turns, "
        f"{ROUNDS} rounds, fewer once one has taken {ENOUGH_SECONDS:g} s. Times are medians. Memory is the peak of "
        f"resident memory above its level before the call, at least {SMALL_MB:g} MB. Programs that take over "
        f"{LIMIT_SECONDS:g} s, or would by their growth from fewer points, are left out, as are those that need more "
        f"memory than the machine has. A round in which other work took more than {QUIET:.0%} of the processors does "
        f"not count where there are others; {disturbed} of the {len(outcomes)} cases hold a program without any, and "
        "are marked †: their times are too long, their ratios rough."
    )
    limits = (
        "**Share of the limit.** What the machine needs at these rates, measured in the same run, for the work that "
        f"cannot be avoided, over our time. The work is {'; '.join(BOUNDS.values())}."
    )
    comment = "<!-- Written by `python -m benchmarks.measures` from the results in benchmarks/. -->"
    return "\n\n".join(["# Benchmarks", comment, *(fill(text, 120) for text in (machine, method, limits))])


def summary(results: Results) -> str:
    """A row for each measure and number of features, at the most points that were measured."""
    rows = []
    for name, measure in MEASURES.items():
        largest = {
            outcome.case.d: outcome
            for outcome in results.of(name)
            if outcome.case.n <= SUMMARY_POINTS and outcome.case.k == CLUSTERS and outcome.seconds() and outcome.peers
        }
        for d, outcome in largest.items():
            mark = " †" if outcome.disturbance > QUIET else ""
            cells = [f"{outcome.case.n:,}{mark}", f"{d}", time(outcome.seconds())]
            rows.append([measure.title, *cells, *beside(outcome, outcome.fastest)])
    head = [
        "measure",
        "n",
        "d",
        "cqm",
        "fastest peer",
        "its time",
        "ratio of time",
        "ratio of memory",
        "share of limit",
    ]
    text = f"In {CLUSTERS} clusters, at the most points, up to {SUMMARY_POINTS:,}, that a peer has been measured at."
    return f"{text} Ratios are the peer's over ours.\n\n" + table(head, rows)


def beside(outcome: Outcome, program: str) -> list[str]:
    mark = "" if outcome.agrees(program) else " (another value)"
    return [
        program + mark,
        time(outcome.seconds(program)),
        f"{outcome.times_faster(program):.3g}×",
        f"{outcome.times_leaner(program):.3g}×",
        share(outcome.share_of_limit),
    ]


def aims(results: Results) -> str:
    rows = [[verdict.aim, verdict.measured, ANSWERS[verdict.met]] for verdict in verdicts(results)]
    return table(["aim", "measured", "met"], rows)


def what_is_left(results: Results) -> str:
    """How much faster the silhouette of many features could be at all."""
    shape, peer = (20_000, 256, 10), "scikit-learn"
    outcome = results.get("silhouette", *shape)
    if outcome is None or not (reached := outcome.share_of_limit) or not (times := outcome.times_faster(peer)):
        return ""
    n, d, _ = shape
    return fill(
        "**What is left.** A minimum is found without most of the pairs, by bounds; a sum needs every one. So the "
        f"silhouette of float64 points cannot do with less than half a matrix product and one root a pair: with {n:,} "
        f"points of {d} features that would be {times / reached:.2g}× {peer}'s speed, and {times:.2g}× is reached. "
        "float32 points halve the product, cosine and squared Euclidean distances have sums in closed form.",
        120,
    )


def disagreements(results: Results) -> str:
    """Which peers gave another value than ours, and where."""
    rows = []
    for name, measure in MEASURES.items():
        for program in measure.programs:
            if program in OURS:
                continue
            compared = [outcome for outcome in results.of(name) if program in outcome.peers and outcome.seconds()]
            others = [outcome for outcome in compared if not outcome.agrees(program)]
            if others:
                worst = max(others, key=lambda outcome: distance(outcome, program))
                at = f"n = {worst.case.n:,}, d = {worst.case.d}, k = {worst.case.k}"
                values = [f"{worst.value(who):.4g}" for who in (CQM, program)]
                rows.append([measure.title, program, f"{len(others)} of {len(compared)}", *values, at])
    text = "All other values agree to rounding. Why programs differ is said in [measures.md](measures.md).\n\n"
    head = ["measure", "program", "differs in", "cqm", "program", "where it differs most"]
    return text + table(head, rows) if rows else "All programs give the same values, to rounding."


def growth(results: Results, folder: Path) -> str:
    plots = [f"![{what} against points]({folder.name}/{at.name})" for what, at in draw(results, folder).items()]
    head = f"## Growth\n\nPoints with {FEATURES} features in {CLUSTERS} clusters."
    return "\n\n".join([head, *plots]) if plots else ""


def distance(outcome: Outcome, program: str) -> float:
    """How far a program's value is from ours; infinitely far when it is no number."""
    apart = abs(outcome.value(CQM) - outcome.value(program))
    return inf if isnan(apart) else apart


def details(results: Results, name: str) -> str:
    measure = MEASURES[name]
    programs = list(measure.programs)
    rows = []
    for outcome in results.of(name):
        case = outcome.case
        mark = " †" if outcome.disturbance > QUIET else ""
        cells = [f"{case.n:,}{mark}", f"{case.d}", f"{case.k:,}"]
        for program in programs:
            cells.append(cell(outcome, program))
        if measure.value_is:
            cells.append(f"{outcome.value(CQM):.3g}" if outcome.seconds() else "")
        if measure.bound:
            cells.append(share(outcome.share_of_limit))
        rows.append(cells)
    head = ["n", "d", "k", *programs, *([measure.value_is] if measure.value_is else [])]
    return f"### {measure.title[0].upper()}{measure.title[1:]}\n\n" + table(
        [*head, *(["share of limit"] if measure.bound else [])], rows
    )


def cell(outcome: Outcome, program: str) -> str:
    """Time and memory; of another program, its ratio to ours too."""
    entry = outcome.entries.get(program)
    if entry is None:
        return "not measured"
    if "note" in entry:
        return entry["note"]
    ratio = outcome.times_faster(program)
    text = f"{time(outcome.seconds(program))}, {memory(outcome.megabytes(program))}"
    return f"{text} ({ratio:.3g}×)" if program != CQM and ratio else text


def first_calls(results: Results) -> str:
    if results.start_up is None:
        return ""
    rows = [[name, time(first), time(second)] for name, (first, second) in results.start_up["first_calls"].items()]
    return (
        "## First calls\n\n"
        f"`import cqm` adds {results.start_up['import_seconds']:.2g} s to an empty program. In a new process whose "
        f"predecessor has compiled what these measures need, {results.start_up['from_cache']} functions are read from "
        f"the cache on disk and {results.start_up['compiled']} are compiled.\n\n"
        + table(["measure, n = 1,200", "first call", "second call"], rows)
    )


def training(folder: Path) -> str:
    """What `python -m benchmarks.training_throughput` has written."""
    section = folder / "training.md"
    return section.read_text(encoding="utf-8").strip() if section.exists() else ""


def elsewhere(docs: Path) -> str:
    links = [f"[{text}]({name})" for name, text in OTHER_PAGES.items() if (docs / name).exists()]
    return f"Measured elsewhere: {'; '.join(links)}." if links else ""


def share(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.0%}" if value >= 0.01 else "< 1%"


def time(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return f"{seconds * 1e3:.3g} ms" if seconds < 0.9995 else f"{seconds:.3g} s"


def memory(megabytes: float | None) -> str:
    if megabytes is None:
        return ""
    return f"{megabytes / 1e3:.3g} GB" if megabytes >= 999.5 else f"{megabytes:.3g} MB"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---", *["---:" if name[0].isdigit() or name in RIGHT else "---" for name in head[1:]]], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


RIGHT = ("d", "k", "its time", "ratio of time", "ratio of memory", "share of limit", "first call", "second call")
