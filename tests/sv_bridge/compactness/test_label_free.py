import numpy as np
import pytest
import torch
from scipy.linalg import eigh
from scipy.stats import entropy, ortho_group
from sklearn.metrics import roc_curve

from sv_bridge.compactness.cosines import alignment
from sv_bridge.compactness.label_free import (
    lidar,
    spectral_decay,
    spectrum_criteria,
    view_contrast,
    view_criteria,
    view_error_rate,
)
from sv_bridge.verification.scoring import scoring_vectors


def views(seed, n=60, d=12, noise=1.0):
    rng = np.random.default_rng(seed)
    voices = rng.normal(size=(n, d))
    return tuple(voices + noise * rng.normal(size=(n, d)) for _ in range(2))


def test_the_view_error_rate_is_where_misses_are_as_many_as_false_alarms():
    first, second = map(scoring_vectors, views(0))
    cosines = first @ second.T
    false_alarms, hits, _ = roc_curve(np.eye(60).ravel(), cosines.ravel(), drop_intermediate=False)
    gap = 1 - hits - false_alarms
    around = np.flatnonzero(np.diff(np.sign(gap)))
    low, high = false_alarms[around[0]], false_alarms[around[-1] + 1]
    assert low - 1e-12 <= view_error_rate(cosines) <= high + 1e-12
    assert view_error_rate(np.eye(5)) == 0.0
    assert view_error_rate(-np.eye(5)) == 1.0


def test_the_contrast_is_nt_xent_over_all_utterances():
    first, second = map(scoring_vectors, views(1))
    expected = torch.nn.functional.cross_entropy(torch.tensor(30 * first @ second.T), torch.arange(60))
    assert view_contrast(first @ second.T) == pytest.approx(float(expected), rel=1e-12)


def test_the_alignment_of_views_is_that_of_utterances_as_speakers():
    first, second = views(2)
    both, whose = scoring_vectors(np.concatenate([first, second])), np.tile(np.arange(60), 2)
    assert view_criteria(first, second)["view_alignment"] == pytest.approx(alignment(both, whose), abs=1e-12)


def test_rank_me_is_the_entropy_of_singular_values():
    vectors = np.random.default_rng(3).normal(size=(50, 8)) * np.arange(1, 9)
    expected = np.exp(entropy(np.linalg.svd(vectors, compute_uv=False)))
    found = spectrum_criteria(vectors)
    assert found["rank_me"] == pytest.approx(expected)
    assert spectrum_criteria(7 * vectors)["rank_me"] == pytest.approx(expected)
    assert spectrum_criteria(vectors * np.arange(1, 51)[:, None])["effective_rank"] == pytest.approx(
        found["effective_rank"]
    )


@pytest.mark.parametrize("alpha", [0.5, 1.0, 2.0])
def test_a_power_law_is_recovered(alpha):
    d = 20
    law = np.arange(1, d + 1) ** -alpha
    law[:2], law[d // 2 :] = 9, law[-1] / 9  # what is neither channel nor noise counts
    deviations = np.sqrt(law)
    axes = np.concatenate([np.diag(deviations), -np.diag(deviations)]) @ ortho_group.rvs(d, random_state=0)
    assert spectral_decay(axes) == pytest.approx(alpha)


def test_a_spectrum_without_a_tail_has_no_decay():
    assert np.isnan(spectral_decay(np.outer([1.0, 2.0, 4.0], [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])))


def test_lidar_is_the_entropy_of_generalised_eigenvalues():
    first, second = views(4)
    means, halves = (first + second) / 2, (first - second) / 2
    within = 2 * halves.T @ halves / 60
    ridge = 1e-4 * np.trace(within) / 12 * np.eye(12)
    eigenvalues = eigh(np.cov(means, rowvar=False), within + ridge, eigvals_only=True)
    assert lidar(first, second) == pytest.approx(np.exp(entropy(eigenvalues)))


def test_lidar_of_equal_views_is_undefined():
    voices = np.random.default_rng(0).normal(size=(8, 3))
    assert np.isnan(lidar(voices, voices))


def test_lidar_does_not_count_what_changes_between_views():
    rng = np.random.default_rng(5)
    voices = np.concatenate([rng.normal(size=(400, 3)), np.zeros((400, 9))], axis=1)
    noises = [0.01 * rng.normal(size=(400, 12)) for _ in range(2)]
    loud = [np.concatenate([np.zeros((400, 3)), 3 * rng.normal(size=(400, 9))], axis=1) for _ in range(2)]
    first, second = (voices + noise + other for noise, other in zip(noises, loud, strict=True))
    assert lidar(first, second) == pytest.approx(3, abs=0.1)
    assert spectrum_criteria(first)["rank_me"] > 9  # a rank of everything counts the noise


def test_better_views_have_better_values():
    near, far = (view_criteria(*views(6, noise=noise)) for noise in (0.2, 2.0))
    assert near["view_error_rate"] < far["view_error_rate"]
    assert near["view_contrast"] < far["view_contrast"]
    assert near["view_alignment"] < far["view_alignment"]
