import numpy as np
import pytest
from sklearn.metrics import silhouette_score

from sv_bridge.compactness.clusterings import ALGORITHMS, agreement, cluster, named_clusterings
from sv_bridge.compactness.speakers import compare_clusterings

rng = np.random.default_rng(0)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_each_algorithm_finds_well_separated_speakers(make_embeddings, algorithm):
    speakers = np.repeat(np.arange(4), 10)
    embeddings = make_embeddings(np.eye(4)[speakers] + 0.05 * rng.normal(size=(40, 4)), speakers)
    result = agreement(cluster(embeddings, algorithm, 4), embeddings.speakers)
    assert (result.purity, result.inverse_purity, result.nmi, result.ari, result.confusion_error) == (1, 1, 1, 1, 0)


def test_agreement_by_hand():
    """Cluster 0 = aaab, cluster 1 = bc: matched a–0 (3) and b–1 or c–1 (1)."""
    result = agreement([0, 0, 0, 0, 1, 1], ["a", "a", "a", "b", "b", "c"])
    assert (result.clusters, result.speakers) == (2, 3)
    assert result.purity == pytest.approx(4 / 6)
    assert result.inverse_purity == pytest.approx(5 / 6)
    assert result.confusion_error == pytest.approx(2 / 6)


def test_extremes():
    one = agreement([0] * 4, ["a", "a", "b", "b"])
    assert (one.purity, one.inverse_purity, one.ari, one.confusion_error) == (0.5, 1.0, 0.0, 0.5)
    alone = agreement([0, 1, 2, 3], ["a", "a", "b", "b"])
    assert (alone.purity, alone.inverse_purity, alone.confusion_error) == (1.0, 0.5, 0.5)


def test_weights_are_repetitions():
    weighted = agreement([0, 0, 1], ["a", "b", "b"], weights=[3, 1, 2])
    repeated = agreement([0, 0, 0, 0, 1, 1], ["a", "a", "a", "b", "b", "b"])
    assert (weighted.purity, weighted.confusion_error) == (repeated.purity, repeated.confusion_error)


def test_unusable_input_is_named(make_embeddings):
    with pytest.raises(ValueError, match="one cluster an utterance"):
        agreement([0, 1], ["a"])
    with pytest.raises(ValueError, match="wanted 1 to 2 clusters"):
        cluster(make_embeddings(np.eye(2), "ab"), "kmeans", 3)
    with pytest.raises(ValueError, match="must be one of kmeans, ahc, spectral"):
        cluster(make_embeddings(np.eye(2), "ab"), "dbscan", 1)


def test_clusterings_are_made_or_read_by_name(tmp_path, make_embeddings):
    embeddings = make_embeddings(np.eye(4), "aabb")
    (tmp_path / "mine.txt").write_text("u3 y\nu0 x\nu1 x\nu2 y\n")
    (tmp_path / "plain.txt").write_text("x\nx\ny\ny\n")
    names = ["kmeans", str(tmp_path / "mine.txt"), str(tmp_path / "plain.txt")]
    found = named_clusterings(embeddings, names)
    assert list(found) == ["kmeans", "mine.txt", "plain.txt"]
    assert len(set(found["kmeans"].tolist())) == 2
    assert found["mine.txt"].tolist() == found["plain.txt"].tolist() == ["x", "x", "y", "y"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x\ny\n", "has 2 labels but there are 3 embeddings"),
        ("u0 x\nu1 y\n", "lacks 1 of 3 utterances, first 'u2'"),
        ("u0 x z\nu1 y\n", "wanted `utterance label` lines, got 'u0 x z'"),
    ],
)
def test_unusable_label_files_are_named(tmp_path, make_embeddings, text, message):
    (tmp_path / "labels.txt").write_text(text)
    with pytest.raises(ValueError, match=message):
        named_clusterings(make_embeddings(np.eye(3), "aab"), [str(tmp_path / "labels.txt")])
    with pytest.raises(ValueError, match="neither one of kmeans, ahc, spectral nor a file"):
        named_clusterings(make_embeddings(np.eye(3), "aab"), ["k-means"])


@pytest.mark.parametrize("noise", [-1, "-1"], ids=["number", "text"])
def test_noise_is_in_no_cluster(noise):
    clusters = [0, 0, 1, 1, noise, noise] if noise == -1 else ["0", "0", "1", "1", noise, noise]
    result = agreement(clusters, ["a", "a", "b", "b", "a", "b"])
    assert (result.clusters, result.purity, result.ari) == (2, 1.0, 1.0)
    assert (result.noise, result.confusion_error) == (pytest.approx(1 / 3), pytest.approx(1 / 3))
    with pytest.raises(ValueError, match="all utterances are noise"):
        agreement([noise] * 3, ["a", "b", "c"])


def test_measures_of_a_clustering_leave_noise_out_as_cqm_does(make_embeddings):
    vectors = rng.normal(size=(30, 5)) + np.repeat(5 * np.eye(3, 5), 10, axis=0)
    labels = np.repeat([0, 1, 2], 10)
    labels[[3, 14, 25]] = -1
    embeddings = make_embeddings(vectors, np.repeat(["a", "b", "c"], 10))
    unit = embeddings.vectors.astype(float) / np.linalg.norm(embeddings.vectors.astype(float), axis=1, keepdims=True)
    for found in (labels, labels.astype(str)):
        values = compare_clusterings(embeddings, {"hdbscan": found}).values["hdbscan"]
        clustered = labels != -1
        expected = silhouette_score(unit[clustered], labels[clustered], metric="cosine")
        assert values["silhouette"] == pytest.approx(expected)
