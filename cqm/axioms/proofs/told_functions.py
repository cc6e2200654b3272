"""Proofs about clustering functions that are told the number of clusters, for any number of points."""

from collections.abc import Callable
from random import Random
from typing import Any

from cqm.axioms.axiom import Axiom
from cqm.axioms.clustering_function import FunctionSubject
from cqm.axioms.domains import DISTANCES, EUCLIDEAN
from cqm.axioms.instances import Instance, Rejected
from cqm.axioms.proofs.proof import Proof
from cqm.axioms.proofs.traced import Broken
from cqm.axioms.told_functions import originals, tight_pair, weighted

__all__ = ["TOLD_PROOFS", "some_way", "stays", "unmoved_by_weights"]

HEADING = "Functions that are told the number of clusters"
LINKAGES = ("single linkage", "complete linkage", "average linkage")
OPTIMA = ("k-medoids", "k-means")
RICHNESSES = ("function_k_richness", "function_outer_richness", "function_threshold_richness")
SMALLEST, LARGEST = 5, 8

Argument = Callable[[FunctionSubject, Axiom, Random], None]


def some_way(subject: FunctionSubject, axiom: Axiom, rng: Random) -> None:
    """For what is given there is a way: the one that the proof names is among those that are tried."""
    assert axiom.ways is not None
    domain = EUCLIDEAN if subject.needs == "points" else DISTANCES
    most = 6 if axiom.name == "function_weight_sensitivity" else LARGEST
    while True:
        try:
            for together in axiom.ways(subject, domain, rng.randint(SMALLEST, most), rng.randint):
                if all(axiom.judge((one.labels[: originals(one)], subject.screen(one)), "") <= 0 for one in together):
                    return
        except Rejected:
            continue
        raise Broken("there is no way")


def stays(subject: FunctionSubject, axiom: Axiom, rng: Random) -> None:
    """What the axiom compares does not break it."""
    assert axiom.recipe is not None
    domain = EUCLIDEAN if subject.needs == "points" else DISTANCES
    while True:
        try:
            trial = axiom.recipe(subject, domain, rng.randint(SMALLEST, LARGEST), rng.randint)
        except Rejected:
            continue
        values = [subject.screen(frame) for frame in trial.frames]
        if axiom.judge(values, "") > 0:
            raise Broken(f"{trial.change}: {values}")
        return


def unmoved_by_weights(subject: FunctionSubject, axiom: Axiom, rng: Random) -> None:
    """Two tight clusters far apart are returned whatever the points weigh."""
    before: Instance = tight_pair(rng.randint(SMALLEST, LARGEST))
    after = weighted(DISTANCES, before, [rng.randint(1, 9) for _ in before.labels])
    for instance in (before, after):
        found: Any = subject.screen(instance)
        if found != instance.labels:
            raise Broken(f"{instance.clusters()} becomes {found}")


TOLD_PROOFS = (
    Proof(HEADING, RICHNESSES, (*LINKAGES, *OPTIMA, "Ward"), some_way),
    Proof(HEADING, ("function_inner_richness",), (*LINKAGES, "k-medoids"), some_way),
    Proof(HEADING, ("function_locality",), (*LINKAGES, *OPTIMA, "Ward"), stays),
    Proof(HEADING, ("function_hierarchy",), (*LINKAGES, "Ward"), stays),
    Proof(HEADING, ("function_outer_consistency",), (*OPTIMA, "Ward"), stays),
    Proof(HEADING, ("function_centric_consistency",), ("k-means",), stays),
    Proof(HEADING, ("function_weight_robustness",), ("single linkage", "complete linkage"), stays),
    Proof(HEADING, ("function_weight_sensitivity",), LINKAGES, unmoved_by_weights, holds=False),
    Proof(HEADING, ("function_weight_sensitivity",), (*OPTIMA, "Ward"), some_way),
)
