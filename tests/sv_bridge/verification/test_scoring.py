import numpy as np
import pytest
from scipy.spatial.distance import cosine

from sv_bridge.verification import device_scoring
from sv_bridge.verification.plda import fit_plda
from sv_bridge.verification.scoring import score_trials, scoring_vectors, speaker_means
from sv_bridge.verification.trials import Trials

rng = np.random.default_rng(0)


@pytest.fixture
def embeddings(make_embeddings):
    return make_embeddings(rng.normal(size=(6, 4, 5)), list("aabbcc"))


@pytest.fixture
def cohort(make_embeddings):
    return make_embeddings(rng.normal(size=(20, 5)), np.arange(20) // 2)


ENROL, TEST = ["u0", "u0", "u4", "u5"], ["u1", "u3", "u2", "u5"]
TRIALS = Trials.from_pairs(zip([True, False, False, True], ENROL, TEST, strict=True))


def test_mean_of_embeddings_scores_their_cosine(embeddings):
    scores = score_trials(embeddings, TRIALS)
    means = dict(zip(embeddings.ids.tolist(), embeddings.vectors.astype(float).mean(axis=1), strict=True))
    expected = [1 - cosine(means[e], means[t]) for e, t in zip(ENROL, TEST, strict=True)]
    np.testing.assert_allclose(scores, expected, atol=1e-12)


def test_mean_of_scores_averages_all_crop_pairs(embeddings):
    scores = score_trials(embeddings, TRIALS, crops="score")
    crops = dict(zip(embeddings.ids.tolist(), embeddings.vectors.astype(float), strict=True))
    expected = [
        np.mean([1 - cosine(a, b) for a in crops[e] for b in crops[t]]) for e, t in zip(ENROL, TEST, strict=True)
    ]
    np.testing.assert_allclose(scores, expected, atol=1e-12)


def test_adaptive_s_norm_by_hand(embeddings, cohort):
    scores = score_trials(embeddings, TRIALS, cohort=cohort, top=3)
    unit = lambda v: v / np.linalg.norm(v, axis=-1, keepdims=True)  # noqa: E731
    vectors = unit(embeddings.vectors.astype(float).mean(axis=1))
    others = unit(cohort.vectors.astype(float))
    for score, e, t in zip(scores, ENROL, TEST, strict=True):
        raw = vectors[int(e[1])] @ vectors[int(t[1])]
        parts = []
        for side in (e, t):
            best = sorted(others @ vectors[int(side[1])])[-3:]
            parts.append((raw - np.mean(best)) / np.std(best))
        assert score == pytest.approx(np.mean(parts), rel=1e-5)  # float32 against the cohort


def test_crops_under_plda_average_embeddings_or_all_crop_pairs(embeddings):
    crops = embeddings.vectors.astype(float)
    model = fit_plda(rng.normal(size=(40, 5)), np.arange(40) % 10)
    rows = [(int(e[1:]), int(t[1:])) for e, t in zip(ENROL, TEST, strict=True)]
    left, right = model.sides(crops.mean(axis=1))
    np.testing.assert_allclose(
        score_trials(embeddings, TRIALS, plda=model), [left[e] @ right[t] for e, t in rows], atol=1e-6
    )
    every = [(model.sides(crops[e])[0] @ model.sides(crops[t])[1].T).mean() for e, t in rows]
    np.testing.assert_allclose(score_trials(embeddings, TRIALS, plda=model, crops="score"), every, atol=1e-6)


def test_a_cohort_smaller_than_top_is_used_whole(embeddings, cohort):
    np.testing.assert_array_equal(
        score_trials(embeddings, TRIALS, cohort=cohort, top=20),
        score_trials(embeddings, TRIALS, cohort=cohort, top=300),
    )


def test_speaker_means_are_unit_vectors_one_a_speaker(cohort):
    means = speaker_means(cohort)
    assert means.ids.tolist() == sorted({str(i) for i in range(10)})
    unit = cohort.vectors / np.linalg.norm(cohort.vectors, axis=1, keepdims=True)
    direction = unit[cohort.speakers == "3"].sum(axis=0)
    np.testing.assert_allclose(means.vectors[means.ids == "3"][0], direction / np.linalg.norm(direction), atol=1e-6)


def test_unusable_input_is_named(embeddings, cohort, make_embeddings):
    with pytest.raises(ValueError, match="1 of the 2 utterances of the trials are unknown: 'nobody'"):
        score_trials(embeddings, Trials.from_pairs([(True, "nobody", "u0")]))
    with pytest.raises(ValueError, match="have 2 dimensions, those of the trials 5"):
        score_trials(embeddings, TRIALS, cohort=make_embeddings(np.eye(2), ["a", "b"]))
    with pytest.raises(ValueError, match="at least 2 cohort scores"):
        score_trials(embeddings, TRIALS, cohort=cohort, top=1)
    with pytest.raises(ValueError, match="embedding 1 is zero"):
        scoring_vectors(np.array([[1.0, 0.0], [0.0, 0.0]]))


@pytest.mark.parametrize("crops", ["embedding", "score"])
def test_scores_by_torch_are_those_by_numpy(embeddings, cohort, crops, monkeypatch):
    monkeypatch.setattr(device_scoring, "ROWS", 2)
    monkeypatch.setattr(device_scoring, "TRIALS", 3)
    for options in ({}, {"cohort": cohort, "top": 3}):
        there = score_trials(embeddings, TRIALS, crops=crops, device="cpu:0", **options)  # torch's name: torch computes
        np.testing.assert_allclose(
            there, score_trials(embeddings, TRIALS, crops=crops, **options), rtol=1e-5, atol=1e-6
        )
