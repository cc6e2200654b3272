"""Measures of JAX's arrays, which nobody can write into. `test_jax.py` runs these in a process of their own."""

import jax
import numpy as np
import pytest

import cqm
from cqm.arrays import foreign
from cqm.arrays.host.engine import Host
from cqm.arrays.intake import validate
from tests.cqm.kinds import LABELS, POINTS, out_of_sight  # noqa: F401


def of_jax(X):
    with jax.enable_x64(True):
        return jax.numpy.asarray(X)


@pytest.mark.usefixtures("out_of_sight")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_arrays_that_nobody_can_write_into(dtype):
    measures = ["additive_margin", "davies_bouldin", "dunn", "gamma", "mcclain_rao", "silhouette", "weakest_link"]
    X = POINTS.astype(dtype)
    got, expected = (cqm.evaluate(x, LABELS, measures=measures) for x in (of_jax(X), X))
    assert got.values == pytest.approx(dict(expected.values), rel=1e-4 if dtype == np.float32 else 1e-9)


def test_arrays_in_the_processors_memory_are_measured_where_they_are():
    X = jax.numpy.asarray(POINTS.astype(np.float32))
    assert isinstance(validate(X, LABELS).points, Host)
    assert np.shares_memory(foreign.view(X), foreign.view(X))
    assert type(cqm.sample_silhouette(X, LABELS)) is type(X)
