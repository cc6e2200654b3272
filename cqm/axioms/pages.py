"""docs/axioms.md and the README's table, from the verdicts that were written down."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from cqm.atomic import write_text
from cqm.axioms.domains import DOMAINS
from cqm.axioms.kleinberg import FUNCTION_AXIOMS
from cqm.axioms.proofs.proof import PAGE, anchor
from cqm.axioms.sources import sources
from cqm.axioms.space_and_order import CONSISTENCIES, INVARIANCES
from cqm.axioms.statements import AXIOMS, Axiom, k_richness
from cqm.axioms.told_functions import TOLD
from cqm.axioms.verdict import Verdict
from cqm.axioms.witness import Witness
from cqm.declarations import catalog

__all__ = [
    "AXIOMS_PAGE",
    "EUCLIDEAN_MEANING",
    "PAPER",
    "README",
    "item",
    "page",
    "readme_with_table",
    "sign",
    "write_pages",
]

AXIOMS_PAGE, README = Path("docs/axioms.md"), Path("README.md")
PAPER = ("scale_invariance", "consistency", "richness", "isomorphism_invariance")
SETTLED = ("**proved**", "**✗**", "no value")
START_SHOWN, END_SHOWN = 1600, 160  # characters of a long line: numbers first, values last
START, END = "<!-- table of axioms: written by `cqm axioms --table` -->", "<!-- end of the table -->"

Table = Mapping[str, Mapping[str, Verdict]]

INTRODUCTION = """# Which measure satisfies which axiom

<!-- Written by `cqm axioms --table`. -->

Every catalogued measure, judged from its definition. Measures of distances are judged on *all* distance functions,
those that need coordinates, and all measures by axioms about points, on Euclidean point sets. Two kinds of richness
stand apart: every clustering is the *only* best one for some distances, or *a* best one.

| sign | meaning |
|---|---|
| **proved** | for any number of points, wherever the values that are compared are defined, in [proofs.md](proofs.md) |
| **✗** | refuted: the counterexample, or the proof, is below |
| built ≤ n, no case, ? | [open](proofs.md#what-is-open): built up to n points; no counterexample; nothing |
| no value | the axiom asks for values where the measure never has one: which, is in [proofs.md](proofs.md#dbcv) |

"""

AFTER = """
## The axioms that came after

Of points in space, each of what isomorphism invariance asks apart; of the order of distances; of clusterings into as
many clusters; and consistencies that ask less, or something else. Those of points are asked of measures of distances as
well, about the distances between points.

"""

EUCLIDEAN = """
## What the Euclidean domain means

Measures that need coordinates are judged on sets of different points, for each axiom as follows. Some depend on the
number of coordinates as well (Scott–Symons, Marriott, DBCV), some on single coordinates, and are no functions of
distances; where something is proved of them for points with as many coordinates, the evidence says so.

| axiom | on which points |
|---|---|
"""

EUCLIDEAN_MEANING = {
    "scale_invariance": "all point sets of a space, and the same multiplied by a factor",
    "consistency": "both distance functions are those of points of some Euclidean space, each of a space of its own",
    "richness": "some points of some space; its dimension may depend on the clustering",
    "weak_richness": "some points of some space; its dimension may depend on the clustering",
    "isomorphism_invariance": "points with the same distances, in another order, turned, mirrored, shifted, or in a "
    "space of another dimension",
    "non_negativity": "all point sets",
    "label_permutation_invariance": "all point sets",
    "inner_consistency": "as for consistency; in a fixed dimension hardly any distance inside could shrink alone",
    "outer_consistency": "as for consistency",
    "locality": "two point sets whose distances agree on all pairs that touch S",
    "continuity": "points that move by ever less, in a space of their own",
    "refinement_preference": "all point sets",
    "coarsening_preference": "all point sets",
    "duplication_invariance": "all point sets of different points, and the same with copies in the same places",
    "translation_invariance": "all point sets, and the same shifted",
    "rotation_invariance": "all point sets of a space of two dimensions or more, and the same turned",
    "padding_invariance": "all point sets, and the same in a space of one dimension more",
    "axis_scaling_invariance": "all point sets, and the same with one coordinate multiplied by a factor",
    "order_invariance": "two point sets whose distances are in the same order, each of a space of its own",
    "order_consistency": "as for order invariance",
    "k_richness": "as for richness",
    "monotonic_consistency": "as for consistency, where one η makes the change",
    "centric_consistency": "all point sets; distances between clusters may shrink or grow",
    "motion_consistency": "all point sets of a space in which the balls about the clusters do not overlap",
    "shift_invariance": "points whose squared distances all grow by one number, each set of a space of its own",
    "class_cardinality_invariance": "all point sets, and the points of every two clusters",
    "range_invariance": "all point sets",
}
"""Axiom → the points that it speaks of where a measure needs coordinates, or where it is about points."""

MONOTONICITY = """
`monotonicity` (van Laarhoven & Marchiori 2014, §3) can be asked for by name but has no column: it is `consistency`. The
paper judges clusterings of graphs and asks that the quality does not fall when edges inside clusters gain weight and
edges between clusters lose some. A heavier edge is a shorter distance, so on distances the changes and the inequality
are those of consistency.

Jeon et al. ask further that the number of points does not matter (data cardinality), of random samples of a data set.
What that says of one data set is `duplication_invariance`.
"""

KLEINBERG = """
## Clustering functions

Kleinberg (2002) asks three axioms of a clustering *function*, and proves that none has all three: scale invariance,
richness, consistency. Each stopping rule of single linkage keeps two. Later axioms ask for less, or something else.
(Complete and average linkage lose outer consistency by ties alone, which SciPy breaks as its algorithm meets them.
scikit-learn's k-means loses outer and centric consistency by its starts: the optimum has
[both](proofs.md#clustering-functions).) A dash stands where an axiom is not asked: distances have no centroids and no
coordinates, and points of one space can hardly move so that distances change inside clusters alone, by one law, or in
one order.

"""


ASKED_FOR_K = """
## Functions that are told the number of clusters

Ackerman, Ben-David and Loker (2010) tell functions f(d, k) apart by what they let one have. Linkages break ties by the
order in which points are listed; k-medoids and k-means are the optimum of their losses.

"""


def write_pages(table: Table, functions: Table, root: Path) -> None:
    """Write docs/axioms.md and the README's table below `root`, a checkout of the project."""
    write_text(root / AXIOMS_PAGE, page(table, functions))
    readme = root / README
    write_text(readme, readme_with_table(readme.read_text(encoding="utf-8"), table))


def page(table: Table, functions: Table) -> str:
    """The text of docs/axioms.md."""
    later = tuple(axiom.name for axiom in (*INVARIANCES, k_richness, *CONSISTENCIES))
    first = tuple(axiom for axiom in AXIOMS if axiom not in later)
    parts = [INTRODUCTION, _rows(table, first, link="#{}"), AFTER, _rows(table, later, link="#{}")]
    parts += ["\n## The axioms\n\n", _axioms("formally, higher is better", AXIOMS.values()), MONOTONICITY]
    parts += [EUCLIDEAN, *(f"| `{axiom}` | {meaning} |\n" for axiom, meaning in EUCLIDEAN_MEANING.items())]
    told = [axiom for axiom in FUNCTION_AXIOMS.values() if axiom in TOLD]
    untold = [axiom for axiom in FUNCTION_AXIOMS.values() if axiom not in TOLD]
    for introduction, axioms in ((KLEINBERG, untold), (ASKED_FOR_K, told)):
        parts += [introduction, _function_rows(functions, axioms), "\n", _axioms("formally", axioms)]
    asked = (*AXIOMS.values(), *FUNCTION_AXIOMS.values())
    parts += [sources(asked), "\n## The evidence\n", *map(_section, {**table, **functions}.values())]
    return "".join(parts)


def _axioms(formally: str, axioms: Iterable[Axiom]) -> str:
    rows = (
        f"| `{axiom.name}` | {axiom.sentence} | {axiom.formal.replace('|', '∣')} | {axiom.source} |\n"
        for axiom in axioms
    )
    return f"| axiom | asks that | {formally} | source |\n|---|---|---|---|\n{''.join(rows)}"


def _function_rows(functions: Table, axioms: Iterable[Axiom]) -> str:
    """One row for each function that has a verdict on some of the axioms."""
    asked = [axiom.name for axiom in axioms]
    names = [name.removeprefix("function_") for name in asked]
    head = f"| function | {' | '.join(name.replace('_', ' ') for name in names)} |\n|---|{':-:|' * len(names)}\n"
    rows = (
        f"| [{name}](#{anchor(name)}) | "
        + " | ".join(sign(verdicts[axiom]) if axiom in verdicts else "–" for axiom in asked)
        + " |\n"
        for name, verdicts in functions.items()
        if set(asked) & set(verdicts)
    )
    return head + "".join(rows)


def readme_with_table(text: str, table: Table) -> str:
    """The README with today's table between its two marks."""
    before, _, rest = text.partition(START)
    _, mark, after = rest.partition(END)
    if not mark:
        raise ValueError(f"README.md has no place for the table: wanted the lines {START} and {END}")
    shown = {name: verdicts for name, verdicts in table.items() if not name.startswith("generalized_dunn")}
    return f"{before}{START}\n\n{_rows(shown, PAPER, link='docs/axioms.md#{}')}\n{END}{after}"


def _rows(table: Table, axioms: tuple[str, ...], *, link: str) -> str:
    head = "| measure | domain | " + " | ".join(name.replace("_", " ") for name in axioms) + " |\n"
    lines = (
        f"| [{name}]({link.format(name)}) | {_domain(verdicts)} | "
        + " | ".join(sign(verdicts[axiom]) for axiom in axioms)
        + " |\n"
        for name, verdicts in table.items()
    )
    return head + "|---|---|" + ":-:|" * len(axioms) + "\n" + "".join(lines)


def sign(verdict: Verdict) -> str:
    """A verdict in a word or two."""
    if verdict.holds is False:
        return "**✗**"
    if verdict.status == "undefined":
        return "no value"
    if verdict.holds is None or isinstance(verdict.evidence, Witness):
        return "?"
    largest = verdict.evidence.largest
    return {
        "proof": "**proved**",
        "solver": f"proved ≤ {largest}",
        "construction": f"built ≤ {largest}" if largest else "built",
    }.get(verdict.evidence.kind, "no case")


def _domain(verdicts: Mapping[str, Verdict]) -> str:
    name = next(iter(verdicts.values())).domain
    return {"distances": "all distances", "euclidean": "Euclidean"}[name]


def _section(verdicts: Mapping[str, Verdict]) -> str:
    first = next(iter(verdicts.values()))
    about = f"Domain: {DOMAINS[first.domain].sentence}."
    if first.measure in catalog:
        entry = catalog[first.measure]
        about = f"{entry.better.capitalize()} is better. {entry.reference}. {about}"
        if entry.judged:
            about += f" Judged with {', '.join(f'{key}={value}' for key, value in entry.judged)}."
    return "\n".join([f"\n### {first.measure}\n", about, "", *map(item, verdicts.values())]) + "\n"


def item(verdict: Verdict, *, page: str = PAGE) -> str:
    """A verdict with its evidence as an item of a list, with links to a page of proofs."""
    text = f"- `{verdict.axiom}`: **{verdict.status}**. "
    if verdict.witness is not None:
        lines = (_shown(line.strip()) for line in verdict.witness.describe().splitlines())
        first, *rest = dict.fromkeys(lines)
        text += "; ".join([first, *rest[:4]])
        text += f"; and {len(rest) - 4} more" if len(rest) > 4 else ""
    else:
        text += "; ".join(map(str, (verdict.evidence, *verdict.also)))
    name = page.removeprefix("docs/")
    return re.sub(rf"{page}(#[^\s;]+)", rf"[{name}]({name}\1)", text)


def _shown(line: str) -> str:
    return line if len(line) <= START_SHOWN + END_SHOWN else f"{line[:START_SHOWN]} … {line[-END_SHOWN:]}"
