"""A clustering function under judgement: distances or points in, a partition out."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal

import numpy as np

from cqm.axioms.changes import Change
from cqm.axioms.domains import Domain, Draw
from cqm.axioms.instances import Instance, Rejected, Trial
from cqm.axioms.limits import check_time
from cqm.axioms.subjects import Undefined

__all__ = ["FunctionSubject", "Partition", "changed_by", "start"]

Partition = tuple[int, ...]
NOISE = -1


@dataclass(frozen=True, slots=True)
class FunctionSubject:
    """A clustering function under judgement; to the search it looks like a measure whose values are partitions.

    Attributes
    ----------
    name : what verdicts call it.
    function : (n, n) distances or (n, d) points → n labels; −1 is noise, and each such point a cluster of its own.
    needs : what it takes.
    told : whether it also takes the number of clusters; it is asked for as many as an instance has.
    known : instance → partition, so that a case's own partition is the one that the case was made of.
    noisy : instances on which it called points noise.
    """

    name: str
    function: Callable[..., Any]
    needs: Literal["distances", "points"]
    told: bool = False
    better: str = ""
    generic: bool = False
    tolerance: ClassVar[float] = 0.0  # partitions are equal or not
    known: dict[Instance, Any] = field(default_factory=dict, repr=False, compare=False)
    noisy: list[Instance] = field(default_factory=list, repr=False, compare=False)

    def approximate(self, instance: Instance) -> Any:
        """Labels in order of first appearance, whatever the instance's own are; `Undefined` where there are none."""
        check_time()
        given = instance.float_distances() if self.needs == "distances" else instance.float_rows()
        k = max(instance.labels) + 1
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                found = self.function(np.array(given), k) if self.told else self.function(np.array(given))
                labels = np.asarray(found).tolist()
            if len(labels) != instance.n:
                return Undefined(f"it returned {len(labels)} labels for {instance.n} points", failed=True)
            if NOISE in labels:
                self.noisy.append(instance)
                labels = [(NOISE, x) if label == NOISE else label for x, label in enumerate(labels)]
            names = list(dict.fromkeys(labels))
        except Exception as error:
            return Undefined.by(error)
        if self.told and len(names) != k:
            return Undefined(f"it returned {len(names)} clusters where {k} were asked for")
        return tuple(names.index(label) for label in labels)

    def screen(self, instance: Instance) -> Any:
        """The partition, which is asked for once."""
        most = max(instance.labels) if self.told else 0
        asked = replace(instance, labels=tuple(min(x, most) for x in range(instance.n)))
        if asked not in self.known:
            self.known[asked] = self.approximate(instance)
        return self.known[asked]

    exact = screen


def start(subject: FunctionSubject, domain: Domain, n: int, draw: Draw) -> Instance:
    """Distances or points of a domain, with the partition that the function makes of them."""
    k = 2 + draw(0, max(n - 3, 0)) if subject.told else 1
    before = Instance(domain.kind, domain.draw(n, draw), tuple(min(x, k - 1) for x in range(n)))
    partition = subject.screen(before)
    if not isinstance(partition, tuple):
        raise Rejected
    return replace(before, labels=partition)


def changed_by(change: Change) -> Callable[[FunctionSubject, Domain, int, Draw], Trial]:
    """The recipe that changes a set with the function's own partition."""

    def make(subject: FunctionSubject, domain: Domain, n: int, draw: Draw) -> Trial:
        return change(domain, start(subject, domain, n, draw), draw)

    return make
