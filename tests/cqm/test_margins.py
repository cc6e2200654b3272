import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from scipy.spatial.distance import cdist

import cqm
from cqm.definitions import margins as definitions
from tests.cqm.strategies import distance_clusterings, point_clusterings

TRIANGLES = {"literal": (0.5, 1.0), "own": (2.0, 1.0), "voronoi": (math.inf, 1.0)}
READINGS = ("own", "literal", "voronoi")
MARGINS = [
    m for m in cqm.catalog.values() if getattr(m.function, "func", 0) in (cqm.relative_margin, cqm.additive_margin)
]

every_margin = pytest.mark.parametrize("measure", MARGINS, ids=[m.name for m in MARGINS])
every_reading = pytest.mark.parametrize("reading", READINGS)


def block_distances(within, across):
    """{a1, a2} and {b1, b2}: one distance inside the clusters and one between them."""
    return [
        [0, within, across, across],
        [within, 0, across, across],
        [across, across, 0, within],
        [across, across, within, 0],
    ]


def blobs(n, k, d, spread, seed):
    """n points around k centres, standard deviation 1 around centres of standard deviation `spread`."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % k
    return spread * rng.normal(size=(k, d))[labels] + rng.normal(size=(n, d)), labels


@every_reading
def test_definitions_on_equidistant_blocks(reading):
    distances = block_distances(Fraction(1), Fraction(10))
    assert definitions.relative_margin(distances, [0, 0, 1, 1], reading=reading) == Fraction(1, 10)
    # two centres contribute 10 − 0, two others 10 − 1
    assert definitions.additive_margin(distances, [0, 0, 1, 1], reading=reading) == Fraction(19, 2)


@every_reading
def test_equidistant_blocks(reading):
    distances = block_distances(1.0, 10.0)
    assert cqm.relative_margin(distances, [0, 0, 1, 1], metric="precomputed", reading=reading) == 0.1
    assert cqm.additive_margin(distances, [0, 0, 1, 1], metric="precomputed", reading=reading) == 9.5


@every_reading
def test_literal_relative_margin_gets_worse_under_a_consistent_change(reading):
    # points (−1, 0) and (1, 0) against (0, h); raising h from 0 to √3 lengthens distances across alone
    before, after = [[0, 2, 1], [2, 0, 1], [1, 1, 0]], [[0, 2, 2], [2, 0, 2], [2, 2, 0]]
    got = tuple(cqm.relative_margin(d, [0, 0, 1], metric="precomputed", reading=reading) for d in (before, after))
    assert got == TRIANGLES[reading]


@every_reading
def test_readings_agree_where_clusters_are_far_apart(reading):
    assert cqm.relative_margin([[-1.0, 0.0], [1.0, 0.0], [0.0, 5.0]], [0, 0, 1], reading=reading) == pytest.approx(
        2 / math.sqrt(26)
    )


def agrees(got, wanted):
    """Same number to 1e-12 relative (a few hundred roundings), same infinity, or both undefined."""
    return got == pytest.approx(float(wanted), rel=1e-12, nan_ok=True)


@every_margin
@given(case=distance_clusterings())
def test_margins_equal_their_definitions(measure, case):
    distances, labels = case
    got = measure.function(np.array(distances, dtype=float), labels, metric="precomputed")
    assert agrees(got, measure.definition(distances, labels))


@every_reading
@given(case=distance_clusterings())
def test_largest_additive_margins_equal_their_definitions(reading, case):
    distances, labels = case
    got = cqm.additive_margin(
        np.array(distances, dtype=float), labels, metric="precomputed", reading=reading, over="max"
    )
    assert agrees(got, definitions.additive_margin(distances, labels, reading=reading, over="max"))


@every_margin
@given(case=point_clusterings(max_d=1, largest=2))
def test_margins_equal_their_definitions_with_duplicate_points(measure, case):
    points, labels = case
    distances = [[abs(Fraction(a) - Fraction(b)) for b in points[:, 0]] for a in points[:, 0]]
    assert agrees(measure.function(points, labels, metric="manhattan"), measure.definition(distances, labels))


@every_reading
@given(case=distance_clusterings(max_n=6))
def test_margins_of_given_representatives_equal_their_definitions(reading, case):
    distances, labels = case
    matrix = np.array(distances, dtype=float)
    for centres in definitions.representative_sets(labels):
        options = {"metric": "precomputed", "reading": reading, "representatives": list(centres.values())}
        relative = definitions.relative_margin_of(distances, labels, centres, reading=reading)
        assert agrees(cqm.relative_margin(matrix, labels, **options), relative)
        for signed in (False, True):
            additive = definitions.additive_margin_of(distances, labels, centres, reading=reading, signed=signed)
            assert agrees(cqm.additive_margin(matrix, labels, signed=signed, **options), additive)


@pytest.mark.parametrize("k", [2, 3, 4])
def test_optimal_relative_margin_equals_all_sets_tried(k):
    points, labels = blobs(9 * k, k, 2, 1.0, seed=k)
    tried = (
        cqm.relative_margin(points, labels, representatives=list(centres.values()))
        for centres in definitions.representative_sets(labels)
    )
    assert agrees(cqm.relative_margin(points, labels), min(tried))


def test_medoids_are_the_points_with_the_smallest_sum_of_distances():
    points = [[0.0], [4.0], [5.0], [20.0], [21.0]]  # medoids 4 and, the first of a tie, 20
    assert cqm.relative_margin(points, list("aaabb"), representatives="medoid") == pytest.approx(
        (4 / 20 + 1 / 15 + 1 / 17) / 3
    )


@pytest.mark.kernel
def test_centroids_are_no_points_so_all_points_count():
    points = [[0.0], [2.0], [10.0], [14.0]]  # means 1 and 12
    assert cqm.relative_margin(points, [0, 0, 1, 1], representatives="centroid") == pytest.approx(
        (1 / 12 + 1 / 10 + 2 / 9 + 2 / 13) / 4
    )
    assert cqm.additive_margin(points, [0, 0, 1, 1], representatives="centroid") == pytest.approx(
        (11 + 9 + 7 + 11) / 4 / 3
    )


def test_centroids_of_directions_are_means_of_unit_vectors():
    points, labels = blobs(30, 3, 4, 3.0, seed=0)
    scaled = points * np.random.default_rng(1).uniform(0.1, 10, size=(30, 1))
    units = points / np.linalg.norm(points, axis=1, keepdims=True)
    means = np.array([units[labels == i].mean(axis=0) for i in range(3)])
    reach = cdist(units, means, "cosine")
    own = reach[np.arange(30), labels]
    other = np.where(np.arange(3) == labels[:, None], np.inf, reach).min(axis=1)
    got = cqm.relative_margin(scaled, labels, metric="cosine", representatives="centroid")
    assert got == pytest.approx(np.mean(own / other), rel=1e-10)  # 1 − cos loses digits


def test_representatives_are_input_rows_in_any_order_with_noise_around():
    points, labels = blobs(20, 2, 3, 2.0, seed=3)
    noisy = np.insert(points, [4, 9], 100.0, axis=0)
    noisy_labels = np.insert(labels, [4, 9], -1)
    rows = [i for i in range(22) if noisy_labels[i] >= 0]
    got = cqm.relative_margin(noisy, noisy_labels, noise_label=-1, representatives=[rows[7], rows[2]])
    assert got == pytest.approx(cqm.relative_margin(points, labels, representatives=[2, 7]), rel=1e-15)


@pytest.mark.parametrize(
    ("representatives", "error", "message"),
    [
        ("best", ValueError, 'must be "optimal", "medoid", "centroid" or the rows .* got \'best\''),
        ([0], ValueError, "exactly one point of each of the 2 clusters: it has 0 of cluster 'b'"),
        ([0, 1], ValueError, "it has 2 of cluster 'a'"),
        ([0, 9], ValueError, "names row 9, which is not a clustered point"),
        ([0, -1], ValueError, "names row -1"),
        ([0, 4], ValueError, "names row 4, .* not noise"),
        ([0.0, 2.0], TypeError, "must be a flat array of row numbers of `X`, got dtype float64"),
        ([[0, 2]], TypeError, r"got dtype int64 with shape \(1, 2\)"),
    ],
)
def test_impossible_representatives(representatives, error, message):
    for margin in (cqm.relative_margin, cqm.additive_margin):
        with pytest.raises(error, match=message):
            margin(
                [[0.0], [1.0], [10.0], [11.0], [5.0]], list("aabbn"), noise_label="n", representatives=representatives
            )


def test_centroids_of_distances_are_refused():
    with pytest.raises(ValueError, match=r'needs coordinates: .* or use representatives="medoid"'):
        cqm.relative_margin(block_distances(1.0, 2.0), [0, 0, 1, 1], metric="precomputed", representatives="centroid")


def test_directions_that_cancel_out_have_no_centroid():
    points = [[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0]]
    with pytest.raises(ValueError, match="directions of cluster 'a' cancel out"):
        cqm.relative_margin(points, list("aab"), metric="cosine", representatives="centroid")


@pytest.mark.kernel
def test_unknown_reading_or_extreme():
    points, labels = [[0.0], [1.0], [10.0]], [0, 0, 1]
    for margin in (cqm.relative_margin, cqm.additive_margin):
        with pytest.raises(ValueError, match='`reading` must be "own", "voronoi" or "literal", got \'any\''):
            margin(points, labels, reading="any")
    with pytest.raises(ValueError, match='`over` must be "min" or "max", got \'mean\''):
        cqm.additive_margin(points, labels, over="mean")


@given(case=distance_clusterings(max_n=7))
def test_near_and_far_points_bracket_the_relative_margin(case):
    distances, labels = case
    lower = upper = 0
    for i in set(labels):
        own = [x for x, label in enumerate(labels) if label == i]
        others = [[y for y, label in enumerate(labels) if label == j] for j in set(labels) - {i}]
        near = {x: min(distances[x][y] for ys in others for y in ys) for x in own}
        far = {x: min(max(distances[x][y] for y in ys) for ys in others) for x in own}
        lower += min(sum(distances[x][c] / far[x] for x in own) for c in own)
        upper += min(sum(distances[x][c] / near[x] for x in own) for c in own)
    outside = len(labels) - len(set(labels))
    assert lower <= outside * definitions.relative_margin(distances, labels) <= upper


@pytest.mark.kernel
@every_margin
@given(case=distance_clusterings())
def test_bounds_hold_the_margin_whatever_the_budget(measure, case):
    distances, labels = case
    bounds = cqm.relative_margin_bounds if measure.better == "lower" else cqm.additive_margin_bounds
    wanted = measure.definition(distances, labels)
    for budget in (0, 1e9):
        bracket = bounds(
            np.array(distances, dtype=float), labels, metric="precomputed", budget=budget, **measure.function.keywords
        )
        if bracket.exact:
            assert agrees(bracket.lower, wanted)
            assert bracket.lower == bracket.upper
        else:
            assert wanted in bracket


@pytest.mark.kernel
@every_margin
@pytest.mark.parametrize("sweeps", [1, 20])
def test_bounds_hold_wherever_a_search_stops(monkeypatch, measure, sweeps):
    monkeypatch.setattr("cqm.measures.margins.relaxation.SWEEPS", sweeps)
    points, _ = blobs(12, 2, 2, 0.1, seed=1)
    labels = np.repeat([0, 1, 2, 3], [2, 2, 4, 4])  # small clusters run out of candidates on the way down
    bounds = cqm.relative_margin_bounds if measure.better == "lower" else cqm.additive_margin_bounds
    wanted = measure.function(points, labels)
    for budget in range(0, 3000, 60):
        bracket = bounds(points, labels, budget=budget, **measure.function.keywords)
        assert agrees(bracket.lower, wanted) if bracket.exact else wanted in bracket


@pytest.mark.kernel
@every_margin
@pytest.mark.parametrize("rows", [1, 504])
@given(case=distance_clusterings())
def test_bounds_hold_where_distances_do_not_fit(measure, rows, case):
    distances, labels = case
    bounds = cqm.relative_margin_bounds if measure.better == "lower" else cqm.additive_margin_bounds
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cqm.measures.margins.optimum.MATRIX_BYTES", 0)
        patch.setattr("cqm.arrays.host.pairs.TILE_ROWS", rows)
        bracket = bounds(np.array(distances, dtype=float), labels, metric="precomputed", **measure.function.keywords)
    wanted = measure.definition(distances, labels)
    assert agrees(bracket.lower, wanted) if bracket.exact else wanted in bracket


@pytest.mark.parametrize("over", ["min", "max"])
def test_bounds_hold_where_no_set_is_allowed(monkeypatch, over):
    distances = np.full((4, 4), 2.0)
    distances[:2, 2:] = distances[2:, :2] = 1.0
    np.fill_diagonal(distances, 0.0)
    monkeypatch.setattr("cqm.measures.margins.optimum.MATRIX_BYTES", 0)
    bracket = cqm.additive_margin_bounds(distances, [0, 0, 1, 1], metric="precomputed", reading="voronoi", over=over)
    assert definitions.additive_margin(distances.tolist(), [0, 0, 1, 1], reading="voronoi", over=over) == 0
    assert 0 in bracket


@pytest.mark.parametrize("spread", [1.0, 3.0])
def test_distances_that_do_not_fit_still_give_bounds(monkeypatch, spread):
    points, labels = blobs(700, 5, 8, spread, seed=0)
    tight = cqm.relative_margin_bounds(points, labels)
    monkeypatch.setattr("cqm.measures.margins.optimum.MATRIX_BYTES", 0)
    wide = cqm.relative_margin_bounds(points, labels)
    assert wide.lower <= tight.lower <= tight.upper <= wide.upper
    reached = cqm.relative_margin(points, labels, representatives=wide.representatives)
    assert reached == pytest.approx(wide.upper, rel=1e-10)
    with pytest.raises(cqm.BudgetExceeded, match="use relative_margin_bounds"):
        cqm.relative_margin(points, labels)


def test_bracket_of_many_clusters_is_narrow():
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(12), 20)
    centres = rng.normal(size=(12, 64))
    points = centres[labels] + rng.normal(size=(240, 64))
    bracket = cqm.relative_margin_bounds(points, labels, metric="cosine", budget=0)
    assert bracket.width < 0.05  # nearest and farthest points alone leave 0.2
    assert sorted(labels[bracket.representatives]) == list(range(12))


@every_reading
@pytest.mark.parametrize("margin", [cqm.relative_margin, cqm.additive_margin])
def test_exceeded_budget_carries_a_bracket(margin, reading):
    # heavy overlap is hard, but leaves the voronoi reading no set at all
    points, labels = blobs(60, 3, 2, 4.0 if reading == "voronoi" else 0.1, seed=5)
    with pytest.raises(cqm.BudgetExceeded, match="not certain within budget=1") as caught:
        margin(points, labels, reading=reading, budget=1)
    bracket = caught.value.bracket
    assert margin(points, labels, reading=reading) in bracket
    assert not bracket.exact
    # the bracket's set attains its upper end
    reached = margin(points, labels, reading=reading, representatives=bracket.representatives)
    assert reading == "voronoi" or reached == pytest.approx(bracket.upper, rel=1e-12)
