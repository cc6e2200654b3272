"""How many speakers: eigengaps by the paper's formula, thresholds and measures by scikit-learn."""

import numpy as np
import pytest
from sklearn.cluster import AgglomerativeClustering
from sklearn.metrics import adjusted_rand_score, silhouette_score

from sv_bridge.compactness.eigengap import eigengap, neighbour_graph, spectral_clusters, spectral_space
from sv_bridge.compactness.speaker_count import count_speakers

rng = np.random.default_rng(0)


def voices(speakers, each=12, noise=0.25):
    """Embeddings around speakers at right angles, and whose they are."""
    labels = np.repeat(np.arange(speakers), each)
    return np.eye(16)[labels] + noise * rng.normal(size=(len(labels), 16)), labels


def in_four_parts():
    """Embeddings of crowds that nothing joins, equal but for their place: every eigenvalue is there four times."""
    crowd = np.eye(8)[0] + 0.3 * rng.normal(size=(70, 8))
    return np.kron(np.eye(4), crowd)


@pytest.mark.parametrize(("points", "speakers"), [(voices(3)[0], 3), (in_four_parts(), 4)], ids=["few", "many"])
def test_the_eigengap_is_that_of_the_formula(points, speakers, monkeypatch):
    monkeypatch.setattr("sv_bridge.compactness.eigengap.LARGE", 64)
    n = len(points)
    unit = points / np.linalg.norm(points, axis=1, keepdims=True)
    order = np.argsort(-(unit @ unit.T), axis=1, kind="stable")
    found = eigengap(points, most=5)
    assert (min(found.ratios), max(found.ratios)) == (2, n // 4)
    for p, ratio in found.ratios.items():
        joined = np.zeros((n, n))
        for i in range(n):
            joined[i, order[i, :p]] = 1
        weights = (joined + joined.T) / 2
        np.fill_diagonal(weights, 0)
        values = np.sort(np.linalg.eigvalsh(np.diag(weights.sum(axis=1)) - weights))
        gaps = [values[i + 1] - values[i] for i in range(5)]
        if max(gaps) < 1e-10:  # more parts than speakers at most
            assert ratio == np.inf
            continue
        assert ratio == pytest.approx(p / (max(gaps) / values[-1]), rel=1e-6)
        if p == found.neighbours:
            assert found.clusters == int(np.argmax(gaps)) + 1
    assert found.neighbours == min(found.ratios, key=found.ratios.get)
    assert found.clusters == speakers


def test_the_graph_counts_each_direction_half():
    cosines = np.array([[1.0, 0.9, 0.1], [0.9, 1.0, 0.8], [0.1, 0.8, 1.0]])
    np.testing.assert_array_equal(neighbour_graph(cosines, 2).toarray(), [[1, 1, 0], [1, 1, 0.5], [0, 0.5, 1]])


def test_spectral_clusters_of_parts_that_nothing_joins_are_the_parts():
    points, labels = voices(4, noise=0.05)
    assert adjusted_rand_score(spectral_clusters(spectral_space(points, 5, dimensions=4), 4), labels) == 1


@pytest.mark.parametrize("speakers", [2, 4, 7])
@pytest.mark.parametrize(
    ("by", "clusterer"), [("silhouette", "ahc"), ("silhouette", "spectral"), ("nme-sc", "spectral")]
)
def test_speakers_far_apart_are_found_whichever_way(speakers, by, clusterer):
    points, labels = voices(speakers, noise=0.1)
    found = count_speakers(points, by=by, clusterer=clusterer)
    assert found.speakers == speakers
    assert adjusted_rand_score(found.labels, labels) == 1
    np.testing.assert_array_equal(found.labels, labels)  # numbered as they begin


def test_many_embeddings_are_counted_by_their_eigengap_and_few_by_the_silhouette():
    many, few = voices(3, each=20)[0], voices(3, each=19)[0]
    for points, by, clusterer in ((many, "nme-sc", "spectral"), (few, "silhouette", "ahc")):
        found, asked = count_speakers(points), count_speakers(points, by=by, clusterer=clusterer)
        assert (found.by, found.speakers) == (by, 3)
        assert found.values == asked.values
        np.testing.assert_array_equal(found.labels, asked.labels)
    assert count_speakers(many, clusterer="ahc").by == "silhouette"


def test_a_threshold_cuts_the_tree_where_scikit_learn_does():
    points, _ = voices(5, noise=0.4)
    for threshold in (0.1, 0.3, 0.5, 0.7):
        found = count_speakers(points, by="threshold", threshold=threshold)
        referee = AgglomerativeClustering(
            None, metric="cosine", linkage="average", distance_threshold=1 - threshold
        ).fit_predict(points)
        assert found.speakers == referee.max() + 1
        assert adjusted_rand_score(found.labels, referee) == 1


def test_the_measure_chooses_among_scikit_learns_clusterings_and_says_the_threshold():
    points, _ = voices(4, noise=0.2)
    found = count_speakers(points, most=8)
    values = {}
    for k in range(2, 9):
        labels = AgglomerativeClustering(k, metric="cosine", linkage="average").fit_predict(points)
        values[k] = silhouette_score(points, labels, metric="cosine")
    assert found.values == pytest.approx(values)
    assert found.speakers == max(values, key=values.get)
    again = count_speakers(points, by="threshold", threshold=found.threshold)
    np.testing.assert_array_equal(again.labels, found.labels)


def test_other_measures_choose_too_and_a_known_number_is_kept():
    points, labels = voices(3, noise=0.1)
    assert count_speakers(points, by="davies_bouldin").speakers == 3
    assert count_speakers(points, by="dunn", clusterer="spectral").speakers == 3
    found = count_speakers(points, speakers=2)
    assert (found.speakers, found.by) == (2, "given")
    assert count_speakers(points, speakers=3, clusterer="spectral").labels.tolist() == labels.tolist()


def test_one_speaker_is_less_structure_than_a_bound():
    alone = np.eye(64)[0] + 0.1 * rng.normal(size=(30, 64))
    found = count_speakers(alone)
    assert found.speakers == 1
    assert max(found.values.values()) <= 0.25
    assert count_speakers(alone, structure=-1).speakers == max(found.values, key=found.values.get)
    few = np.eye(16)[0] + 0.1 * np.random.default_rng(1).normal(size=(8, 16))  # alike, and yet in two groups
    assert count_speakers(few, structure=0.1).speakers > 1
    assert count_speakers(few, structure=0.1, threshold=0.5).speakers == 1
    assert count_speakers(few, structure=0.1, threshold=0.999).speakers > 1


def test_one_and_two_embeddings_are_one_speaker_unless_it_is_said():
    assert count_speakers(np.eye(4)[:1]).labels.tolist() == [0]
    assert count_speakers(np.eye(4)[:2]).labels.tolist() == [0, 0]
    assert count_speakers(np.eye(4)[:2], by="nme-sc", clusterer="spectral").speakers == 1
    assert count_speakers(np.eye(4)[:2], speakers=2).labels.tolist() == [0, 1]
    assert count_speakers(np.eye(4)[:2], by="threshold", threshold=0.5).speakers == 2


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"by": "silhuette"}, "'silhuette' is none of auto, nme-sc and threshold nor a measure"),
        ({"by": "threshold"}, "a threshold is for agglomerative clustering, and has to be named"),
        ({"by": "nme-sc", "clusterer": "ahc"}, "nme-sc chooses for spectral clustering"),
        ({"clusterer": "kmeans"}, "must be one of ahc, spectral, got 'kmeans'"),
        ({"speakers": 9}, "wanted 1 to 5 speakers of 5 embeddings, got 9"),
    ],
)
def test_what_does_not_go_together_is_said(settings, message):
    with pytest.raises(ValueError, match=message):
        count_speakers(np.eye(5), **settings)
