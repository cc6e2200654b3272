"""Cases of more points than can be gone through: clusterings that are drawn, of sizes that indices may treat apart."""

from collections.abc import Callable, Iterator
from itertools import cycle
from random import Random

from cqm.axioms.agreement import exhaustion as of
from cqm.axioms.agreement.partitions import Partition, improvements, types
from cqm.axioms.instances import Rejected, Trial
from cqm.axioms.lattice import canonical

__all__ = ["drawn", "most_points"]

SIZES = (7, 7, 8, 9, 10, 13, 17)  # numbers of points, one after the other
TRIALS = 210  # of each axiom
LARGEST_MEAN = 9  # points of which a mean over all clusterings with given sizes is taken


def drawn(axiom: str, rng: Random) -> Iterator[Trial]:
    """Cases of an axiom, by its name, with 7 to 17 points; of 7, all sizes that the first clustering can have."""
    if axiom not in DRAWN:
        return
    sevens = cycle(types(7))
    for i in range(TRIALS):
        n = SIZES[i % len(SIZES)]
        try:
            yield DRAWN[axiom](next(sevens) if n == 7 else clustering(n, rng), rng)
        except Rejected:
            continue


def most_points(axiom: str) -> int:
    """How many points the largest cases of an axiom have."""
    return LARGEST_MEAN if axiom == "index_constant_baseline" else max(SIZES)


def clustering(n: int, rng: Random) -> Partition:
    """Clusters of all sizes, large ones among them; points of a cluster are next to each other as often as not."""
    k = rng.choice((1, 2, 2, 3, 3, 4, 5, n))
    shares = [rng.choice((1, 1, 3, 9)) for _ in range(k)]
    labels = list(range(n)) if k == n else rng.choices(range(k), shares, k=n)
    return canonical(tuple(sorted(labels) if rng.random() < 0.5 else labels))


def other(a: Partition, rng: Random) -> Partition:
    """Any clustering, or as often one in which a single point has gone elsewhere."""
    if rng.random() < 0.5:
        return clustering(len(a), rng)
    point = rng.randrange(len(a))
    return canonical((*a[:point], rng.randint(0, max(a) + 1), *a[point + 1 :]))


def names(a: Partition, rng: Random) -> Trial:
    """Any names for the clusters of either clustering, or the points in any order."""
    b = clustering(len(a), rng)
    new = rng.sample(range(2 * len(a)), len(a))
    kind = rng.randrange(3)
    if kind == 0:
        after = tuple(new[label] for label in b)
        return of.trial(f"the clusters are called {list(dict.fromkeys(after))}", (a, b), (a, after))
    if kind == 1:
        after = tuple(new[label] for label in a)
        return of.trial(f"the classes are called {list(dict.fromkeys(after))}", (a, b), (after, b))
    order = rng.sample(range(len(a)), len(a))
    return of.reordered(order, a, b)


def improved(a: Partition, rng: Random) -> Trial:
    """A smallest step to a clustering that agrees on more pairs."""
    b = other(a, rng)
    steps = list(improvements(a, b)) if 1 < max(a) + 1 < len(a) else []
    if not steps:
        raise Rejected
    return of.step(a, b, rng.choice(steps))


def mean(a: Partition, rng: Random) -> Trial:
    """Means over the clusterings into two points and the rest, or one and the rest."""
    n = len(a)
    if n > LARGEST_MEAN or not 1 < max(a) + 1 < n:
        raise Rejected
    few = rng.choice((1, 2))
    return of.mean_beside(a, (0,) * (n - few) + (1,) * few)


def two(case: Callable[[Partition, Partition], Trial]) -> Callable[[Partition, Random], Trial]:
    """A case of two different clusterings."""

    def make(a: Partition, rng: Random) -> Trial:
        b = other(a, rng)
        if a == b:
            raise Rejected
        return case(a, b)

    return make


def best(a: Partition, rng: Random) -> Trial:
    """Equal clusterings beside those of two points, or beside different ones."""
    b = other(a, rng)
    return of.equal_ones(a) if a == b or rng.random() < 0.5 else of.better_than(a, b)


def worst(a: Partition, rng: Random) -> Trial:
    """One cluster and all singletons, beside those of two points, or beside clusterings that agree on some pairs."""
    b = clustering(len(a), rng)
    if {max(a), max(b)} == {0, len(a) - 1}:
        return of.opposites(a, b)
    return of.worse_than(a, b)


def halves(a: Partition, rng: Random) -> Trial:
    """Two clusterings of some points, and two of the others."""
    few = rng.randint(1, len(a) - 1)
    first, others = canonical(a[:-few]), canonical(a[-few:])
    return of.joined(first, clustering(len(first), rng), others, clustering(few, rng))


DRAWN: dict[str, Callable[[Partition, Random], Trial]] = {
    "index_label_invariance": names,
    "index_symmetry": two(of.exchange),
    "index_maximal_agreement": best,
    "index_minimal_agreement": worst,
    "index_monotonicity": improved,
    "index_constant_baseline": mean,
    "index_triangle_inequality": lambda a, rng: of.detour_over(a, other(a, rng), other(a, rng)),
    "index_refinement_additivity": lambda a, rng: of.through(a),
    "index_join_additivity": two(of.over_the_meet),
    "index_convex_additivity": halves,
}
"""Axiom → a case of it that starts with a clustering."""
