"""Nine points in three clusters, and which catalogued measures take them."""

import numpy as np
import pytest
from scipy.spatial.distance import pdist, squareform

import cqm

# Quarter-integers: sums, differences and squares are exact, also after adding 1e8.
POINTS = np.array(
    [[0, 0, 1], [0, 1, 2.25], [1, 0, 0], [9, 9, 4], [9, 10.5, 3], [8, 9, 5], [30, 0, 2], [31, 1, 0], [30, 2, 3]]
)
LABELS = [0, 0, 0, 1, 1, 1, 2, 2, 2]
DISTANCES = squareform(pdist(POINTS))

every_measure = pytest.mark.parametrize("measure", cqm.catalog.values(), ids=cqm.catalog)
on_distances = pytest.mark.parametrize(
    "measure",
    [m for m in cqm.catalog.values() if m.needs == "distances"],
    ids=[m.name for m in cqm.catalog.values() if m.needs == "distances"],
)
on_points = pytest.mark.parametrize(
    "measure",
    [m for m in cqm.catalog.values() if m.needs == "points"],
    ids=[m.name for m in cqm.catalog.values() if m.needs == "points"],
)


def outcome(measure, *arguments):
    """The value, or what the error says."""
    try:
        return measure.function(*arguments)
    except ValueError as error:
        return str(error)
