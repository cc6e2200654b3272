"""Whether a measure always asks for more clusters, or for fewer."""

from random import Random

from cqm.axioms.construction import labels_of
from cqm.axioms.exact import is_undefined
from cqm.axioms.instances import Instance
from cqm.axioms.proofs import cases
from cqm.axioms.proofs.proof import Argument
from cqm.axioms.proofs.rivals import Proposals
from cqm.axioms.proofs.traced import Broken
from cqm.axioms.statements import Axiom, improvement
from cqm.axioms.subjects import Subject, subject_of

__all__ = ["finer_is_better", "no_finer_is_better", "three_far_clusters", "without_value"]


def finer_is_better(proposals: Proposals) -> Argument:
    """One of the refinements that the proof names is better."""

    def argument(subject: Subject, axiom: Axiom, rng: Random) -> None:
        instance = cases.case(subject, rng)
        if max(instance.labels) + 2 >= instance.n:  # its only refinement is trivial
            return
        own = subject.exact(instance)
        finer = (subject.exact(Instance(instance.kind, instance.rows, labels)) for labels in proposals(instance))
        if not any(improvement(own, value, subject.better) > 0 for value in finer):
            raise Broken(f"none of the named refinements of {instance.clusters()} is better")

    return argument


TOGETHER, APART = 12, 29
"""Points of the one cluster whose refinements have larger mean deviations, and single points beside it."""


def parts(total: int, largest: int) -> list[tuple[int, ...]]:
    """Sizes of the partitions of so many points."""
    if total == 0:
        return [()]
    return [(first, *rest) for first in range(min(total, largest), 0, -1) for rest in parts(total - first, first)]


def no_finer_is_better(subject: Subject, axiom: Axiom, rng: Random) -> None:
    """Twelve unit vectors and 29 distant single points: of all refinements none has a smaller Scat, nor a better value.

    The unit vectors can be exchanged, so that one refinement for each partition of the number 12 stands for all.
    """
    far = sorted(rng.sample(range(1_000, 2_000), APART))
    rows = [tuple(int(axis == x) for axis in range(TOGETHER + 1)) for x in range(TOGETHER)]
    rows += [(*(0,) * TOGETHER, 1_000 * place) for place in far]
    scat = subject_of("sd_scat")

    def refined(sizes: tuple[int, ...]) -> Instance:
        return Instance("points", tuple(rows), labels_of((*sizes, *(1,) * APART)))

    whole = refined((TOGETHER,))
    least = scat.exact(whole)
    if subject.exact(whole) != least:
        raise Broken("the whole has a positive density between clusters")
    for sizes in parts(TOGETHER, TOGETHER - 1):
        if max(sizes) > 1 and not scat.exact(refined(sizes)) > least:
            raise Broken(f"Scat does not rise where the cluster is refined into {sizes}")


def three_far_clusters(subject: Subject, axiom: Axiom, rng: Random) -> None:
    """Three clusters of more points than neighbours are looked at score 0, the best there is."""
    size = rng.randint(11, 12)
    places = [1_000 * cluster + x for cluster in range(3) for x in rng.sample(range(100), size)]
    labels = tuple(cluster for cluster in range(3) for _ in range(size))
    rows = tuple(tuple(abs(x - y) for y in places) for x in places)
    if subject.exact(Instance("distances", rows, labels)) != 0:
        raise Broken("a neighbour is foreign")


def without_value(subject: Subject, axiom: Axiom, rng: Random) -> None:
    """One cluster beside single points has no value, whatever the points are."""
    n = rng.randint(cases.SMALLEST, cases.LARGEST)
    sizes = (rng.choice((2, n - 1, rng.randint(2, n - 1))),)
    labels = labels_of((*sizes, *(1,) * (n - sizes[0])))
    if not is_undefined(subject.exact(Instance("points", cases.points(rng, n, 2, 9), labels))):
        raise Broken(f"a cluster of {sizes[0]} points beside single ones has a value")
