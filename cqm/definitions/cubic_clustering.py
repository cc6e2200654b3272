"""The cubic clustering criterion (Sarle 1983): the share of variance that a clustering explains, against a uniform box.

The box has the standard deviations of the data along their principal axes as sides; what its best clustering into q
cubes would explain is approximated by E(R²).
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from cqm.definitions.arithmetic import logarithm, ratio, root, square_root
from cqm.definitions.coordinates import Point, sum_of_squares
from cqm.definitions.dispersion import trace_w
from cqm.definitions.scatter import Matrix, scatter

__all__ = ["cubic_clustering_criterion"]

STEPS = 120
"""Halvings of the interval in which an eigenvalue lies, from the trace on."""


def cubic_clustering_criterion(points: Sequence[Point], labels: Sequence[Any]) -> Any:
    """log((1 − E(R²)) / (1 − R²)) · √(n p* / 2) / (0.001 + E(R²))^1.2. Higher is better."""
    n, q, total = len(points), len(set(labels)), sum_of_squares(points)
    if total == 0:
        return math.nan
    squares = [ratio(value, n - 1) for value in eigenvalues(scatter(points))]  # s_j² of all sides, largest first
    p = cut_sides(squares, q)
    sides = [square_root(square) for square in squares]
    edge = root(ratio(math.prod(sides[:p]), q), p)
    u = [ratio(side, edge) for side in sides]
    uncut = [ratio(1 if j < p else u[j] * u[j], n + u[j]) for j in range(len(u))]
    unexplained = ratio(sum(uncut), sum(side * side for side in u)) * ratio((n - q) ** 2 * (n + 4), n**2)
    expected = 1 - unexplained
    gain = logarithm(ratio(unexplained * total, trace_w(points, labels)))
    return gain * square_root(ratio(n * p, 2)) / root(expected + ratio(1, 1000), 5) ** 6


def cut_sides(squares: Sequence[Any], q: int) -> int:
    """p*, the largest number of sides below q of which none is shorter than the edge of the q cubes."""
    longer = [square for square in squares[: q - 1] if square != 0]
    return max(p for p, side in enumerate(longer, start=1) if math.prod(longer[:p]) <= q * q * side**p)


def eigenvalues(matrix: Matrix) -> list[Any]:
    """Eigenvalues of a symmetric matrix without negative ones, largest first, to 2⁻¹²⁰ of its trace."""
    d = len(matrix)
    coefficients = characteristic_polynomial(matrix)
    trace, found = -coefficients[1], []
    zeros = next(j for j, value in enumerate(reversed(coefficients)) if value != 0)
    for j in range(1, d + 1 - zeros):
        low, width = 0 * trace, trace
        for _ in range(STEPS):
            width = ratio(width, 2)
            if changes_of_sign(shifted(coefficients, low + width)) >= j:  # so many eigenvalues are larger
                low = low + width
        found.append(low + width)
    return found + [0 * trace] * zeros


def characteristic_polynomial(matrix: Matrix) -> list[Any]:
    """Coefficients of |λ I − A|, the highest power first (Faddeev and Le Verrier's recursion)."""
    axes = range(len(matrix))
    coefficients: list[Any] = [1]
    power = matrix
    for j in axes:
        if j:
            shifted_power = [[power[a][b] + coefficients[-1] * (a == b) for b in axes] for a in axes]
            power = [[sum(matrix[a][c] * shifted_power[c][b] for c in axes) for b in axes] for a in axes]
        coefficients.append(-ratio(sum(power[a][a] for a in axes), j + 1))
    return coefficients


def shifted(coefficients: Sequence[Any], x: Any) -> list[Any]:
    """Coefficients of the polynomial in λ − x."""
    out = list(coefficients)
    for last in range(len(out) - 1, 0, -1):
        for j in range(1, last + 1):
            out[j] = out[j] + x * out[j - 1]
    return out


def changes_of_sign(coefficients: Sequence[Any]) -> int:
    """How often the sign changes: the number of positive roots, where all roots are real (Descartes)."""
    signs = [value > 0 for value in coefficients if value != 0]
    return sum(a != b for a, b in pairwise(signs))
