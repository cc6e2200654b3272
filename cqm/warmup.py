"""Compile everything that measures need, so that no later run has to."""

import numpy as np

from cqm.arrays.host.jit import compiled_at_once
from cqm.arrays.metrics import METRICS
from cqm.reports.report import evaluate

__all__ = ["warm_up"]


def warm_up() -> None:
    """Run every measure once on a few points, under every metric and in both precisions, compiling what it needs."""
    rng = np.random.default_rng(0)
    labels = np.arange(24) % 3
    points = rng.normal(size=(24, 3)) + 9 * labels[:, None] + 1
    distances = np.abs(points[:, None] - points[None]).sum(axis=2)
    with compiled_at_once():
        for dtype in (np.float64, np.float32):
            for metric in METRICS:
                rows = distances if metric == "precomputed" else points
                evaluate(rows.astype(dtype), labels, metric=metric, measures="all", progress=False)
        evaluate(points, labels % 2, measures="all", progress=False)
