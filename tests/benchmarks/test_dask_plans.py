"""What is planned is what dask runs."""

import dask
import dask.array as da
import numpy as np
from dask.callbacks import Callback

from benchmarks import dask_plans
from cqm.arrays.intake import validate


def test_tasks_and_what_comes_back_are_those_of_a_run():
    rng = np.random.default_rng(0)
    X, labels = rng.normal(size=(600, 20)), np.arange(600) % 12
    clustering = validate(da.from_array(X, chunks=(200, 20)), labels)
    held, ran = clustering.points, []

    def fold():
        return held.fold(lambda a, b, tile: np.ones(7), np.add)

    planned = dask_plans.plan(fold, clustering)
    with dask.config.set(scheduler="synchronous"), Callback(posttask=lambda *_: ran.append(1)):
        found = fold()
    assert planned.client == found.nbytes
    assert 0 < len(ran) <= planned.tasks
    assert found[0] == 6  # tiles of three blocks


def test_the_page_has_every_pass():
    clustering = dask_plans.points(2_000, 20, 10, 500)
    text = dask_plans.page(clustering)
    assert all(name in text for name in dask_plans.passes(clustering))
    assert "2,000 vectors of 20 float32 numbers in 10 clusters, rows in no order, in 4 chunks" in text
