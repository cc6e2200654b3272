"""docs/external-axioms.md, from the verdicts that were written down."""

from collections.abc import Mapping
from pathlib import Path

from cqm.atomic import write_text
from cqm.axioms.agreement.proofs import PAGE as PROOFS
from cqm.axioms.agreement.statements import INDEX_AXIOMS
from cqm.axioms.pages import item, sign
from cqm.axioms.sources import sources
from cqm.axioms.verdict import Verdict
from cqm.external import external_catalog

__all__ = ["INDEX_PAGE", "index_page", "write_index_page"]

INDEX_PAGE = Path("docs/external-axioms.md")

Table = Mapping[str, Mapping[str, Verdict]]

INTRODUCTION = """# Which external index satisfies which axiom

<!-- Written by `cqm axioms --table`. -->

External indices say how alike two clusterings are. Gösgens, Tikhonov and Prokhorenkova (ICML 2021) ask which of the
properties that one would want they have, Meilă (2007) which of the properties of a distance on the lattice of
partitions. Each catalogued index is judged here from its definition, on all partitions of 2, 3, … points: values are
fractions or expressions in logarithms and roots, and comparisons of them are certain. From the shell, `cqm axioms
adjusted_rand` shows an index; `cqm.axioms.check_index(f, better="higher")` asks the same of any function of two
labelings, such as scikit-learn's.

| sign | meaning |
|---|---|
| **proved** | for any number of points, in [external-proofs.md](external-proofs.md) |
| **✗** | refuted: a smallest counterexample is below |

"""


def write_index_page(table: Table, root: Path) -> None:
    """Write docs/external-axioms.md below `root`, a checkout of the project."""
    write_text(root / INDEX_PAGE, index_page(table))


def index_page(table: Table) -> str:
    """The text of the page."""
    names = [name.removeprefix("index_").replace("_", " ") for name in INDEX_AXIOMS]
    head = f"| index | {' | '.join(names)} |\n|---|{':-:|' * len(names)}\n"
    rows = (
        f"| [{name}](#{name}) | " + " | ".join(sign(verdicts[axiom]) for axiom in INDEX_AXIOMS) + " |\n"
        for name, verdicts in table.items()
    )
    axioms = (
        f"| {name} | {axiom.sentence} | {axiom.formal} | {axiom.source} |\n"
        for name, axiom in zip(names, INDEX_AXIOMS.values(), strict=True)
    )
    return "".join(
        [
            INTRODUCTION,
            head,
            *rows,
            "\n## The axioms\n\n| axiom | asks that | formally, higher is better | source |\n|---|---|---|---|\n",
            *axioms,
            sources(INDEX_AXIOMS.values()),
            "\n## The evidence\n",
            *(_section(name, verdicts) for name, verdicts in table.items()),
        ]
    )


def _section(name: str, verdicts: Mapping[str, Verdict]) -> str:
    about = f"{external_catalog[name].better.capitalize()} is more alike."
    return "\n".join([f"\n### {name}\n", about, "", *(item(one, page=PROOFS) for one in verdicts.values())]) + "\n"
