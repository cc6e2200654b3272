"""Seventy points in five clusters, as arrays of every kind."""

import array_api_strict
import dask.array as da
import numpy as np
import pytest
import torch

from cqm.arrays import foreign

RNG = np.random.default_rng(0)
LABELS = np.r_[RNG.integers(0, 4, 69), 4]
POINTS = RNG.normal(size=(70, 20)) + LABELS[:, None]
DISTANCES = np.linalg.norm(POINTS[:, None] - POINTS, axis=2)


def strict(X):
    """An array of a device whose arrays refuse to become numpy arrays, as those of a GPU do."""
    return array_api_strict.asarray(X, device=array_api_strict.Device("device1"))


def chunked(X, rows=(30, 1, 39)):
    return da.from_array(X, chunks=(rows, -1))


LIBRARIES = {"torch": torch.asarray, "strict": strict}
KINDS = LIBRARIES | {"dask": chunked}

libraries = pytest.mark.parametrize("elsewhere", LIBRARIES.values(), ids=LIBRARIES)
kinds = pytest.mark.parametrize("elsewhere", KINDS.values(), ids=KINDS)


@pytest.fixture
def out_of_sight(monkeypatch):
    """numpy sees the memory of no other library, as if all their arrays were on a GPU."""
    monkeypatch.setattr(foreign, "view", lambda X: X if isinstance(X, np.ndarray) else None)


def changed(matrix, row, column, value):
    matrix = matrix.copy()
    matrix[row, column] = value
    return matrix
