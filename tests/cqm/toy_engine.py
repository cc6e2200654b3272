"""An engine for tables in plain Python lists, as somebody who brings a kind of array of their own would write it."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial.distance import cdist

from cqm.arrays.clustering import Groups
from cqm.arrays.dispersion import Dispersion
from cqm.arrays.engine import MAXIMUM, MINIMUM, SUM, register


class Table:
    """Rows of numbers."""

    def __init__(self, rows):
        self.rows = rows
        self.shape = (len(rows), len(rows[0]))


def introduce():
    register("table", lambda X: isinstance(X, Table), lambda: TableEngine)


UFUNC = {SUM: np.add, MINIMUM: np.minimum, MAXIMUM: np.maximum}


@dataclass(frozen=True, eq=False)
class TableEngine(Groups):
    """All distances at once."""

    table: Any
    distance: Any

    @classmethod
    def check(cls, X, distance):
        if distance.name not in ("euclidean", "sqeuclidean"):
            raise TypeError(f"tables hold vectors, which are compared by Euclidean distance, not {distance}")
        return X

    @classmethod
    def arrange(cls, data, order, starts, distance):
        return cls(order, starts, [data.rows[i] for i in order], distance)

    dtype = np.dtype(float)

    @property
    def features(self):
        return len(self.table[0])

    width = features

    @property
    def vectors(self):
        return np.array(self.table, dtype=float)

    @property
    def square(self):
        return cdist(self.vectors, self.vectors, self.distance.name)

    def under(self, distance):
        return replace(self, distance=distance)

    def only(self, rows, starts):
        return replace(self, order=self.order[rows], starts=starts, table=[self.table[i] for i in rows])

    def rows(self, rows):
        return self.vectors[rows]

    def dispersion(self):
        X, first = self.vectors, self.starts[:-1]
        means = X[first] + np.add.reduceat(self.weigh(X - X[first][self.codes]), first) / self.masses[:, None]
        apart = X - means[self.codes]
        lengths = np.add.reduceat(self.weigh(np.linalg.norm(apart, axis=1)), first)
        squares = np.add.reduceat(self.weigh(apart**2), first)
        return Dispersion.of(X[first], means - X[first], squares, lengths, self.masses)

    def weigh(self, values):
        return values if self.weights is None else (values.T * self.weights).T

    def sum_of_distances(self, spread):
        return float(self.weigh(np.linalg.norm(self.vectors - spread.origin - spread.center, axis=1)).sum())

    def to_landmarks(self, landmarks, origin, reduce, *, root, over=None):
        return self._reduced(
            cdist(self.vectors - origin, landmarks, "euclidean" if root else "sqeuclidean"), reduce, over
        )

    def to_centres(self, centres, reduce):
        points = self.vectors[centres] if centres.ndim == 1 else centres
        return self._reduced(cdist(self.vectors, points, self.distance.name), reduce, None)

    def per_point(self, operation, reduce, over=None, merge=None):
        return self._reduced(
            UFUNC[operation].reduceat(self._counting(operation), self.starts[:-1], axis=1), reduce, over
        )

    def per_pair(self, *requests):
        starts = self.starts[:-1]
        return [
            UFUNC[op].reduceat(self._rows(UFUNC[op].reduceat(self._counting(op), starts, axis=1), op), starts, axis=0)
            for op, _ in requests
        ]

    def _counting(self, operation):
        square = self.square + np.diag(np.full(self.n, np.inf)) if operation == MINIMUM else self.square
        return self._rows(square, operation).T

    def _rows(self, values, operation):
        return self.weigh(values) if operation == SUM else values

    def _reduced(self, values, reduce, over):
        out = reduce(values, self.codes, self.masses)
        return out if over is None else UFUNC[over].reduceat(self._rows(out, over), self.starts[:-1], axis=0)

    def nearest_across(self):
        return float(self.square[self.codes[:, None] != self.codes].min())

    def sums_inside(self):
        return self.weigh(self.square * (self.codes[:, None] == self.codes)).sum(axis=0)

    def longest_steps(self):
        each = [self.square[rows, rows] for rows in map(self.cluster, range(self.k))]
        return np.array([minimum_spanning_tree(square).toarray().max() for square in each])

    def here(self, values):
        return values

    def fold(self, visit, merge, inside=None):
        everything = slice(0, self.n)
        return visit(everything, everything, self.square)

    def fold_points(self, visit, merge, blank, inside=None):
        return self.fold(visit, merge, inside)

    def to_input_order(self, values, input_rows):
        out = np.full(input_rows, np.nan)
        out[self.order] = values
        return out.tolist()
