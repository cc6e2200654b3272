"""PLDA against Gaussian densities written out, and against what is known in closed form."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from sv_bridge.verification.plda import fit_plda

rng = np.random.default_rng(0)
B = np.array([[4.0, 1.0, 0.0], [1.0, 2.0, 0.5], [0.0, 0.5, 1.0]])
W = np.array([[1.0, -0.3, 0.2], [-0.3, 0.5, 0.0], [0.2, 0.0, 0.8]])
MEAN = np.array([1.0, -2.0, 3.0])


def drawn(speakers, sizes):
    voices = rng.multivariate_normal(MEAN, B, speakers)
    counts = rng.choice(sizes, speakers)
    names = np.repeat(np.arange(speakers), counts)
    return voices[names] + rng.multivariate_normal(np.zeros(3), W, len(names)), names


@pytest.fixture(scope="module")
def uneven():
    points, names = drawn(60, (1, 2, 5))
    return points, names, fit_plda(points, names)


def covariances(model):
    """B and W, from VᵀWV = I and VᵀBV = diag."""
    back = np.linalg.inv(model.directions)
    return back.T @ np.diag(model.between) @ back, back.T @ back


def density(points, mean, between, within):
    """Log-density of one speaker's utterances, as one long Gaussian vector."""
    n = len(points)
    joint = np.kron(np.ones((n, n)), between) + np.kron(np.eye(n), within)
    return multivariate_normal(np.tile(mean, n), joint).logpdf(points.ravel())


def test_scores_are_ratios_of_gaussian_densities(uneven):
    points, _, model = uneven
    between, within = covariances(model)
    left, right = model.sides(points[:6])
    for i in range(6):
        for j in range(6):
            pair = points[[i, j]]
            ratio = density(pair, model.mean, between, within) - sum(
                density(point[None], model.mean, between, within) for point in pair
            )
            assert left[i] @ right[j] == pytest.approx(ratio, abs=1e-9)
            assert left[i] @ right[j] == pytest.approx(left[j] @ right[i])


def test_the_likelihood_is_that_of_the_written_out_gaussians(uneven):
    points, names, model = uneven
    between, within = covariances(model)
    whole = sum(density(points[names == name], model.mean, between, within) for name in np.unique(names))
    assert model.log_likelihood == pytest.approx(whole / len(points))


def test_every_step_makes_the_data_likelier_and_no_change_makes_them_likelier_than_the_last(uneven):
    points, names, model = uneven
    values = [fit_plda(points, names, iterations=steps).log_likelihood for steps in range(8)]
    assert (np.diff(values) > 0).all()
    assert values[-1] < model.log_likelihood
    between, within = covariances(model)

    def likelihood(mean, between, within):
        return sum(density(points[names == name], mean, between, within) for name in np.unique(names)) / len(points)

    for _ in range(20):  # a maximum: changes in any direction lose, to the tolerance that EM ends with
        change, other = (0.03 * (a + a.T) for a in rng.normal(size=(2, 3, 3)))
        mean = model.mean + 0.03 * rng.normal(size=3)
        assert likelihood(mean, between + change, within + other) < model.log_likelihood + 1e-5


def test_of_equally_many_utterances_a_speaker_the_maximum_is_known():
    """W = S_W / (k (n − 1)) and B = S_B / k − W / n, where that is positive definite; the mean is the mean."""
    points, names = drawn(200, (4,))
    centres = np.array([points[names == name].mean(axis=0) for name in range(200)])
    within = sum((points[names == k] - centres[k]).T @ (points[names == k] - centres[k]) for k in range(200)) / (
        200 * 3
    )
    between = np.cov(centres, rowvar=False, ddof=0) - within / 4
    model = fit_plda(points, names)
    found_between, found_within = covariances(model)
    np.testing.assert_allclose(model.mean, points.mean(axis=0), atol=1e-6)
    np.testing.assert_allclose(found_within, within, atol=2e-3)
    np.testing.assert_allclose(found_between, between, atol=2e-2)


def test_dimensions_in_which_speakers_do_not_differ_count_nothing():
    points, names = drawn(50, (4,))
    same = np.hstack([points, rng.normal(size=(len(points), 2))])
    centres = np.array([same[names == name].mean(axis=0) for name in range(50)])
    same[:, 3:] -= centres[names][:, 3:]  # every speaker's mean is 0 there
    model = fit_plda(same, names)
    np.testing.assert_allclose(model.between[3:], 0, atol=1e-6)


def test_too_little_data_is_said_with_the_cure():
    with pytest.raises(
        ValueError, match=r"6 utterances of 3 speakers say too little of 5 dimensions: wanted 8 .* or fewer"
    ):
        fit_plda(rng.normal(size=(6, 5)), [0, 0, 1, 1, 2, 2])
    with pytest.raises(ValueError, match="2 speakers at least, got 1"):
        fit_plda(rng.normal(size=(6, 2)), [0] * 6)
    flat = np.hstack([rng.normal(size=(20, 1)), np.ones((20, 1))])
    with pytest.raises(ValueError, match=r"do not vary in all 2 dimensions: take fewer"):
        fit_plda(flat, np.arange(20) % 4)
