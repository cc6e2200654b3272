"""What docs/proofs.md says of richness is looked at on small cases, in exact arithmetic."""

import math
from itertools import combinations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import cqm
from cqm.axioms.construction import labels_of, strongest_rival
from cqm.axioms.domains import DISTANCES, EUCLIDEAN
from cqm.axioms.hand_proofs import _NOT_RICH, _NOT_WEAKLY_RICH, _REFINEMENT_PREFERRING, _WEAKLY_RICH
from cqm.axioms.instances import Instance, Rejected, non_trivial_partitions
from cqm.axioms.statements import improvement
from cqm.axioms.subjects import subject_of
from cqm.axioms.transformations import refinements
from cqm.definitions.coordinates import centroid, clusters_of
from cqm.definitions.dispersion import trace_w
from cqm.definitions.silhouette import sample_simplified_silhouette

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
    ("normalized_k_means", (3, 1)),
    ("normalized_k_means", (4, 1)),
    ("variance_ratio", (3, 1)),
    ("normalized_k_median", (3, 1)),
    ("normalized_k_median", (4, 1)),
    ("normalized_min_sum", (3, 1)),
    ("normalized_min_sum", (4, 1)),
]
LARGE = {"simplified_silhouette", "s_dbw", "cdbw"}  # poor from more points on than all clusterings can be compared for
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
    ("weakest_link_pairs_min", (2, 1, 1, 1)),
    ("relative_margin_pairs_min", (2, 1, 1, 1)),
    ("additive_margin_pairs_max", (2, 1, 1, 1)),
    ("weakest_link_pairs_mean", (2, 2)),
    ("weakest_link_pairs_max", (2, 2)),
    ("relative_margin_pairs_mean", (2, 2)),
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
    assert {measure for measure, _ in NEVER_A_BEST} | LARGE == set(_NOT_WEAKLY_RICH)
    assert {measure for measure, _ in NEVER_A_BEST + NEVER_THE_ONLY_BEST} | LARGE == set(_NOT_RICH)


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


@pytest.mark.parametrize("measure", _REFINEMENT_PREFERRING)
@given(data=st.data())
def test_some_refinement_is_better(measure, data):
    sizes = data.draw(st.sampled_from([(3, 1), (2, 2), (3, 2), (2, 2, 1), (3, 1, 1)]))
    frame, subject = data.draw(instances(measure, sizes)), subject_of(measure)
    own = subject.exact(frame)
    finer = [subject.exact(Instance(frame.kind, frame.rows, labels)) for labels in refinements(frame.labels)]
    assert max(improvement(own, other, subject.better) for other in finer) > 0


def distinct_points(n, width):
    """n points with integer coordinates, some of them close to one another."""
    coordinates = st.integers(-8, 8) | st.integers(-1000, 1000)
    return st.lists(st.tuples(*[coordinates] * width), min_size=n, max_size=n, unique=True)


def pairs_and_singletons(points):
    """All clusterings with one cluster of two points, the closest ones first."""
    n = range(len(points))
    for x, y in sorted(combinations(n, 2), key=lambda pair: math.dist(*(points[x] for x in pair))):
        yield [x if point == y else point for point in n]


@pytest.mark.parametrize("width", [2, 3, 8])
@given(data=st.data())
def test_some_pair_has_a_better_s_dbw_than_nine_points_and_one(width, data):
    points = data.draw(distinct_points(10, width))
    if data.draw(st.booleans()):  # a last point near another one, a midpoint, or as far beyond one of the two
        a, b = (points[data.draw(st.integers(0, 8))] for _ in range(2))
        t, nudge = data.draw(st.sampled_from([0, 1, 3])), data.draw(st.integers(-1, 1))
        points = [tuple(2 * i for i in x) for x in points[:9]]
        points.append(tuple(2 * i + t * (j - i) + nudge for i, j in zip(a, b, strict=True)))
        assume(len(set(points)) == 10)
    points = [tuple(map(float, x)) for x in points]
    value = subject_of("s_dbw").function
    own = value(points, [0] * 9 + [1])
    assert any(value(points, labels) < own for labels in pairs_and_singletons(points))


@given(points=distinct_points(11, 2))
def test_a_pair_and_nine_singletons_have_no_cdbw(points):
    value = subject_of("cdbw").exact
    assert value(Instance("points", tuple(points), (0, 0, *range(1, 10)))) == 0
    assert value(Instance("points", tuple(points), (0,) * 10 + (1,))) > 0


def least_squares(points, k, tied=False):
    """Labels of the k clusters with the least W; points 0 and 1 in one of them if `tied`."""
    allowed = [labels for labels in non_trivial_partitions(len(points)) if max(labels) + 1 == k]
    return min((c for c in allowed if not tied or c[0] == c[1]), key=lambda labels: trace_w(points, labels))


@given(points=distinct_points(6, 2), k=st.integers(2, 5))
def test_least_squares_leave_points_nearer_to_their_own_centroids(points, k):
    labels = least_squares(points, k)
    for s, label in zip(sample_simplified_silhouette(points, labels), labels, strict=True):
        p, q = labels.count(label), max(labels.count(other) for other in labels if other != label)
        assert p == 1 or s >= 1 - math.sqrt((1 - 1 / p) * (1 - 1 / (q + 1))) - 1e-9
    if k == 2 and min(map(labels.count, labels)) > 1:
        assert sum(sample_simplified_silhouette(points, labels)) >= 2 - 2 / (6 + 2)


@given(points=distinct_points(6, 2), gap=st.integers(1, 9))
def test_least_squares_with_a_pair_kept_together_leave_it_nearer_to_its_own_centroid(points, gap):
    points = [points[0], (points[0][0] + gap, points[0][1]), *points[2:]]
    assume(len(set(points)) == 6)
    for k in (2, 3, 4):
        labels = least_squares(points, k, tied=True)
        p, clusters, middle = labels.count(labels[0]), clusters_of(points, labels), centroid(points[:2])
        own, *others = (math.dist(middle, centroid(cluster)) for cluster in clusters)  # point 0's cluster is the first
        for other, cluster in zip(others, clusters[1:], strict=True):
            assert own <= math.sqrt((1 - 2 / p) * (1 - 2 / (len(cluster) + 2))) * other + 1e-9


@pytest.mark.parametrize("n", [6, 7])
@given(data=st.data())
def test_another_clustering_is_better_than_a_tight_pair_by_simplified_silhouettes(n, data):
    others = [(400 * x, 400 * y) for x, y in data.draw(distinct_points(n - 2, 2))]
    assume((0, 0) not in others)
    points = [(0, 0), (1, 0), *others]
    pair = sample_simplified_silhouette(points, [0, 0, *range(1, n - 1)])
    nearest = min(math.dist(x, y) for x in points[:2] for y in others)
    assert sum(pair) <= 2 - 1 / (nearest + 1)
    assert sum(sample_simplified_silhouette(points, least_squares(points, n - 4, tied=True))) > 2
