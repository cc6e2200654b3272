"""Hold the proved definitions against Python's: same values on random fractions, and no theorem assumes anything.

`make coq` runs it once the proofs are checked.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from cqm.definitions.arithmetic import irrational
from cqm.definitions.characteristics import average_within
from cqm.definitions.concordance import c_index, g_plus, gamma, tau
from cqm.definitions.generalized_silhouette import generalized_silhouette
from cqm.definitions.linkage import weakest_link, widest_gap
from cqm.definitions.margins import additive_margin, relative_margin
from cqm.definitions.pair_means import mcclain_rao
from cqm.definitions.separation import dunn, generalized_dunn
from cqm.definitions.silhouette import macro_silhouette, silhouette

HERE = Path(__file__).parent
CASES = 60
DUNN_BY = [
    ("single", "average"),
    ("complete", "maximum"),
    ("complete", "average"),
    ("average", "maximum"),
    ("average", "average"),
    ("hausdorff", "maximum"),
    ("hausdorff", "average"),
]
MEASURES: dict[str, Callable[[list[list[Fraction]], list[int]], Any]] = {
    "dunn": dunn,
    **{f"generalized_dunn_{s}_{d}": partial(generalized_dunn, separation=s, diameter=d) for s, d in DUNN_BY},
    "mcclain_rao": mcclain_rao,
    "gamma": gamma,
    "g_plus": g_plus,
    "tau": tau,
    "c_index": c_index,
    "weakest_link": weakest_link,
    "widest_gap": widest_gap,
    "average_within": average_within,
    "relative_margin": relative_margin,
    "additive_margin": additive_margin,
    "additive_margin_signed": partial(additive_margin, signed=True),
    "silhouette": silhouette,
    "macro_silhouette": macro_silhouette,
    "generalized_silhouette": generalized_silhouette,
}

Case = tuple[list[list[Fraction]], list[int]]


class Square:
    """A number under a root, which stays there: what the proved text divides by in place of the root."""

    def __init__(self, square: Fraction | int) -> None:
        self.square = square

    def square_root(self) -> "Square":
        """The root, by its square."""
        return self

    def __rtruediv__(self, other: int) -> Fraction:
        return Fraction(other) / self.square

    def __eq__(self, other: object) -> bool:
        return self.square == other

    __hash__ = None  # type: ignore[assignment]


def cases(seed: int = 0) -> list[Case]:
    """Clustered sets of 3 to 5 points: positive fractions with ties, neither one cluster nor all singletons."""
    rng = Random(seed)
    out: list[Case] = []
    while len(out) < CASES:
        n = rng.randint(3, 5)
        labels = [rng.randrange(3) for _ in range(n)]
        if not 1 < len(set(labels)) < n:
            continue
        rows = [[Fraction(0)] * n for _ in range(n)]
        for x in range(n):
            for y in range(x):
                rows[x][y] = rows[y][x] = Fraction(rng.randint(1, 9), rng.randint(1, 4))
        out.append((rows, labels))
    return out


def source(every: list[Case]) -> str:
    """A file that evaluates each measure on each case, and asks what each theorem rests on."""
    files = sorted(HERE.glob("*.v"))
    theorems = [
        name for path in files for name in re.findall(r"^Theorem (\w+)", path.read_text(encoding="utf-8"), re.M)
    ]
    lines = [
        "From mathcomp Require Import all_ssreflect.",
        "From Coq Require Import QArith.",
        f"From cqm Require Import {' '.join(path.stem for path in files)}.",
        "Definition q : ops Q := Ops 0%Q (fun a b => Qred (Qplus a b)) (fun a b => Qred (Qminus a b))",
        "  (fun a b => Qred (Qdiv a b)) Qle_bool (fun n => inject_Z (Z.of_nat n)).",
        "Definition shown (v : Q) := (Qnum v, Zpos (Qden v)).",
        "Open Scope Z_scope.",
        "Definition at_ (rows : seq (seq Q)) x y := nth 0%Q (nth [::] rows x) y.",
    ]
    for rows, labels in every:
        matrix = "; ".join("[:: " + "; ".join(f"({v.numerator} # {v.denominator})" for v in row) + "]" for row in rows)
        arguments = f"q {len(labels)} (at_ [:: {matrix}]%Q) (nth 0%nat [:: {'; '.join(map(str, labels))}]%nat)"
        for name in MEASURES:
            root = " id" if name == "tau" else ""
            lines.append(f"Eval vm_compute in shown ({name} {arguments}{root}).")
    lines += [f"Print Assumptions {name}." for name in theorems]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Compare, and say what was compared."""
    every = cases()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "Evaluate.v"
        path.write_text(source(every), encoding="utf-8")
        command = ["coqc", "-w", "none", "-Q", str(HERE), "cqm", str(path)]
        text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    values = [Fraction(int(a), int(b)) for a, b in re.findall(r"=\s+\((-?\d+),\s+(\d+)\)", text)]
    closed = text.count("Closed under the global context")
    theorems = source(every).count("Print Assumptions")
    wanted = [expected(name, *case) for case in every for name in MEASURES]
    names = [name for _ in every for name in MEASURES]
    wrong = [f"{name}: {a}, and in Python {b}" for name, a, b in zip(names, values, wanted, strict=True) if a != b]
    if wrong or closed != theorems:
        print(*wrong, f"{closed} of {theorems} theorems assume nothing", sep="\n", file=sys.stderr)
        return 1
    print(f"{len(values)} values of {len(MEASURES)} measures are those of the Python definitions.")
    print(f"{theorems} theorems are proved and assume nothing.")
    return 0


def expected(name: str, rows: list[list[Fraction]], labels: list[int]) -> Fraction:
    """The value of the Python definition; 0 for 0/0, as in any field of Coq's."""
    token = irrational.set(Square)
    try:
        value = MEASURES[name](rows, labels)
    finally:
        irrational.reset(token)
    return Fraction(0) if value != value else Fraction(value)


if __name__ == "__main__":
    sys.exit(main())
