"""A proof for all numbers of points: what it settles, what it assumes, and an argument that can be run.

The text is in docs/proofs.md; the argument runs its steps in exact arithmetic on generated cases, so that neither can
drift from the definitions.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from cqm.axioms.statements import Axiom
from cqm.axioms.subjects import subject_of
from cqm.axioms.verdict import Evidence
from cqm.axioms.witness import statement
from cqm.declarations import Measure, catalog

__all__ = ["PAGE", "Argument", "Measures", "Proof", "anchor"]

PAGE = "docs/proofs.md"

Argument = Callable[[Any, Axiom, Random], None]
"""Runs the steps of a proof on a case of its own making, and raises `Broken` where one does not hold."""

Measures = Callable[[Measure], bool]
"""Which measures a proof is about, by what the catalogue says of them."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What is proved of some measures by one argument.

    Attributes
    ----------
    heading : of the section in docs/proofs.md.
    axioms : names of the axioms that are settled.
    measures : names of the measures, or what they have in common.
    argument : runs the proof on a case.
    holds : what is proved: that the measures have the property, that they have not, or (None) that they have no value
        where the property would ask for one.
    assumes : on which distances or points, and where values are defined.
    """

    heading: str
    axioms: tuple[str, ...]
    measures: tuple[str, ...] | Measures
    argument: Argument
    holds: bool | None = True
    assumes: str = ""

    def covers(self, measure: Measure, axiom: str) -> bool:
        """Whether it settles the cell."""
        if axiom not in self.axioms:
            return False
        return self.measures(measure) if callable(self.measures) else measure.name in self.measures

    @property
    def names(self) -> list[str]:
        """The measures by name."""
        return [name for name, entry in catalog.items() if any(self.covers(entry, axiom) for axiom in self.axioms)]

    @property
    def link(self) -> str:
        """Page and anchor."""
        return f"{PAGE}#{anchor(self.heading)}"

    def run(self, measure: Any, axiom: Axiom | str, *, cases: int = 1, seed: int = 0) -> None:
        """Run the argument on generated cases.

        Parameters
        ----------
        measure : name of a catalogued measure, or what is judged: any measure or clustering function.
        axiom : the axiom, or its name.
        cases : how many.
        seed : of the cases.

        Raises
        ------
        Broken
            A step does not hold: the proof, or the definition, is wrong.
        """
        subject = subject_of(measure) if isinstance(measure, str) else measure
        stated, rng = statement(axiom) if isinstance(axiom, str) else axiom, Random(seed)
        for _ in range(cases):
            self.argument(subject, stated, rng)

    def evidence(self) -> Evidence:
        """The proof as evidence."""
        said: Mapping[bool | None, str] = {
            True: "proved for any number of points",
            False: "refuted by proof",
            None: "no value where one is needed",
        }
        where = f", {self.assumes}" if self.assumes else ""
        return Evidence("proof", f"{said[self.holds]}{where}: {self.link}")


def anchor(heading: str) -> str:
    """What a heading of a page is linked by: letters and digits in lower case, with hyphens for spaces.

    Examples
    --------
    >>> anchor("Gamma, G+ and Tau")
    'gamma-g-and-tau'
    """
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
