"""Pairs of partitions of a few points: how they meet, and how one becomes more like the other."""

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from cqm.axioms.instances import Instance, partitions
from cqm.axioms.lattice import canonical

__all__ = [
    "Partition",
    "compared",
    "improvements",
    "is_improvement",
    "meet",
    "reference",
    "shuffled",
    "sizes",
    "table",
    "together",
    "types",
    "with_sizes",
]

Partition = tuple[int, ...]
Table = tuple[tuple[int, ...], ...]


def compared(true: Partition, pred: Partition) -> Instance:
    """A clustering of points of which another clustering is given."""
    return Instance("partitions", tuple((label,) for label in true), pred)


def shuffled(true: Partition, pred: Partition) -> Instance:
    """All clusterings with the sizes of one, beside a given clustering."""
    return Instance("shuffled partitions", tuple((label,) for label in true), pred)


def reference(instance: Instance) -> Partition:
    """The given clustering."""
    return tuple(int(row[0]) for row in instance.rows)


def sizes(labels: Partition) -> tuple[int, ...]:
    """Numbers of points in the clusters, largest first."""
    return tuple(sorted(Counter(labels).values(), reverse=True))


@lru_cache
def types(n: int) -> tuple[Partition, ...]:
    """One partition of n points for each way to choose the sizes: all others only list the points in another order."""
    first: dict[tuple[int, ...], Partition] = {}
    for labels in partitions(n):
        first.setdefault(sizes(labels), labels)
    return tuple(first.values())


@lru_cache
def with_sizes(wanted: tuple[int, ...]) -> tuple[Partition, ...]:
    """All partitions with these sizes."""
    return tuple(labels for labels in partitions(sum(wanted)) if sizes(labels) == wanted)


def table(true: Partition, pred: Partition) -> Table:
    """How many points each two clusters share: classes by size, then clusters in an order of their own."""
    met = Counter(zip(pred, true, strict=True))
    size = Counter(true)
    classes = sorted(size, key=lambda t: (-size[t], t))
    return tuple(sorted(tuple(met[cluster, t] for t in classes) for cluster in set(pred)))


def meet(one: Partition, other: Partition) -> Partition:
    """The coarsest partition that is finer than both."""
    met = list(zip(one, other, strict=True))
    names = list(dict.fromkeys(met))
    return tuple(names.index(both) for both in met)


def together(labels: Partition) -> frozenset[tuple[int, int]]:
    """The pairs of points that share a cluster."""
    return frozenset((x, y) for y in range(len(labels)) for x in range(y) if labels[x] == labels[y])


def is_improvement(true: Partition, before: Partition, after: Partition) -> bool:
    """Whether `after` agrees with `true` on every pair on which `before` does, and on more."""
    given, old, new = together(true), together(before), together(after)
    return old ^ given > new ^ given


def improvements(true: Partition, pred: Partition) -> Iterator[Partition]:
    """Smallest steps that agree on more pairs: two clusters of one class join, or a cluster splits between classes."""
    parts: dict[int, set[int]] = {}
    for t, p in zip(true, pred, strict=True):
        parts.setdefault(p, set()).add(t)
    pure = [p for p, classes in parts.items() if len(classes) == 1]
    for i, p in enumerate(pure):
        for q in pure[:i]:
            if parts[p] == parts[q]:
                yield canonical(tuple(q if label == p else label for label in pred))
    for p, classes in parts.items():
        _, *rest = sorted(classes)  # the first class stays, so that no two parts come up twice
        for chosen in range(1, 1 << len(rest)):
            leaving = {t for i, t in enumerate(rest) if chosen >> i & 1}
            yield canonical(
                tuple(-1 if label == p and t in leaving else label for t, label in zip(true, pred, strict=True))
            )
