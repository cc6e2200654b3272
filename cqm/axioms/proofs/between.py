"""Arguments about measures whose values are compared between data sets."""

from dataclasses import replace
from random import Random

from cqm.axioms.axiom import Axiom
from cqm.axioms.between_data import pairs_of_clusters, spread
from cqm.axioms.exact import is_undefined
from cqm.axioms.proofs import cases
from cqm.axioms.proofs.arguments import same
from cqm.axioms.proofs.spaces import drawn
from cqm.axioms.proofs.traced import Broken
from cqm.axioms.subjects import Subject

__all__ = ["differences_alone", "from_closest_to_farthest", "means_over_pairs"]


def differences_alone(subject: Subject, axiom: Axiom, rng: Random) -> None:
    """The value is made of differences of distances, or of their order, and both stay when all grow alike."""
    before, after = drawn(spread, lambda: cases.case(subject, rng), rng).frames
    same("the value before and after", subject.exact(before), subject.exact(after))


def means_over_pairs(subject: Subject, axiom: Axiom, rng: Random) -> None:
    """The value is defined as the mean over pairs of clusters, each with its points alone."""
    whole, *parts = drawn(pairs_of_clusters, lambda: cases.case(subject, rng), rng).frames
    values = [subject.exact(part) for part in parts]
    if not any(map(is_undefined, values)):
        same("the value and the mean", subject.exact(whole) * len(values), sum(values))


def from_closest_to_farthest(subject: Subject, axiom: Axiom, rng: Random) -> None:
    """Values lie from 0 to 1, and the closest two points together, or the farthest two, have 0 and 1."""
    instance = cases.case(subject, rng)
    pairs = [(x, y) for x in range(instance.n) for y in range(x)]
    for find, wanted in ((min, 0), (max, 1)):
        x, y = find(pairs, key=lambda pair: instance.rows[pair[0]][pair[1]])
        labels = list(range(instance.n))
        labels[x] = labels[y]
        value = subject.exact(replace(instance, labels=tuple(labels)))
        if not is_undefined(value) and value != wanted:
            raise Broken(f"the value is {value} and not {wanted}")
    value = subject.exact(instance)
    if not is_undefined(value) and not 0 <= value <= 1:
        raise Broken(f"the value is {value}")
