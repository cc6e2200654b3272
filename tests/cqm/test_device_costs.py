"""What a tile costs a device: calls, bytes read and written, and multiply–adds, counted on torch's CPU tensors."""

import math
from collections import Counter

import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

import cqm
from cqm.arrays.device import pairs, runs, space
from tests.cqm.kinds import out_of_sight  # noqa: F401

N, DIM, ROWS = 1024, 30, 512
VIEWS = {
    "view",
    "t",
    "transpose",
    "slice",
    "select",
    "unsqueeze",
    "squeeze",
    "expand",
    "_unsafe_view",
    "detach",
    "alias",
}


class Costs(TorchDispatchMode):
    """Counts what torch is asked for while it is entered."""

    def __init__(self):
        super().__init__()
        self.calls, self.bytes, self.multiply_adds = Counter(), 0, 0

    def __torch_dispatch__(self, operation, types, arguments=(), options=None):
        out = operation(*arguments, **(options or {}))
        name = operation.overloadpacket.__name__
        if name not in VIEWS:
            self.calls[name] += 1
            self.bytes += sum(map(self.size, tree_leaves((arguments, options, out))))
            if name == "mm":
                self.multiply_adds += arguments[0].numel() * arguments[1].shape[1]
        return out

    @staticmethod
    def size(x):
        """Bytes of what an array holds; a number that stands for a row or a column is one."""
        if not isinstance(x, torch.Tensor):
            return 0
        return x.element_size() * math.prod(n for n, step in zip(x.shape, x.stride(), strict=True) if step)


@pytest.fixture
def costs(monkeypatch, out_of_sight):  # noqa: F811
    monkeypatch.setattr(space, "TILE_ROWS", ROWS)
    monkeypatch.setattr(runs, "STRIP_ENTRIES", 64)
    monkeypatch.setattr(runs, "STRIP_RUNS", 8)

    def of(measure, k, spread=1.0):
        rng, labels = np.random.default_rng(0), np.arange(N) % k
        X = spread * rng.normal(size=(N, DIM)) + rng.normal(size=(k, DIM))[labels]
        with Costs() as found:
            measure(torch.asarray(X.astype(np.float32)), labels)
        return found

    return of


@pytest.mark.parametrize(("k", "most"), [(4, 7.0), (128, 8.5)])  # sums over a block's clusters are touched, too
def test_a_tile_of_sums_is_touched_few_times(k, most, costs):
    # Three tiles of four are made. Each is written by its product, read for digits lost, read and written for the root,
    # and read by the sums of rows and, between blocks, of columns: 3/4 · (1 + 1 + 2 + 1) + 1/4 = 4. What is done with
    # the points of a block adds a share of DIM / ROWS each time.
    assert 4 < costs(cqm.silhouette, k).bytes / (4 * N * N) < most


@pytest.mark.parametrize("k", [4, 32, 128])
def test_sums_over_clusters_cost_little_beside_the_products(costs, k):
    products = 3 / 4 * N * N * (DIM + 2)
    over_clusters = costs(cqm.silhouette, k).multiply_adds - products
    assert 0 < over_clusters < products / 2  # one matrix for all the clusters of a block would take up to 2.7 times


@pytest.mark.parametrize("measure", [cqm.silhouette, cqm.viasckde])
def test_every_pair_of_blocks_is_met_once(measure, costs, monkeypatch):
    few = costs(measure, 32).multiply_adds
    monkeypatch.setattr(pairs, "PER_POINT_BYTES", 0)  # as for very many clusters
    assert costs(measure, 32).multiply_adds == few


@pytest.mark.parametrize("measure", [cqm.silhouette, cqm.dunn, cqm.weakest_link])
def test_compact_clusters_are_multiplied_again_and_not_taken_apart(measure, costs):
    wide, compact = (costs(measure, 8, spread) for spread in (1.0, 0.05))
    assert compact.bytes < 4 * wide.bytes  # from differences, DIM float64 numbers would be moved for each pair
    assert 0 < compact.calls["nonzero"] <= 3 * 6  # a tile of each round
