"""External indices as they are written: how alike two clusterings of the same points are.

Every function takes the cluster of each point in either clustering, and returns a fraction, or an expression in
logarithms and roots in the number type that `irrational` names.
"""

from collections import Counter
from collections.abc import Hashable, Sequence
from fractions import Fraction
from itertools import combinations
from math import comb
from typing import Any

from cqm.definitions.arithmetic import logarithm, mean, ratio, square_root

__all__ = [
    "adjusted_mutual_information", "adjusted_rand", "completeness", "entropy", "expected_mutual_information",
    "fowlkes_mallows", "homogeneity", "mutual_information", "normalized_mutual_information", "pair_jaccard",
    "pairs_together", "purity", "rand", "v_measure", "variation_of_information",
]  # fmt: skip

Labels = Sequence[Hashable]


def pairs_together(true: Labels, pred: Labels) -> tuple[int, int, int, int]:
    """Pairs of points that are together in both clusterings, in the first alone, in the second alone, in neither."""
    met = [(true[x] == true[y], pred[x] == pred[y]) for x, y in combinations(range(len(true)), 2)]
    both, first, second = (met.count(kind) for kind in ((True, True), (True, False), (False, True)))
    return both, first, second, len(met) - both - first - second


def rand(true: Labels, pred: Labels) -> Any:
    """(N₁₁ + N₀₀) / N; 1 where there are no pairs."""
    both, first, second, neither = pairs_together(true, pred)
    return _or(1, both + neither, both + first + second + neither)


def adjusted_rand(true: Labels, pred: Labels) -> Any:
    """(N₁₁ − E) / ((m_A + m_B)/2 − E), with E = m_A·m_B / N for m_A and m_B pairs together; 1 for 0/0."""
    both, first, second, neither = pairs_together(true, pred)
    if first == second == 0:
        return 1
    m_a, m_b, n = both + first, both + second, both + first + second + neither
    return ratio(2 * (both * n - m_a * m_b), n * (m_a + m_b) - 2 * m_a * m_b)


def fowlkes_mallows(true: Labels, pred: Labels) -> Any:
    """N₁₁ / √(m_A·m_B); 0 where N₁₁ is."""
    both, first, second, _ = pairs_together(true, pred)
    return square_root(Fraction(both**2, (both + first) * (both + second))) if both else 0


def pair_jaccard(true: Labels, pred: Labels) -> Any:
    """N₁₁ / (N₁₁ + N₁₀ + N₀₁); 1 for 0/0."""
    both, first, second, _ = pairs_together(true, pred)
    return _or(1, both, both + first + second)


def purity(true: Labels, pred: Labels) -> Any:
    """Σ_P max_T |P ∩ T| / n."""
    met = Counter(zip(pred, true, strict=True))
    largest: dict[Hashable, int] = {}
    for (cluster, _), size in met.items():
        largest[cluster] = max(size, largest.get(cluster, 0))
    return ratio(sum(largest.values()), len(true))


def entropy(labels: Labels) -> Any:
    """−Σ p·ln p over the clusters, in nats."""
    n = len(labels)
    return sum((Fraction(size, n) * logarithm(Fraction(n, size)) for size in Counter(labels).values()), start=0)


def mutual_information(true: Labels, pred: Labels) -> Any:
    """Σ p_TP·ln(p_TP / (p_T·p_P)), in nats."""
    n, of_true, of_pred = len(true), Counter(true), Counter(pred)
    met = Counter(zip(true, pred, strict=True))
    terms = (_term(size, of_true[t], of_pred[p], n) for (t, p), size in met.items())
    return sum(terms, start=0)


def expected_mutual_information(true: Labels, pred: Labels) -> Any:
    """Mean of the mutual information over all clusterings of the same sizes: cells are hypergeometric."""
    n = len(true)
    total: Any = 0
    for (a, often), (b, as_often) in _each(Counter(true).values(), Counter(pred).values()):
        for size in range(max(1, a + b - n), min(a, b) + 1):
            share = Fraction(comb(a, size) * comb(n - a, b - size), comb(n, b))
            total += often * as_often * share * _term(size, a, b, n)
    return total


def homogeneity(true: Labels, pred: Labels) -> Any:
    """1 − H(T|P) / H(T) = I / H(T); 1 for 0/0."""
    return _or(1, mutual_information(true, pred), entropy(true))


def completeness(true: Labels, pred: Labels) -> Any:
    """1 − H(P|T) / H(P) = I / H(P); 1 for 0/0."""
    return _or(1, mutual_information(true, pred), entropy(pred))


def normalized_mutual_information(true: Labels, pred: Labels) -> Any:
    """2·I / (H(T) + H(P)); 1 for 0/0."""
    return _or(1, 2 * mutual_information(true, pred), entropy(true) + entropy(pred))


def v_measure(true: Labels, pred: Labels) -> Any:
    """Harmonic mean of homogeneity h and completeness c; 0 where both are."""
    h, c = homogeneity(true, pred), completeness(true, pred)
    return _or(0, 2 * h * c, h + c)


def adjusted_mutual_information(true: Labels, pred: Labels) -> Any:
    """(I − E[I]) / ((H(T) + H(P))/2 − E[I]); 1 for 0/0."""
    expected = expected_mutual_information(true, pred)
    return _or(1, mutual_information(true, pred) - expected, mean([entropy(true), entropy(pred)]) - expected)


def variation_of_information(true: Labels, pred: Labels) -> Any:
    """H(T|P) + H(P|T) = H(T) + H(P) − 2·I, in nats."""
    return entropy(true) + entropy(pred) - 2 * mutual_information(true, pred)


def _term(size: int, a: int, b: int, n: int) -> Any:
    """What a cell of so many points adds to the mutual information."""
    return Fraction(size, n) * logarithm(Fraction(n * size, a * b))


def _each(true: Any, pred: Any) -> Any:
    """Pairs of cluster sizes, each with how often it occurs."""
    return [(one, other) for one in Counter(true).items() for other in Counter(pred).items()]


def _or(otherwise: int, numerator: Any, denominator: Any) -> Any:
    """A quotient, and what stands for 0/0."""
    return ratio(numerator, denominator) if denominator != 0 else otherwise
