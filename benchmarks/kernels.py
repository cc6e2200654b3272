"""What passes over points cost, each alone, by pytest-benchmark: to see which of them a change made slower or faster.

pytest benchmarks/kernels.py --benchmark-enable
pytest benchmarks/kernels.py --benchmark-enable --benchmark-save=before, and after the change --benchmark-compare
"""

import numpy as np
import pytest

from cqm.arrays.intake import validate
from cqm.geometry import centroids, reductions, trees

N, K = 4_000, 10
PASSES = {
    "every distance": lambda clustering: clustering.points.fold(lambda a, b, tile: 0, max),
    "sums of each pair of clusters": reductions.pair_sums,
    "minima of each pair of clusters": reductions.pair_minima,
    "maxima of each pair of clusters": reductions.pair_maxima,
    "sums of each point": reductions.point_sums,
    "smallest distance across": reductions.nearest_across,
    "longest edges of spanning trees": trees.longest_steps,
    "centroids and dispersion": centroids.dispersion,
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("d", [32, 256])
@pytest.mark.parametrize("name", PASSES)
def test_pass(benchmark, name, d, dtype):
    rng = np.random.default_rng(0)
    clustering = validate(rng.normal(size=(N, d)).astype(dtype), np.arange(N) % K)
    benchmark(PASSES[name], clustering)
