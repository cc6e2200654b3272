import numpy as np
import pytest
from hypothesis import given

import cqm
from tests.cqm.strategies import distance_clusterings


@pytest.mark.kernel
@given(distance_clusterings())
def test_mean_of_the_points_is_the_margin_of_the_same_centres(case):
    distances, labels = np.array(case[0], dtype=float), case[1]
    points = cqm.sample_relative_margin(distances, labels, metric="precomputed")
    assert np.isnan(points).sum() == len(set(labels))
    wanted = cqm.relative_margin(distances, labels, metric="precomputed", representatives="medoid")
    assert np.nanmean(points) == pytest.approx(wanted, rel=1e-12)


@pytest.mark.kernel
def test_centroids_leave_no_point_out_but_noise():
    points = cqm.sample_relative_margin(
        [[0.0], [2.0], [9.0], [11.0], [50.0]], [0, 0, 1, 1, -1], noise_label=-1, representatives="centroid"
    )
    assert points == pytest.approx([1 / 10, 1 / 8, 1 / 8, 1 / 10, np.nan], nan_ok=True)
