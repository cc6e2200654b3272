"""Arrays of other libraries against numpy: same values, same library and device, nothing moved behind the user's back.

numpy is kept from seeing the memory of tensors and JAX's arrays, as if they were on a GPU; `array_api_strict`'s device
"device1" refuses to become numpy of itself.
"""

import array_api_compat
import numpy as np
import pytest
import torch

import cqm
from cqm.arrays.device import pairs, space
from cqm.arrays.metrics import METRICS
from tests.cqm.kinds import DISTANCES, LABELS, POINTS, changed, libraries, out_of_sight  # noqa: F401

pytestmark = pytest.mark.usefixtures("out_of_sight")


@libraries
@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("measure", ["silhouette", "dunn", "weakest_link", "mcclain_rao"])
def test_every_metric(measure, metric, elsewhere):
    X = DISTANCES if metric == "precomputed" else POINTS
    metric = cqm.Minkowski(3.5) if metric == "minkowski" else metric
    got = getattr(cqm, measure)(elsewhere(X), LABELS, metric=metric)
    assert got == pytest.approx(getattr(cqm, measure)(X, LABELS, metric=metric), rel=1e-10)


@libraries
@pytest.mark.parametrize("measure", ["sample_silhouette", "sample_simplified_silhouette"])
@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_values_per_point_stay_where_they_are(measure, metric, elsewhere):
    X, labels = elsewhere(POINTS), LABELS.copy()
    labels[::7] = -1
    got = getattr(cqm, measure)(X, labels, metric=metric, noise_label=-1)
    assert type(got) is type(X)
    assert array_api_compat.device(got) == array_api_compat.device(X)
    expected = getattr(cqm, measure)(POINTS, labels, metric=metric, noise_label=-1)
    assert [float(value) for value in got] == pytest.approx(expected, rel=1e-10, nan_ok=True)


@libraries
def test_labels_elsewhere(elsewhere):
    assert cqm.silhouette(elsewhere(POINTS), elsewhere(LABELS)) == pytest.approx(cqm.silhouette(POINTS, LABELS))
    assert cqm.silhouette(POINTS, elsewhere(LABELS)) == cqm.silhouette(POINTS, LABELS)


@libraries
@pytest.mark.parametrize("metric", ["euclidean", "sqeuclidean", "cosine"])
def test_near_duplicates_and_far_origins_keep_their_digits(metric, elsewhere):
    X = np.repeat(POINTS[:35], 2, axis=0) + 1e-7 * np.random.default_rng(1).normal(size=POINTS.shape)
    X += 1e6 if metric != "cosine" else 0
    for measure in (cqm.silhouette, cqm.weakest_link, cqm.dunn):
        assert measure(elsewhere(X), LABELS, metric=metric) == pytest.approx(
            measure(X, LABELS, metric=metric), rel=1e-9
        )


@libraries
@pytest.mark.parametrize("scale", [1e-30, 1.0, 1e30])
def test_float32_of_any_scale(scale, elsewhere):
    X = (POINTS * scale).astype(np.float32)
    for measure in (cqm.silhouette, cqm.dunn, cqm.davies_bouldin):
        assert measure(elsewhere(X), LABELS) == pytest.approx(measure(POINTS, LABELS), rel=1e-5)


def test_per_point_sums_row_by_row(monkeypatch):
    monkeypatch.setattr(space, "TILE_ROWS", 16)
    monkeypatch.setattr(pairs, "PER_POINT_BYTES", 0)
    assert cqm.silhouette(torch.asarray(POINTS), LABELS) == pytest.approx(cqm.silhouette(POINTS, LABELS), rel=1e-10)


def test_tensors_of_a_model_in_training():
    X, labels = torch.asarray(POINTS).requires_grad_(), torch.asarray(LABELS, dtype=torch.float32).requires_grad_()
    for measure in (cqm.silhouette, cqm.dunn, cqm.davies_bouldin, cqm.weakest_link):
        assert measure(X, labels) == pytest.approx(measure(POINTS, LABELS))
    assert not cqm.sample_silhouette(X, labels).requires_grad


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_widened(dtype):
    X = torch.asarray(POINTS).to(dtype)
    assert cqm.dunn(X, LABELS) == pytest.approx(cqm.dunn(X.to(torch.float64).numpy(), LABELS), rel=1e-5)


@libraries
def test_several_tiles(elsewhere, monkeypatch):
    monkeypatch.setattr(space, "TILE_ROWS", 16)
    monkeypatch.setattr(space, "ENTRIES", 1000)
    monkeypatch.setattr(pairs, "WAVE", 3)
    for measure in (cqm.silhouette, cqm.simplified_silhouette, cqm.dunn, cqm.weakest_link, cqm.mcclain_rao, cqm.pbm):
        assert measure(elsewhere(POINTS), LABELS) == pytest.approx(measure(POINTS, LABELS), rel=1e-10)


@libraries
def test_points_at_the_same_place(elsewhere):
    X = np.repeat(POINTS[:2], 3, axis=0)
    assert cqm.silhouette(elsewhere(X[[0, 1, 0, 1]]), [0, 0, 1, 1]) == 0
    assert cqm.dunn(elsewhere(X), [0, 0, 0, 1, 1, 1]) == np.inf


@libraries
@pytest.mark.parametrize(
    ("X", "metric", "message"),
    [
        (changed(POINTS, 3, 1, np.nan), "euclidean", r"has nan at X\[3, 1\]"),
        (POINTS[:, 0], "euclidean", r"got shape \(70,\)"),
        (POINTS[:9], "euclidean", "`labels` has 70 entries but `X` has 9 rows"),
        (changed(POINTS, 3, slice(None), 0), "cosine", "undefined for zero vectors: row 3"),
        (changed(POINTS, 3, slice(None), 1), "correlation", "undefined for constant vectors: row 3"),
        (DISTANCES[:, :9], "precomputed", "takes square or condensed distances"),
        (DISTANCES[np.triu_indices(70, 1)], "precomputed", r"must be square distances .* got shape \(2415,\)"),
        (changed(DISTANCES, 1, 2, -1), "precomputed", "must not be negative"),
        (changed(DISTANCES, 2, 2, 1), "precomputed", "to itself must be 0"),
        (changed(DISTANCES, 1, 2, 1), "precomputed", "not symmetric"),
    ],
)
def test_wrong_input_is_refused(X, metric, message, elsewhere):
    with pytest.raises(ValueError, match=message):
        cqm.silhouette(elsewhere(X), LABELS, metric=metric)


@libraries
def test_wrong_types_are_refused(elsewhere):
    with pytest.raises(TypeError, match="must be real numbers"):
        cqm.silhouette(elsewhere(POINTS + 1j), LABELS)
    with pytest.raises(TypeError, match="a callable `metric` takes numpy vectors"):
        cqm.silhouette(elsewhere(POINTS), LABELS, metric=lambda x, y: 0.0)


def test_sparse_tensors_are_refused():
    with pytest.raises(TypeError, match=r"must be dense, got a tensor with layout torch.sparse_coo: pass .to_dense"):
        cqm.silhouette(torch.asarray(POINTS).to_sparse(), LABELS)


@libraries
def test_integers_are_widened(elsewhere):
    whole = np.round(4 * POINTS).astype(np.int32)
    assert cqm.dunn(elsewhere(whole), LABELS) == pytest.approx(cqm.dunn(whole, LABELS))


@libraries
def test_integers_that_float64_does_not_tell_apart_are_refused(elsewhere):
    whole = 2**60 + (100 * POINTS).astype(np.int64)
    with pytest.raises(ValueError, match=r"integers up to 11529\d+, which float64 does not tell apart"):
        cqm.silhouette(elsewhere(whole), LABELS)
