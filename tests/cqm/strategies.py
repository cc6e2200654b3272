"""Small clusterings with exactly representable distances, so that ties are real.

`cqm.axioms.strategies` makes whole numbers and labels without gaps, as axioms speak of them. What referees kernels
needs the rest as well: quarters, points at the same place, and labels as users number them.
"""

from fractions import Fraction

import numpy as np
from hypothesis import strategies as st

__all__ = ["distance_clusterings", "labelings", "point_clusterings"]


@st.composite
def labelings(draw, n):
    """Labels of n points with at least 2 clusters and at least one cluster of 2 points."""
    labels = draw(st.lists(st.integers(0, n - 2), min_size=n, max_size=n))
    labels[0] = labels[1]  # a pair ...
    if len(set(labels)) == 1:
        labels[-1] = labels[0] + 1  # ... and a second cluster
    return labels


@st.composite
def distance_clusterings(draw, min_n=3, max_n=8, largest=8):
    """(distances, labels): a symmetric matrix of multiples of 1/4 without the triangle inequality, as Fractions."""
    n = draw(st.integers(min_n, max_n))
    matrix = [[Fraction(0)] * n for _ in range(n)]
    for x in range(n):
        for y in range(x):
            matrix[x][y] = matrix[y][x] = Fraction(draw(st.integers(1, 4 * largest)), 4)
    return matrix, draw(labelings(n))


@st.composite
def point_clusterings(draw, min_n=4, max_n=9, max_d=3, largest=8):
    """(points, labels): points on a quarter-integer grid, duplicates allowed."""
    n, d = draw(st.integers(min_n, max_n)), draw(st.integers(1, max_d))
    coordinate = st.integers(-4 * largest, 4 * largest)
    points = draw(st.lists(st.lists(coordinate, min_size=d, max_size=d), min_size=n, max_size=n))
    return np.array(points) / 4, draw(labelings(n))
