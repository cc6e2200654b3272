"""What docs/proofs.md says of richness is looked at on small cases, in exact arithmetic."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import cqm
from cqm.axioms.construction import labels_of, strongest_rival
from cqm.axioms.domains import DISTANCES, EUCLIDEAN
from cqm.axioms.hand_proofs import _NOT_RICH, _NOT_WEAKLY_RICH, _WEAKLY_RICH
from cqm.axioms.instances import Instance, Rejected, non_trivial_partitions
from cqm.axioms.subjects import subject_of

NEVER_A_BEST = [
    ("connectivity", (2, 1, 1)),
    ("connectivity", (3, 1, 1)),
    ("cvnn_separation", (3, 1)),
    ("cvnn_separation", (4, 1)),
    ("cvnn_compactness", (2, 2)),
    ("cvnn_compactness", (3, 2)),
    ("trace_w", (3, 1)),
    ("trace_w", (4, 1)),
    ("log_ss_ratio", (3, 1)),
    ("ball_hall", (3, 1)),
    ("ball_hall", (3, 2)),
    ("banfield_raftery", (2, 2)),
    ("banfield_raftery", (3, 2)),
    ("davies_bouldin", (2, 2)),
    ("wemmert_gancarski", (2, 2)),
    ("pbm", (3, 1)),
    ("pbm", (4, 1)),
    ("sd_scat", (3, 1)),
    ("sd_scat", (4, 1)),
]
NEVER_THE_ONLY_BEST = [
    ("relative_margin_literal", (2, 2)),
    ("gamma", (2, 2)),
    ("g_plus", (2, 2)),
    ("c_index", (2, 2)),
    ("scott_symons", (2, 2)),
    ("scott_symons", (3, 2)),
    ("trace_wib", (3, 1)),
    ("trace_wib", (3, 2)),
    ("det_ratio", (3, 1)),
    ("log_det_ratio", (2, 2)),
]
# a tie of all clusterings: points in general position, or on a line
SIMPLEX = tuple(tuple(int(x == axis) for axis in range(4)) for x in range(5))
LINE = tuple((x * x, 0) for x in range(5))


@st.composite
def instances(draw, measure, sizes):
    domain = EUCLIDEAN if cqm.catalog[measure].needs == "points" else DISTANCES
    try:
        rows = domain.draw(sum(sizes), lambda low, high: draw(st.integers(low, high)))
    except Rejected:
        assume(False)
    return Instance(domain.kind, rows, labels_of(sizes))


def test_every_measure_that_is_proved_to_be_poor_is_looked_at():
    assert {measure for measure, _ in NEVER_A_BEST} == set(_NOT_WEAKLY_RICH)
    assert {measure for measure, _ in NEVER_A_BEST + NEVER_THE_ONLY_BEST} == set(_NOT_RICH)


@pytest.mark.parametrize(("measure", "sizes"), NEVER_A_BEST)
@given(data=st.data())
def test_these_clusterings_are_never_a_best_one(measure, sizes, data):
    rival, ahead = strongest_rival(subject_of(measure), data.draw(instances(measure, sizes)))
    assert rival is not None
    assert ahead > 0


@pytest.mark.parametrize(("measure", "sizes"), NEVER_THE_ONLY_BEST)
@given(data=st.data())
def test_these_clusterings_are_never_the_only_best_one(measure, sizes, data):
    rival, ahead = strongest_rival(subject_of(measure), data.draw(instances(measure, sizes)))
    assert rival is None or not ahead < 0  # a clustering without a value is not the only best one either


@pytest.mark.parametrize(
    ("measure", "points"),
    [("trace_wib", SIMPLEX), ("det_ratio", SIMPLEX), ("log_det_ratio", SIMPLEX), ("scott_symons", LINE)],
)
def test_where_all_clusterings_tie_each_is_a_best_one(measure, points):
    assert measure in _WEAKLY_RICH
    clusterings = non_trivial_partitions(len(points))
    assert len({subject_of(measure).exact(Instance("points", points, labels)) for labels in clusterings}) == 1


def test_three_far_clusters_of_eleven_are_perfectly_connected():
    places = [100 * cluster + x for cluster in range(3) for x in range(11)]
    labels = tuple(cluster for cluster in range(3) for _ in range(11))
    distances = tuple(tuple(abs(x - y) for y in places) for x in places)
    assert subject_of("connectivity").exact(Instance("distances", distances, labels)) == 0


def test_dbcv_has_no_value_for_one_cluster_beside_singletons():
    rival, _ = strongest_rival(subject_of("dbcv"), Instance("points", ((0, 0), (1, 0), (5, 0), (0, 7)), (0, 0, 1, 2)))
    assert rival is None
