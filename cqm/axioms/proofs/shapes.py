"""Measures made of what each cluster is by itself and of the distances of centroids: shapes and gaps.

A cluster that shrinks towards its centroid keeps the gaps, and its own shape gets smaller; clusters that move as rigid
bodies keep their shapes, and the gaps grow. So all that is asked is which way the value goes with each of the two.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from random import Random
from typing import Any

from cqm.axioms.axiom import Axiom
from cqm.axioms.changes import Change
from cqm.axioms.exact import root
from cqm.axioms.instances import Instance, squared_distances
from cqm.axioms.proofs import cases
from cqm.axioms.proofs.arguments import definition_of, not_worse, right_way, same, with_exact_roots
from cqm.axioms.proofs.formulas import quotient
from cqm.axioms.proofs.spaces import drawn, points_of
from cqm.axioms.proofs.traced import Broken, Moved, Way
from cqm.axioms.subjects import Subject
from cqm.definitions.arithmetic import logarithm, maximum, mean, minimum, ratio, square_root
from cqm.definitions.coordinates import centroid, clusters_of, squared_distance

__all__ = [
    "OF_GAPS",
    "OF_SHAPES",
    "Shapes",
    "clusters_scatter_less",
    "of_insides",
    "of_sizes",
    "one_way",
    "same_insides",
]


@dataclass(frozen=True)
class Shapes:
    """What is needed of k clusters of points.

    Attributes
    ----------
    sizes : (k) numbers of points.
    spreads : (k) mean squared distances to the centroid.
    radii : (k) mean distances to the centroid.
    widths, lengths : (k) largest and mean distance of two points; 0 where there is one.
    gaps : squared distances of centroids, one for each pair of clusters.
    """

    sizes: Sequence[int]
    spreads: Sequence[Any]
    radii: Sequence[Any]
    widths: Sequence[Any]
    lengths: Sequence[Any]
    gaps: dict[tuple[int, int], Any]

    @property
    def within(self) -> Any:
        """W."""
        return sum(n * v for n, v in zip(self.sizes, self.spreads, strict=True))

    @property
    def between(self) -> Any:
        """B = Σ over pairs of clusters of n_i n_j ‖c_i − c_j‖² / n."""
        return ratio(sum(self.sizes[i] * self.sizes[j] * gap for (i, j), gap in self.gaps.items()), sum(self.sizes))


def shapes(instance: Instance) -> Shapes:
    """The shapes of an instance's clusters, exact."""
    clusters = clusters_of(instance.rows, instance.labels)
    centres = [centroid(cluster) for cluster in clusters]
    squares = [[squared_distance(x, c) for x in cluster] for cluster, c in zip(clusters, centres, strict=True)]
    inside = [
        [root(square) for x, row in enumerate(squared_distances(cluster)) for square in row[:x]] for cluster in clusters
    ]
    return Shapes(
        [len(cluster) for cluster in clusters],
        [mean(row) for row in squares],
        [mean(map(root, row)) for row in squares],
        [maximum(row) if row else 0 for row in inside],
        [mean(row) if row else 0 for row in inside],
        {pair: squared_distance(centres[pair[0]], centres[pair[1]]) for pair in combinations(range(len(centres)), 2)},
    )


def followed(before: Shapes, after: Shapes, *, inside: Way, gaps: Way) -> Shapes:
    """Both at once, with the way that shapes and gaps go."""

    def row(name: str) -> list[Any]:
        return [Moved(a, b, inside) for a, b in zip(getattr(before, name), getattr(after, name), strict=True)]

    return Shapes(
        before.sizes,
        row("spreads"),
        row("radii"),
        row("widths"),
        row("lengths"),
        {pair: Moved(gap, after.gaps[pair], gaps) for pair, gap in before.gaps.items()},
    )


Formula = Callable[[Shapes], Any]


def davies_bouldin(of: Shapes) -> Any:
    """Mean over clusters of the largest (R_i + R_j) / ‖c_i − c_j‖."""
    k = range(len(of.sizes))

    def quotients(i: int) -> list[Any]:
        return [quotient(of.radii[i] + of.radii[j], square_root(of.gaps[min(i, j), max(i, j)])) for j in k if j != i]

    return mean(maximum(quotients(i)) for i in k)


def generalized_dunn(diameters: Callable[[Shapes], Sequence[Any]]) -> Formula:
    """Smallest distance of centroids over the largest diameter."""
    return lambda of: ratio(minimum(square_root(gap) for gap in of.gaps.values()), maximum(diameters(of)))


def calinski_harabasz(of: Shapes) -> Any:
    """B/(k − 1) over W/(n − k)."""
    n, k = sum(of.sizes), len(of.sizes)
    return ratio(of.between, of.within) * ratio(n - k, k - 1)


def xie_beni(of: Shapes) -> Any:
    """W / n over the smallest squared distance of two centroids."""
    return ratio(of.within, sum(of.sizes) * minimum(of.gaps.values()))


def sd_dis(of: Shapes) -> Any:
    """D_max / D_min · Σ of 1 / Σ of distances of centroids."""
    lengths = {pair: square_root(gap) for pair, gap in of.gaps.items()}
    rows = [[length for pair, length in lengths.items() if i in pair] for i in range(len(of.sizes))]
    every = list(lengths.values())
    return ratio(maximum(every), minimum(every)) * sum(quotient(1, sum(row)) for row in rows)


OF_SHAPES: dict[str, Formula] = {
    "trace_w": lambda of: of.within,
    "trace_cov_w": lambda of: ratio(of.within, sum(of.sizes) - len(of.sizes)),
    "normalized_k_means": lambda of: quotient(1, 1 + ratio(of.between, of.within)),
    "variance_ratio": lambda of: ratio(of.between, of.within),
    "log_ss_ratio": lambda of: logarithm(ratio(of.between, of.within)),
    "calinski_harabasz": calinski_harabasz,
    "ball_hall": lambda of: mean(of.spreads),
    "banfield_raftery": lambda of: sum(n * logarithm(v) for n, v in zip(of.sizes, of.spreads, strict=True)),
    "xie_beni": xie_beni,
    "ray_turi": xie_beni,
    "davies_bouldin": davies_bouldin,
    "cvnn_compactness": lambda of: sum(of.lengths),
    "generalized_dunn_centroid_maximum": generalized_dunn(lambda of: of.widths),
    "generalized_dunn_centroid_average": generalized_dunn(lambda of: of.lengths),
    "generalized_dunn_centroid_centroid": generalized_dunn(lambda of: [2 * radius for radius in of.radii]),
}
"""Name → the measure as a formula of shapes and gaps."""
OF_GAPS: dict[str, Formula] = {"sd_dis": sd_dis}
"""Those that are made of gaps alone, and not all in one direction."""


def one_way(change: Change, *, inside: Way, gaps: Way) -> Callable[[Subject, Axiom, Random], None]:
    """Every step of the formula goes one way, or stays, when shapes and gaps go theirs."""

    def argument(subject: Subject, axiom: Axiom, rng: Random) -> None:
        before, after = drawn(change, lambda: points_of(subject, rng), rng).frames
        formula = {**OF_SHAPES, **OF_GAPS}[subject.name]
        both = followed(shapes(before), shapes(after), inside=inside, gaps=gaps)
        value = with_exact_roots(lambda of, _: formula(of), both, before.labels)
        right_way(value, subject, before, after)

    return argument


def clusters_scatter_less(change: Change) -> Callable[[Subject, Axiom, Random], None]:
    """The centroids stay, so B does, and so does every W_i but for a factor of at most 1: the value is not worse."""

    def argument(subject: Subject, axiom: Axiom, rng: Random) -> None:
        before, after = drawn(change, lambda: points_of(subject, rng), rng).frames
        for label in set(before.labels):
            old, new = (
                [row for row, own in zip(instance.rows, before.labels, strict=True) if own == label]
                for instance in (before, after)
            )
            same("the centroid", centroid(old), centroid(new))
            a, b = squared_distances(old), squared_distances(new)
            shares = {ratio(b[x][y], a[x][y]) for x in range(len(old)) for y in range(x)}
            if len(shares) > 1 or max(shares, default=0) > 1:
                raise Broken(f"a cluster changes its form, by the factors {shares}")
        not_worse(subject, before, after)

    return argument


def of_insides(change: Change, *, inside: Way) -> Callable[[Subject, Axiom, Random], None]:
    """The definition looks at distances inside clusters alone, and every step goes the way that they go."""

    def argument(subject: Subject, axiom: Axiom, rng: Random) -> None:
        before, after = drawn(change, lambda: points_of(subject, rng), rng).frames
        old, new = (squared_distances(frame.rows) for frame in (before, after))
        labels, n = before.labels, range(before.n)
        rows = [
            [Moved(root(old[x][y]), root(new[x][y]), inside) if labels[x] == labels[y] else None for y in n] for x in n
        ]
        value = with_exact_roots(definition_of(subject), rows, before.labels)
        right_way(value, subject, before, after)

    return argument


def same_insides(change: Change) -> Callable[[Subject, Axiom, Random], None]:
    """Each cluster keeps its form, and the value does not see more."""

    def argument(subject: Subject, axiom: Axiom, rng: Random) -> None:
        before, after = drawn(change, lambda: points_of(subject, rng), rng).frames
        same("the value before and after", subject.exact(before), subject.exact(after))

    return argument


def of_sizes(subject: Subject, axiom: Axiom, rng: Random) -> None:
    """Other distances have the same value, whatever they are."""
    instance = cases.case(subject, rng)
    other = cases.case(subject, rng, n=instance.n)
    same("the value of two sets", subject.exact(instance), subject.exact(replace(other, labels=instance.labels)))
