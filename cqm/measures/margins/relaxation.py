r"""A lower bound of the relative margin's total that couples pairs of clusters, in polynomial time at any k.

With r(x, c) = 1/d(x, c), and r₀(x) the least that max_j r(x, c_j) can be over the candidates, every choice of convex
weights λ gives

.. math:: \max_j r(x, c_j) \ge r_0(x) + \sum_j \lambda_{xj} \max(0, r(x, c_j) - r_0(x)),

so that the total of a set, Σ d(x, c_own) · max_j r(x, c_j), is at least a sum of terms of one and of two clusters:

.. math:: \sum_i u_i(c_i) + \sum_{i<j} \theta_{ij}(c_i, c_j).

The tables θ are matrix products of distances inside clusters with weighted r − r₀ across. Messages move cost from the
tables to the single clusters, where the bound is the sum of the clusters' smallest entries (linear-programming
relaxation of the pairwise model; the updates are the handshakes of Tourani, Shekhovtsov, Rother & Savchynskyy, "MPLP++:
fast, parallel dual block-coordinate ascent for dense graphical models", ECCV 2018). The weights follow the centres that
the messages favour.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.dtypes import FloatArray, IntArray
from cqm.arrays.host.jit import kernel
from cqm.parallel import in_order

__all__ = ["SHARPNESS", "SWEEPS", "TEMPERATURE", "TOLERANCE", "Model", "Relaxation", "rounding", "rounds_of_pairs"]

BoolArray = NDArray[np.bool_]

# Sharpness of the weights; how far above the lowest, as a share of a cluster's total, a candidate is still favoured.
SHARPNESS, TEMPERATURE = 10.0, 0.003
SWEEPS, TOLERANCE = 20, 1e-5


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A bound, and the pairwise model behind it.

    Attributes
    ----------
    rows : (m,) ordered rows of the candidates, cluster by cluster.
    edges : (k + 1,) first candidate of each cluster, and m.
    bound : no set of candidates has a smaller total, rounding included.
    costs : (m,) what each candidate adds to `bound` at least, up to rounding; 0 for the lowest of a cluster.
    tables : gives (m, m), what two candidates of different clusters add together to that.
    """

    rows: IntArray
    edges: IntArray
    bound: float
    costs: FloatArray
    tables: Callable[[], FloatArray]

    @property
    def favoured(self) -> IntArray:
        """(k,) ordered rows of the clusters' lowest candidates."""
        clusters = np.split(self.costs, self.edges[1:-1])
        return self.rows[self.edges[:-1] + [np.argmin(costs) for costs in clusters]]


def rounds_of_pairs(k: int) -> list[tuple[IntArray, IntArray]]:
    """All pairs i < j of k clusters in rounds, as of a tournament: in none of them a cluster comes twice."""
    seats = k + k % 2
    turning, out = np.arange(1, seats), []
    for _ in range(seats - 1):
        order = np.concatenate([[0], turning])
        i, j = order[: seats // 2], order[: seats // 2 - 1 : -1]
        met = (i < k) & (j < k)
        out.append((np.minimum(i, j)[met].astype(np.intp), np.maximum(i, j)[met].astype(np.intp)))
        turning = np.roll(turning, 1)
    return out


def rounding(n: int, k: int, total: float, sizes: float) -> float:
    """What rounding may have added to the bound.

    At the best set every term of a table is at most a share of `total`, summed over at most n points after a few
    operations each; messages cancel but for their own rounding, and there are k + k² numbers to add. `sizes` is the sum
    over the clusters of what u and the messages of a candidate come to at most.
    """
    return float(np.finfo(float).eps * ((n + 2 * k + 32) * total + (k * k + k + 32) * sizes))


class Model:
    """Candidates, weights and messages, improved round by round.

    Parameters
    ----------
    D : (n, n) distances in cluster order.
    starts : (k + 1,) first row of each cluster, and n.
    centres : (k,) a good representative set, from which the first weights are taken.
    total : its total, the scale of all costs.
    """

    def __init__(self, D: FloatArray, starts: IntArray, centres: IntArray, total: float):
        self.D, self.starts, self.total = D, starts, total
        self.rows, self.edges = np.arange(len(D), dtype=np.intp), starts
        self.messages = np.zeros((len(D), len(starts) - 1))
        self.logits = np.zeros((len(D), len(starts) - 1))
        self.pairs = np.concatenate([np.stack(met, axis=1) for met in rounds_of_pairs(len(starts) - 1)])
        self.rounds = 0
        belief = np.zeros(len(D))
        belief[centres] = 1.0
        self._reweigh(belief, self._least_inverses(), 1.0)

    def keep(self, alive: BoolArray) -> None:
        """Drop candidates; each cluster has one left."""
        self.rows, self.messages = self.rows[alive], self.messages[alive]
        self.edges = np.concatenate([[0], np.cumsum(alive)])[self.edges].astype(np.intp)

    def round(self) -> Relaxation:
        """Bound under the present weights after some rounds of messages; moves the weights for the next one."""
        least_inverses = self._least_inverses()
        unary, tables = self._tables(least_inverses)
        costs = unary + self.messages.sum(axis=1)
        _pass_messages(tables, self.edges, self.pairs, self.messages, costs, SWEEPS, TOLERANCE)
        costs = unary + self.messages.sum(axis=1)
        slack = self._rounding(unary)
        rest = _reparametrise(tables, self.edges, self.messages)
        lowest = np.minimum.reduceat(costs, self.edges[:-1])
        costs -= np.repeat(lowest, np.diff(self.edges))
        belief = np.exp(costs / (-TEMPERATURE * self.total / len(lowest)))
        belief /= np.repeat(np.add.reduceat(belief, self.edges[:-1]), np.diff(self.edges))
        self.rounds += 1
        self._reweigh(belief, least_inverses, 1 / (self.rounds + 1))
        return Relaxation(self.rows, self.edges, float(lowest.sum() + rest - slack), costs, lambda: tables)

    def _points(self, i: int) -> slice:
        return slice(int(self.starts[i]), int(self.starts[i + 1]))

    def _least_inverses(self) -> FloatArray:
        """(n,) the least that 1 / (distance to the nearest other centre) can be: r₀."""
        out = np.empty(len(self.D))
        _least_inverses(self.D, self.starts, self.rows, self.edges, out)
        return out

    def _tables(self, least_inverses: FloatArray) -> tuple[FloatArray, FloatArray]:
        """(m,) u and (m, m) symmetric θ."""
        m = len(self.rows)
        unary, tables = np.empty(m), np.empty((m, m))
        weights = np.exp(self.logits - self.logits.max(axis=1, keepdims=True))
        weights[np.arange(len(weights)), np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))] = 0.0
        weights /= weights.sum(axis=1, keepdims=True)

        def fill(i: int) -> None:
            points, own = self._points(i), slice(int(self.edges[i]), int(self.edges[i + 1]))
            within = np.ascontiguousarray(self.D[points][:, self.rows[own]].T)  # (candidates, points)
            unary[own] = within @ least_inverses[points]
            excess = np.empty((points.stop - points.start, m))
            _excess(self.D[points], self.rows, self.edges, i, least_inverses[points], weights[points], excess)
            np.matmul(within, excess, out=tables[own])

        for _ in in_order(fill, range(len(self.starts) - 1)):
            pass
        _symmetrise(tables, self.edges)
        return unary, tables

    def _reweigh(self, belief: FloatArray, least_inverses: FloatArray, share: float) -> None:
        """Move the logits by a `share` towards the clusters whose believed centres are near."""
        k = len(self.starts) - 1

        def follow(i: int) -> None:
            points = self._points(i)
            expected = np.empty((points.stop - points.start, k))
            _expected_excess(self.D[points], self.rows, self.edges, i, least_inverses[points], belief, expected)
            scale = np.maximum(expected.mean(axis=1, keepdims=True), np.finfo(float).tiny)
            self.logits[points] += share * (SHARPNESS * expected / scale - self.logits[points])

        for _ in in_order(follow, range(k)):
            pass

    def _rounding(self, unary: FloatArray) -> float:
        moved = np.abs(unary) + np.abs(self.messages).sum(axis=1)
        return rounding(*self.logits.shape, self.total, float(np.maximum.reduceat(moved, self.edges[:-1]).sum()))


@kernel
def _least_inverses(D: FloatArray, starts: IntArray, rows: IntArray, edges: IntArray, out: FloatArray) -> None:
    k = len(starts) - 1
    for i in range(k):
        for x in range(starts[i], starts[i + 1]):
            nearest = np.inf
            for j in range(k):
                if j != i:
                    farthest = 0.0
                    for at in range(edges[j], edges[j + 1]):
                        farthest = max(farthest, D[x, rows[at]])
                    nearest = min(nearest, farthest)
            out[x] = 1.0 / nearest if nearest > 0 else 0.0  # no set has a margin then: any bound holds


@kernel
def _excess(
    D: FloatArray,
    rows: IntArray,
    edges: IntArray,
    own: int,
    least_inverses: FloatArray,
    weights: FloatArray,
    out: FloatArray,
) -> None:
    """Weighted max(0, r − r₀) of the points of one cluster to all candidates; 0 where the distance is."""
    for x in range(len(D)):
        for j in range(len(edges) - 1):
            weight = 0.0 if j == own else weights[x, j]
            for at in range(edges[j], edges[j + 1]):
                reach = D[x, rows[at]]
                inverse = 1.0 / reach if reach > 0 else 0.0
                out[x, at] = weight * max(0.0, inverse - least_inverses[x]) if weight > 0 else 0.0


@kernel
def _expected_excess(
    D: FloatArray,
    rows: IntArray,
    edges: IntArray,
    own: int,
    least_inverses: FloatArray,
    belief: FloatArray,
    out: FloatArray,
) -> None:
    """(points, k) mean of max(0, r − r₀) to a cluster's candidates, weighted by belief."""
    for x in range(len(D)):
        for j in range(len(edges) - 1):
            out[x, j] = 0.0
            if j == own:
                continue
            for at in range(edges[j], edges[j + 1]):
                reach = D[x, rows[at]]
                inverse = 1.0 / reach if reach > 0 else 0.0
                out[x, j] += belief[at] * max(0.0, inverse - least_inverses[x])


@kernel
def _symmetrise(tables: FloatArray, edges: IntArray) -> None:
    """Add to each table its mirror image, and mirror the sum."""
    k = len(edges) - 1
    for i in range(k):
        for j in range(i):
            for a in range(edges[i], edges[i + 1]):
                for b in range(edges[j], edges[j + 1]):
                    tables[a, b] += tables[b, a]
                    tables[b, a] = tables[a, b]


@kernel
def _pass_messages(
    tables: FloatArray,
    edges: IntArray,
    pairs: IntArray,
    messages: FloatArray,
    costs: FloatArray,
    sweeps: int,
    tolerance: float,
) -> None:
    """Handshakes along all pairs of clusters, back and forth, until the bound rises little."""
    k = len(edges) - 1
    left, right = np.empty(len(costs)), np.empty(len(costs))
    last = -np.inf
    for sweep in range(sweeps):
        for step in range(len(pairs)):
            i, j = pairs[step if sweep % 2 == 0 else len(pairs) - 1 - step]
            _shake_hands(tables, edges, messages, costs, i, j, left, right)
        bound = 0.0
        for i in range(k):
            lowest = np.inf
            for a in range(edges[i], edges[i + 1]):
                lowest = min(lowest, costs[a])
            bound += lowest
        if bound - last < tolerance * abs(bound):
            return
        last = bound


@kernel
def _shake_hands(
    tables: FloatArray,
    edges: IntArray,
    messages: FloatArray,
    costs: FloatArray,
    i: int,
    j: int,
    held: FloatArray,
    least: FloatArray,
) -> None:
    """Share the cost of a pair of clusters, with all that the two hold, between them, and leave none in the table.

    `held` and `least` are working space of m numbers.
    """
    for a in range(edges[i], edges[i + 1]):
        held[a], least[a] = costs[a] - messages[a, j], np.inf
    for b in range(edges[j], edges[j + 1]):
        held[b], least[b] = costs[b] - messages[b, i], np.inf
    for a in range(edges[i], edges[i + 1]):
        for b in range(edges[j], edges[j + 1]):
            value = tables[a, b] + held[a] + held[b]
            least[a], least[b] = min(least[a], value), min(least[b], value)
    for b in range(edges[j], edges[j + 1]):
        costs[b] = least[b] / 2
        least[b] = np.inf
    for a in range(edges[i], edges[i + 1]):  # what equal shares leave in the table goes to cluster i ...
        rest = np.inf
        for b in range(edges[j], edges[j + 1]):
            rest = min(rest, tables[a, b] + held[b] - costs[b])
        costs[a] = rest + held[a]
        messages[a, j] = rest
    for a in range(edges[i], edges[i + 1]):  # ... and what is left then to cluster j
        for b in range(edges[j], edges[j + 1]):
            least[b] = min(least[b], tables[a, b] - messages[a, j])
    for b in range(edges[j], edges[j + 1]):
        costs[b] = least[b] + held[b]
        messages[b, i] = least[b]


@kernel
def _reparametrise(tables: FloatArray, edges: IntArray, messages: FloatArray) -> float:
    """Take the messages and each table's least entry out of the tables; returns the sum of the least entries."""
    k = len(edges) - 1
    total = 0.0
    for i in range(k):
        for j in range(i):
            least = np.inf
            for a in range(edges[i], edges[i + 1]):
                for b in range(edges[j], edges[j + 1]):
                    tables[a, b] -= messages[a, j] + messages[b, i]
                    least = min(least, tables[a, b])
            for a in range(edges[i], edges[i + 1]):
                for b in range(edges[j], edges[j + 1]):
                    tables[a, b] -= least
                    tables[b, a] = tables[a, b]
            total += least
    return total
