"""Speakers found without a label, in embeddings whose speakers are known to the test alone."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_mutual_info_score

import cqm
from sv_bridge.compactness.pseudo_speakers import CLUSTERERS, find_pseudo_speakers, numbers_to_try

SPEAKERS = np.repeat(np.arange(24), 10)


def voices(spread, seed=0, strangers=0):
    """24 voices of 10 utterances, and some utterances like nobody's."""
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(24, 32))[SPEAKERS] + spread * rng.normal(size=(240, 32))
    return np.vstack([vectors, 2 * rng.normal(size=(strangers, 32))])


@pytest.mark.parametrize("clusterer", CLUSTERERS)
def test_the_number_of_speakers_is_found(make_embeddings, clusterer):
    embeddings = make_embeddings(voices(0.5), ["unknown"] * 240)
    found = find_pseudo_speakers(embeddings, clusterer=clusterer)
    assert abs(found.clusters - 24) <= 1
    known = found.labels >= 0
    assert adjusted_mutual_info_score(SPEAKERS[known], found.labels[known]) > 0.98
    assert found.kept > 0.95


@pytest.mark.parametrize("measure", ["silhouette", "davies_bouldin", "trace_w"])
def test_the_choice_is_where_the_curve_is_highest_above_the_line_between_its_ends(make_embeddings, measure):
    found = find_pseudo_speakers(make_embeddings(voices(0.8), SPEAKERS), measure=measure)
    assert tuple(found.values) == numbers_to_try(240)
    k, value = np.array(list(found.values.items())).T
    if measure == "trace_w":  # its bend is known to be seen in logarithms
        value = np.log(value)
    line = np.interp(k, k[[0, -1]], value[[0, -1]])
    above = (value - line) * (1 if measure == "silhouette" else -1)
    assert found.clusters == k[above.argmax()]
    assert found.value == found.values[found.clusters]


def test_a_curve_without_a_bend_has_its_best_value_chosen(make_embeddings):
    found = find_pseudo_speakers(make_embeddings(voices(0.5), SPEAKERS), numbers=[12, 24])
    assert found.clusters == 24
    assert found.value == max(found.values.values())


def test_directions_that_all_share_do_not_hide_the_speakers(make_embeddings):
    """Two collections differ more than any two people: unit vectors as they are would be two clusters."""
    rng = np.random.default_rng(0)
    vectors = voices(0.5) + 20 * np.outer(2 * (SPEAKERS % 2) - 1, rng.normal(size=32) / np.sqrt(32))
    embeddings = make_embeddings(vectors, SPEAKERS)
    found = find_pseudo_speakers(embeddings)
    assert abs(found.clusters - 24) <= 3
    silhouettes = {k: cqm.silhouette(vectors, SPEAKERS % k, metric="cosine") for k in (2, 24)}
    assert silhouettes[2] > silhouettes[24]


def test_names_of_speakers_are_not_read(make_embeddings):
    one, other = (find_pseudo_speakers(make_embeddings(voices(0.8), names)) for names in (SPEAKERS, SPEAKERS[::-1]))
    assert one.labels.tolist() == other.labels.tolist()


def test_utterances_like_nobodys_are_dropped(make_embeddings):
    embeddings = make_embeddings(voices(0.5, strangers=12), range(252))
    found = find_pseudo_speakers(embeddings)
    assert (found.labels[240:] == -1).mean() > 0.8
    assert (found.labels[:240] >= 0).mean() > 0.95
    everything = find_pseudo_speakers(embeddings, trusted=-1.0, least_utterances=1)
    assert everything.kept == 1.0


def test_labels_are_numbered_without_gaps_and_clusters_are_large_enough(make_embeddings):
    found = find_pseudo_speakers(make_embeddings(voices(1.2), SPEAKERS), least_utterances=5)
    counts = np.bincount(found.labels[found.labels >= 0])
    assert len(counts) == found.speakers
    assert counts.min() >= 5


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"numbers": [1, 5]}, ValueError, "numbers of clusters from 2 to 239, got"),
        ({"numbers": []}, ValueError, "got none"),
        ({"clusterer": "dbscan"}, ValueError, "`clusterer` must be one of ahc, kmeans"),
        ({"measure": "silhuette"}, KeyError, "silhouette"),
        ({"least_utterances": 200}, ValueError, "fewer than two are left"),
    ],
)
def test_what_cannot_be_is_refused(make_embeddings, options, error, message):
    with pytest.raises(error, match=message):
        find_pseudo_speakers(make_embeddings(voices(0.5), SPEAKERS), **options)
