"""The axioms of external indices: what each says, who said it, and when values break it."""

from collections.abc import Sequence
from typing import Any

from cqm.axioms.exact import Rounded, gap, total
from cqm.axioms.statements import Axiom, Better, changed, improvement

__all__ = ["INDEX_AXIOMS", "INDEX_DOMAIN"]

INDEX_DOMAIN = "partitions"

_GTP = "Gösgens, Tikhonov & Prokhorenkova 2021"
_M = "Meilă 2007"


def negated(value: Any) -> Any:
    """The value with the other sign."""
    return Rounded(-float(value), value.noise) if isinstance(value, Rounded) else -value


def beaten(values: Sequence[Any], better: Better) -> float:
    """Positive where the first two, which should be equal and better than the third, are not."""
    return changed(values[:2], better) or _unless_better(values[2], values[0], better)


def not_beaten(values: Sequence[Any], better: Better) -> float:
    """Positive where the first two, which should be equal and worse than the third, are not."""
    return changed(values[:2], better) or _unless_better(values[0], values[2], better)


def not_improved(values: Sequence[Any], better: Better) -> float:
    """Positive where the second value is not better than the first."""
    return _unless_better(values[0], values[1], better)


def _unless_better(before: Any, after: Any, better: Better) -> float:
    amount = improvement(before, after, better)
    return -amount if amount else 1.0  # as good is not better


def detour(values: Sequence[Any], better: Better) -> float:
    """Amount by which the way from the first to the third partition is longer than the one through the second.

    The values are those of first and second, second and third, first and third, and of equal partitions.
    """
    ab, bc, ac, equal = values
    amount = gap(total(ab, bc), total(ac, equal))  # of two values that are 0 for equal partitions
    return amount if better == "higher" else -amount


def unequal_sums(values: Sequence[Any], better: Better) -> float:
    """Amount by which two distances do not add up to the third; the last value is that of equal partitions."""
    one, other, both, equal = values
    return abs(gap(total(one, other), total(both, equal)))


def unequal_mean(values: Sequence[Any], better: Better) -> float:
    """Amount by which the first value is not the mean of the others."""
    first, *parts = values
    return abs(gap(total(*[first] * len(parts)), total(*parts)))


def _axiom(name: str, sentence: str, formal: str, source: str, plainly: str, judge: Any) -> Axiom:
    return Axiom(name, sentence, formal, source, plainly, judge=judge, of="indices", smallest=2)


_ALL = (
    _axiom(
        "index_label_invariance",
        "only who is together with whom matters: not the names of the clusters, nor the order of the points",
        "V depends on the two partitions alone",
        "the definition of a partition",
        "the same two clusterings have another value when clusters are called by other names, or points are listed in "
        "another order",
        changed,
    ),
    _axiom(
        "index_symmetry",
        "the two clusterings may change places",
        "V(A, B) = V(B, A)",
        _GTP,
        "the value depends on which of the two clusterings is called the true one",
        changed,
    ),
    _axiom(
        "index_maximal_agreement",
        "one value says that two clusterings are equal, and says it of no others",
        "there is c with V(A, A) = c for every A, and V(A, B) < c for B ≠ A",
        _GTP,
        "equal clusterings have no value of their own",
        beaten,
    ),
    _axiom(
        "index_minimal_agreement",
        "one value, the worst, says that two clusterings disagree on every pair of points, and says it of no others",
        "there is c with V(A, B) = c where A and B are one cluster and all singletons, and V(A, B) > c otherwise",
        _GTP,
        "clusterings that disagree on every pair have no value of their own",
        not_beaten,
    ),
    _axiom(
        "index_monotonicity",
        "agreeing on more pairs of points, and on all that were agreed on before, makes the value better",
        "V(A, B′) > V(A, B) whenever B′ ≠ B agrees with A on every pair on which B does, for A neither one cluster nor "
        "all singletons",
        _GTP,
        "one clustering agrees with the truth wherever the other does and on more pairs, and is not judged better",
        not_improved,
    ),
    _axiom(
        "index_constant_baseline",
        "clusterings drawn at random have the same value on average, whatever their sizes",
        "there is c with E[V(A, B)] = c for every A and B drawn from all clusterings with given sizes, neither of them "
        "one cluster or all singletons",
        _GTP,
        "clusterings drawn at random are judged better when they have some sizes than when they have others",
        changed,
    ),
    _axiom(
        "index_triangle_inequality",
        "what it falls short of equality by is no longer on the direct way than on a detour",
        "d(A, C) ≤ d(A, B) + d(B, C) for d = c − V, with c the value of equal clusterings",
        f"{_GTP}; {_M}",
        "two clusterings are further from one another than both are, taken together, from a third",
        detour,
    ),
    _axiom(
        "index_refinement_additivity",
        "distances to one cluster and to all singletons add up to the distance between those two",
        "d(1, A) + d(A, 0) = d(1, 0), with 1 for one cluster and 0 for all singletons",
        _M,
        "the way from one cluster to all singletons has another length when it passes this clustering",
        unequal_sums,
    ),
    _axiom(
        "index_join_additivity",
        "distances to the clusters that two clusterings have in common add up to the distance between them",
        "d(A, B) = d(A, A ∧ B) + d(B, A ∧ B), with A ∧ B all that is not empty of the A ∩ B",
        _M,
        "the way between two clusterings has another length when it passes their common refinement",
        unequal_sums,
    ),
    _axiom(
        "index_convex_additivity",
        "for two ways to split given clusters further, the value is the mean over these clusters, weighted by size",
        "V(A, B) = Σ_k n_k/n · V(A_k, B_k) for A and B finer than C, restricted to the clusters of C",
        _M,
        "what two clusterings do inside one cluster counts otherwise than by its share of the points",
        unequal_mean,
    ),
)

INDEX_AXIOMS = {axiom.name: axiom for axiom in _ALL}
