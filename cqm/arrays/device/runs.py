"""Reductions over runs of rows or columns that belong together, by any library of the array API standard.

Rows of a clustering lie in cluster order, so a cluster is a run. Sums over runs are products with matrices of zeros and
ones, or weights, each of a strip of runs, as most of a matrix of all runs would be zeros; extremes gather the runs in
equal portions and reduce these. The number of calls does not grow with that of runs.
"""

from typing import Any

import numpy as np
from array_api_compat import array_namespace, device
from numpy.typing import NDArray

from cqm.arrays.clustering import NO_WEIGHTS
from cqm.arrays.engine import MAXIMUM, SUM

__all__ = ["Runs"]

PORTION = 32  # of a run that is reduced at once
STRIP_ENTRIES, STRIP_RUNS = 1024, 32  # how many entries and runs there are at least in all strips but the last


class Runs:
    """Consecutive runs, the i-th from `starts[i]` to `starts[i + 1]`, and how a library reduces over them.

    Parameters
    ----------
    starts : (runs + 1,) edges of the runs, which are not empty.
    like : an array of the library, on its device.
    weights : how often each entry counts in a sum; empty where once.
    """

    def __init__(self, starts: NDArray[np.intp], like: Any, weights: NDArray[np.float64] = NO_WEIGHTS) -> None:
        self.starts, self.count, self.weights = starts, len(starts) - 1, weights
        self.xp, self.on = array_namespace(like), device(like)
        self._levels: list[tuple[Any, int]] | None = None
        self._indicators: dict[Any, list[tuple[slice, Any]]] = {}

    def reduce(self, values: Any, operation: int, *, axis: int) -> Any:
        """The reduction over each run along an axis, the first or the last; sums of two-dimensional arrays alone."""
        if operation == SUM:
            return self._added(values, axis)
        extreme = self.xp.max if operation == MAXIMUM else self.xp.min
        if self.count == 1:
            return extreme(values, axis=axis, keepdims=True)
        for places, portion in self._portions():
            gathered = self.xp.take(values, places, axis=axis)
            count = places.shape[0] // portion
            shape = gathered.shape
            if axis == 0:
                values = extreme(self.xp.reshape(gathered, (count, portion, *shape[1:])), axis=1)
            else:
                values = extreme(self.xp.reshape(gathered, (*shape[:-1], count, portion)), axis=-1)
        return values

    def _added(self, values: Any, axis: int) -> Any:
        """The sums, strip by strip."""
        if axis == 0:
            found = [ones.T @ values[entries, :] for entries, ones in self._indicator(values.dtype)]
        else:
            found = [values[:, entries] @ ones for entries, ones in self._indicator(values.dtype)]
        return found[0] if len(found) == 1 else self.xp.concat(found, axis=axis)

    def _indicator(self, dtype: Any) -> list[tuple[slice, Any]]:
        """Entries of each strip, and its (entries, runs) matrix of ones, or weights, where an entry is of a run."""
        if dtype not in self._indicators:
            xp, out = self.xp, []
            owners = xp.asarray(np.repeat(np.arange(self.count), np.diff(self.starts)), device=self.on)
            all_runs = xp.arange(self.count, dtype=owners.dtype, device=self.on)
            weights = xp.astype(xp.asarray(self.weights, device=self.on), dtype) if len(self.weights) else None
            for runs in self._strips():
                entries = slice(int(self.starts[runs.start]), int(self.starts[runs.stop]))
                ones = xp.astype(owners[entries][:, None] == all_runs[runs][None, :], dtype)
                out.append((entries, ones if weights is None else ones * weights[entries][:, None]))
            self._indicators[dtype] = out
        return self._indicators[dtype]

    def _strips(self) -> list[slice]:
        """All runs, some at a time."""
        out, first = [], 0
        while first < self.count:
            enough = np.searchsorted(self.starts, self.starts[first] + STRIP_ENTRIES)
            last = max(int(enough), first + STRIP_RUNS)
            if last + STRIP_RUNS > self.count:  # what would be left is no strip of its own
                last = self.count
            out.append(slice(first, last))
            first = last
        return out

    def _portions(self) -> list[tuple[Any, int]]:
        """For each level, the places that portions gather, the last one of a run again and again, and their size."""
        if self._levels is None:
            self._levels, starts = [], self.starts
            while True:
                sizes = np.diff(starts)
                portion = int(min(PORTION, sizes.max()))
                pieces = -(-sizes // portion)
                run = np.repeat(np.arange(self.count), pieces)
                edges = np.concatenate([[0], np.cumsum(pieces)])
                first = starts[run] + portion * (np.arange(edges[-1]) - edges[run])
                places = np.minimum(first[:, None] + np.arange(portion), starts[run + 1][:, None] - 1)
                self._levels.append((self.xp.asarray(places.ravel(), device=self.on), portion))
                if edges[-1] == self.count:
                    break
                starts = edges
        return self._levels
