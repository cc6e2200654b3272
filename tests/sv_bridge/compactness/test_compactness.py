import json
import math

import numpy as np
import pytest

import cqm
from sv_bridge.compactness.reading import better
from sv_bridge.compactness.speakers import compactness, compare_clusterings, summary

rng = np.random.default_rng(3)


@pytest.fixture
def voices(make_embeddings):
    """Five speakers of 8 utterances; the last one is loose."""
    centres = rng.normal(size=(5, 6))
    spread = np.repeat([0.2, 0.2, 0.2, 0.2, 1.2], 8)[:, None]
    return make_embeddings(
        np.repeat(centres, 8, axis=0) + spread * rng.normal(size=(40, 6)), np.repeat(list("vwxyz"), 8)
    )


def test_every_feasible_catalogued_measure_is_there(voices):
    report = compactness(voices)
    assert set(cqm.catalog) <= set(report.values) | set(report.left_out)
    unit = voices.vectors / np.linalg.norm(voices.vectors.astype(float), axis=1, keepdims=True)
    for name in ("silhouette", "weakest_link", "dunn", "davies_bouldin"):
        expected = cqm.catalog[name].function(unit, voices.speakers, metric="cosine")
        assert report.values[name] == pytest.approx(expected, rel=1e-9)  # normalised once or twice


def test_relative_margin_of_centroids_by_hand(voices):
    unit = voices.vectors / np.linalg.norm(voices.vectors.astype(float), axis=1, keepdims=True)
    means = np.stack([unit[voices.speakers == s].mean(axis=0) for s in "vwxyz"])
    distance = 1 - unit @ (means / np.linalg.norm(means, axis=1, keepdims=True)).T
    codes = np.repeat(np.arange(5), 8)
    own = distance[np.arange(40), codes]
    distance[np.arange(40), codes] = np.inf
    expected = np.mean(own / distance.min(axis=1))
    assert compactness(voices).values["relative_margin_centroid"] == pytest.approx(expected, rel=1e-9)


def test_margins_of_the_best_representatives_lie_in_their_brackets(voices):
    """The exact search is feasible for five speakers."""
    values = compactness(voices).values
    for name in ("relative_margin", "additive_margin"):
        exact = cqm.catalog[name].function(voices.vectors.astype(float), voices.speakers, metric="cosine")
        assert values[f"{name}_lower"] - 1e-12 <= exact <= values[f"{name}_upper"] + 1e-12


def test_the_loose_speaker_is_listed_first(voices):
    report = compactness(voices)
    assert report.speakers[0].speaker == "z"
    assert report.speakers[0].within == min(row.within for row in report.speakers)
    assert [row.utterances for row in report.speakers] == [8] * 5
    sizes = np.array([row.utterances for row in report.speakers])
    for name, attribute in (("own_centre", "own_centre"), ("nearest_other_centre", "other_centre")):
        rows = np.array([getattr(row, attribute) for row in report.speakers])
        assert getattr(report.cosines, name) == pytest.approx((sizes * rows).sum() / sizes.sum(), abs=1e-12)


def test_confusable_pairs_are_sorted_by_the_cosine_of_their_centres(voices):
    pairs = compactness(voices).pairs
    assert len(pairs) == 10
    assert [p[2] for p in pairs] == sorted((p[2] for p in pairs), reverse=True)
    nearest = {row.speaker: (row.nearest, row.nearest_centre) for row in compactness(voices).speakers}
    assert nearest[pairs[0][0]] == (pairs[0][1], pytest.approx(pairs[0][2], abs=1e-12))


def test_tighter_speakers_improve_the_directed_measures(make_embeddings):
    centres = np.repeat(np.eye(6)[:4], 10, axis=0)
    noise = rng.normal(size=(40, 6))
    loose, tight = (make_embeddings(centres + s * noise, np.repeat(list("abcd"), 10)) for s in (0.5, 0.1))
    before, after = summary(loose), summary(tight)
    for name in before:
        if name in ("effective_rank", "between"):  # noise fills all dimensions, and brings speakers no nearer
            continue
        assert (after[name] > before[name]) == (better(name) == "higher"), name


def test_summary_agrees_with_the_report(voices):
    short, report = summary(voices), compactness(voices)
    known = report.values | report.cosines.to_dict()
    assert all(value == pytest.approx(known[name], rel=1e-12) for name, value in short.items())
    assert all(math.isfinite(value) for value in short.values())


def test_work_beyond_the_effort_is_left_out_with_the_reason(voices):
    report = compactness(voices, effort=1000)
    assert "more than effort" in report.left_out["weakest_link"]
    assert math.isnan(report.uniformity)
    assert "weakest_link" not in report.values
    assert "more than effort" in report.left_out["relative_margin bounds"]


def test_json_has_no_bare_infinities(tmp_path, voices):
    compactness(voices, effort=1000).to_json(tmp_path / "c.json")
    read = json.loads((tmp_path / "c.json").read_text(), parse_constant=lambda name: pytest.fail(name))
    assert read["uniformity"] == "nan"
    assert read["speakers"][0]["speaker"] == "z"


def test_several_crops_count_as_their_mean(make_embeddings, voices):
    crops = np.stack([voices.vectors - 0.1, voices.vectors + 0.1], axis=1)
    assert summary(make_embeddings(crops, voices.speakers))["within"] == pytest.approx(
        summary(voices)["within"], abs=1e-6
    )


@pytest.mark.parametrize(("speakers", "count"), [("aaa", 1), ("abc", 3)])
def test_speakers_that_cannot_be_compared_are_an_error(make_embeddings, speakers, count):
    with pytest.raises(
        ValueError, match=f"2 speakers or more, one of them with 2.*; these are 3 utterances of {count}"
    ):
        compactness(make_embeddings(np.eye(3), speakers))


def test_an_unknown_metric_is_an_error(make_embeddings):
    with pytest.raises(ValueError, match="`metric` must be"):
        compactness(make_embeddings(np.eye(3), "aab"), metric="euclidean")


def test_clusterings_are_measured_beside_the_speakers(voices):
    merged = np.where(voices.speakers == "w", "v", voices.speakers)
    comparison = compare_clusterings(voices, {"same": voices.speakers, "merged": merged})
    np.testing.assert_equal(comparison.values["same"], comparison.values["speakers"])
    assert comparison.values["merged"]["silhouette"] < comparison.values["same"]["silhouette"]
    assert (comparison.agreements["same"].ari, comparison.agreements["merged"].clusters) == (1.0, 4)
    assert "silhouette" in comparison.measures
