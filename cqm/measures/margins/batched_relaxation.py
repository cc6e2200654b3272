"""The relaxation of `relaxation.py` by any library of the array API standard, where the distances are.

Clusters are padded to one size, so that all handshakes of a round, which share no cluster, are made at once. Messages
to padding are −∞ and its costs +∞, so that no minimum sees it.
"""

from functools import reduce
from typing import Any

import numpy as np
from array_api_compat import array_namespace, device
from numpy.typing import NDArray

from cqm.arrays.dtypes import FloatArray, IntArray
from cqm.arrays.foreign import on_host
from cqm.measures.margins.relaxation import (
    SHARPNESS,
    SWEEPS,
    TEMPERATURE,
    TOLERANCE,
    Relaxation,
    rounding,
    rounds_of_pairs,
)

__all__ = ["BatchedModel"]

BoolArray = NDArray[np.bool_]


class BatchedModel:
    """Candidates, weights and messages, improved round by round.

    Parameters
    ----------
    D : (n, n) distances in cluster order, of any library.
    starts, centres, total : as for `relaxation.Model`.
    """

    def __init__(self, D: Any, starts: IntArray, centres: IntArray, total: float):
        self.xp, self.on = array_namespace(D), device(D)
        self.starts, self.total, self.k = starts, float(total), len(starts) - 1
        self.schedule = rounds_of_pairs(self.k)
        self.pairs = [tuple(map(self._here, (i, j, _places(i, j, self.k)))) for i, j in self.schedule]
        self.rows, self.edges = np.arange(starts[-1], dtype=np.intp), starts
        slots, self.is_point = self._slots(starts)
        xp, size, flat = self.xp, slots.shape[1], self._here(slots.ravel())
        points = xp.take(D, flat, axis=0)
        self.reach = xp.reshape(xp.take(points, flat, axis=1), (self.k, size, self.k, size))
        inside = (slots[:, :, None] * int(starts[-1]) + slots[:, None, :]).ravel()
        self.within = xp.reshape(xp.take(xp.reshape(D, (-1,)), self._here(inside), axis=0), (self.k, size, size))
        self.valid = self.is_point
        self.own = self._here(np.eye(self.k, dtype=bool))
        self.messages = [self._no_message() for _ in self.schedule]
        self.logits = xp.zeros((self.k, size, self.k), dtype=xp.float64, device=self.on)
        self.rounds = 0
        belief = np.zeros(starts[-1])
        belief[centres] = 1.0
        self._reweigh(self._here(belief[slots] * on_host(self.is_point)), self._excess(self._least_inverses()), 1.0)

    def keep(self, alive: BoolArray) -> None:
        """Drop candidates; each cluster has one left."""
        xp = self.xp
        old = np.arange(len(self.rows)) - np.repeat(self.edges[:-1], np.diff(self.edges))  # slots of the candidates
        self.rows, old = self.rows[alive], old[alive]
        self.edges = np.concatenate([[0], np.cumsum(alive)])[self.edges].astype(np.intp)
        slots, self.valid = self._slots(self.edges)
        _, points, k, size = self.reach.shape
        flat = self._here((old[slots] + size * np.arange(k)[:, None]).ravel())

        def kept(values: Any) -> Any:  # (k, candidates, …)
            rest = values.shape[2:]
            return xp.reshape(xp.take(xp.reshape(values, (k * size, *rest)), flat, axis=0), (*slots.shape, *rest))

        reach = xp.take(xp.reshape(self.reach, (k, points, k * size)), flat, axis=2)
        self.reach, self.within = xp.reshape(reach, (k, points, *slots.shape)), kept(self.within)
        self.messages = [xp.where(self.valid, kept(message), -xp.inf) for message in self.messages]

    def round(self) -> Relaxation:
        """Bound under the present weights after some rounds of messages; moves the weights for the next one."""
        xp = self.xp
        least_inverses = self._least_inverses()
        excess = self._excess(least_inverses)
        unary, tables = self._tables(least_inverses, excess)
        with np.errstate(invalid="ignore"):  # ∞ − ∞ of padding, which nobody sees
            self._pass_messages(tables, self._costs(unary))
        costs = self._costs(unary)
        moved = reduce(xp.add, (xp.abs(message) for message in self.messages), xp.abs(unary))
        sizes = xp.sum(xp.max(xp.where(self.valid, moved, 0.0), axis=1))
        rest = self._reparametrise(tables)
        lowest = xp.min(costs, axis=1, keepdims=True)
        costs = costs - lowest
        belief = xp.exp(costs / (-TEMPERATURE * self.total / self.k))
        self.rounds += 1
        self._reweigh(belief / xp.sum(belief, axis=1, keepdims=True), excess, 1 / (self.rounds + 1))
        bound, largest = np.asarray(on_host(xp.stack([xp.sum(lowest) + rest, sizes]))).tolist()
        bound -= rounding(int(self.starts[-1]), self.k, self.total, largest)
        flat = np.asarray(on_host(costs))[np.asarray(on_host(self.valid))]
        edges = self.edges
        return Relaxation(self.rows, edges, bound, flat, lambda: _assembled(tables, self.schedule, edges))

    # --- clusters as slots

    def _slots(self, edges: IntArray) -> tuple[IntArray, Any]:
        """(k, s) entries of each cluster, the last one again and again, and whether they are the first time."""
        sizes = np.diff(edges)
        places = np.arange(sizes.max())[None, :]
        return edges[:-1, None] + np.minimum(places, sizes[:, None] - 1), self._here(places < sizes[:, None])

    def _here(self, values: NDArray[Any]) -> Any:
        return self.xp.asarray(np.ascontiguousarray(values), device=self.on)

    def _no_message(self) -> Any:
        """(k, candidates) 0, and −∞ for padding."""
        xp = self.xp
        return xp.where(self.valid, xp.zeros(self.valid.shape, dtype=xp.float64, device=self.on), -xp.inf)

    # --- the model

    def _least_inverses(self) -> Any:
        """(k, points) the least that 1 / (distance to the nearest other centre) can be: r₀."""
        xp = self.xp
        farthest = xp.max(xp.where(self.valid[None, None, :, :], self.reach, 0.0), axis=3)
        nearest = xp.min(xp.where(self.own[:, None, :], xp.inf, farthest), axis=2)
        return xp.where(nearest > 0, 1 / xp.where(nearest > 0, nearest, 1.0), 0.0)

    def _excess(self, least_inverses: Any) -> Any:
        """(k, points, k, candidates) max(0, r − r₀); 0 where the distance is."""
        xp = self.xp
        inverses = xp.where(self.reach > 0, 1 / xp.where(self.reach > 0, self.reach, 1.0), 0.0)
        out = inverses - least_inverses[:, :, None, None]
        return xp.where(out > 0, out, 0.0)

    def _tables(self, least_inverses: Any, excess: Any) -> tuple[Any, list[Any]]:
        """(k, candidates) u, and for each round of pairs their (pairs, candidates, candidates) θ."""
        xp, k = self.xp, self.k
        weights = xp.exp(self.logits - xp.max(self.logits, axis=2, keepdims=True))
        weights = xp.where(self.own[:, None, :], 0.0, weights)
        weights = weights / xp.sum(weights, axis=2, keepdims=True)
        weights = xp.where(self.is_point[:, :, None], weights, 0.0)
        unary = xp.sum(self.within * xp.where(self.is_point, least_inverses, 0.0)[:, None, :], axis=2)
        points, size = self.reach.shape[1], self.reach.shape[3]
        both = self.within @ xp.reshape(excess * weights[:, :, :, None], (k, points, k * size))
        both = xp.reshape(xp.permute_dims(xp.reshape(both, (k, size, k, size)), (0, 2, 1, 3)), (k * k, size, size))
        tables = []
        for i, j, _ in self.pairs:
            there, back = (xp.take(both, at, axis=0) for at in (i * k + j, j * k + i))
            tables.append(there + xp.permute_dims(back, (0, 2, 1)))
        return unary, tables

    def _costs(self, unary: Any) -> Any:
        """(k, candidates) u and all messages; +∞ for padding."""
        return self.xp.where(self.valid, reduce(self.xp.add, self.messages, unary), self.xp.inf)

    def _reweigh(self, belief: Any, excess: Any, share: float) -> None:
        """Move the logits by a `share` towards the clusters whose believed centres are near."""
        xp = self.xp
        expected = xp.where(self.own[:, None, :], 0.0, xp.sum(excess * belief[None, None, :, :], axis=3))
        mean = xp.mean(expected, axis=2, keepdims=True)
        scale = xp.where(mean > 0, mean, float(np.finfo(float).tiny))
        self.logits = self.logits + share * (SHARPNESS * expected / scale - self.logits)

    # --- messages

    def _pass_messages(self, tables: list[Any], costs: Any) -> None:
        """Handshakes of all pairs of clusters, back and forth, until the bound rises little."""
        xp, last = self.xp, -np.inf
        pairs, alone = self.pairs, self._no_message()
        for sweep in range(SWEEPS):
            for r in range(len(pairs)) if sweep % 2 == 0 else reversed(range(len(pairs))):
                i, j, places = pairs[r]
                left, right = (xp.take(self.messages[r], at, axis=0) for at in (i, j))
                held_i, held_j = xp.take(costs, i, axis=0) - left, xp.take(costs, j, axis=0) - right
                there = xp.take(self.valid, j, axis=0)
                least = xp.min(tables[r] + held_i[:, :, None], axis=1) + held_j
                kept = xp.where(there, held_j - least / 2, xp.inf)
                left = xp.min(tables[r] + kept[:, None, :], axis=2)
                left = xp.where(xp.take(self.valid, i, axis=0), left, -xp.inf)
                right = xp.where(there, xp.min(tables[r] - left[:, :, None], axis=1), -xp.inf)
                self.messages[r] = xp.take(xp.concat([left, right, alone]), places, axis=0)
                changed = xp.concat([held_i + left, held_j + right, costs])
                costs = xp.where(self.valid, xp.take(changed, places, axis=0), xp.inf)
            bound = float(xp.sum(xp.min(costs, axis=1)))
            if bound - last < TOLERANCE * abs(bound):
                return
            last = bound

    def _reparametrise(self, tables: list[Any]) -> Any:
        """Take the messages and each table's least entry out of the tables; returns the sum of the least entries."""
        xp, total = self.xp, []
        for r, (i, j, _) in enumerate(self.pairs):
            left, right = (xp.take(self.messages[r], at, axis=0) for at in (i, j))
            rest = tables[r] - left[:, :, None] - right[:, None, :]
            least = xp.min(rest, axis=(1, 2), keepdims=True)
            tables[r] = rest - least
            total.append(xp.sum(least))
        return reduce(xp.add, total)


def _places(i: IntArray, j: IntArray, k: int) -> IntArray:
    """(k,) where each cluster stands in what is known of i, of j and of all clusters as they were, in this order."""
    out = np.arange(k) + len(i) + len(j)
    out[i], out[j] = np.arange(len(i)), np.arange(len(j)) + len(i)
    return out


def _assembled(tables: list[Any], schedule: list[tuple[IntArray, IntArray]], edges: IntArray) -> FloatArray:
    """(m, m) tables of all pairs of clusters, as numpy."""
    out = np.zeros((edges[-1], edges[-1]))
    for found, (left, right) in zip(tables, schedule, strict=True):
        for table, i, j in zip(np.asarray(on_host(found)), left, right, strict=True):
            rows, columns = slice(edges[i], edges[i + 1]), slice(edges[j], edges[j + 1])
            out[rows, columns] = table[: rows.stop - rows.start, : columns.stop - columns.start]
            out[columns, rows] = out[rows, columns].T
    return out
