import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.optimize import minimize_scalar
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from sv_bridge.verification.calibration import Calibration, actual_dcf, calibrate, cllr, min_cllr
from sv_bridge.verification.error_rates import min_dcf

rng = np.random.default_rng(1)
TARGETS, NONTARGETS = rng.normal(2, 1, 4000), rng.normal(-1, 1.5, 6000)
scores = hnp.arrays(np.float64, st.integers(1, 30), elements=st.integers(-8, 8).map(lambda i: i / 4))


@pytest.mark.parametrize("p_target", [0.5, 0.1])
def test_calibration_is_scikit_learns_logistic_regression(p_target):
    x = np.r_[TARGETS, NONTARGETS][:, None]
    y = np.r_[np.ones(len(TARGETS)), np.zeros(len(NONTARGETS))]
    weights = np.where(y == 1, p_target / len(TARGETS), (1 - p_target) / len(NONTARGETS))
    model = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(x, y, sample_weight=weights * len(y))
    got = calibrate(TARGETS, NONTARGETS, p_target=p_target)
    # Platt's targets shift each class by one trial in thousands
    assert got.scale == pytest.approx(model.coef_[0, 0], rel=1e-2)
    assert got.offset == pytest.approx(model.intercept_[0] - np.log(p_target / (1 - p_target)), abs=3e-2)


def test_calibration_recovers_log_likelihood_ratios_of_gaussians():
    """N(μ, σ²) against N(−μ, σ²) has the ratio 2μs/σ²; 200,000 trials pin the slope to a percent."""
    targets, nontargets = rng.normal(0.5, 0.5, 100_000), rng.normal(-0.5, 0.5, 100_000)
    found = calibrate(targets, nontargets)
    assert found.scale == pytest.approx(4.0, rel=0.02)
    assert found.offset == pytest.approx(0.0, abs=0.03)


def test_separated_scores_calibrate_to_finite_ratios():
    assert np.isfinite(calibrate([0.9, 0.8], [0.1, 0.2]).scale)


def test_actual_cost_is_at_least_the_minimal_one():
    # of one variance, so that the affine map is right at every prior
    targets, nontargets = rng.normal(1.5, 1, 4000), rng.normal(-1.5, 1, 6000)
    calibration = calibrate(targets, nontargets)
    llrs = calibration(targets), calibration(nontargets)
    for p_target in (0.01, 0.05, 0.5):
        least = min_dcf(*llrs, p_target=p_target)
        assert least <= actual_dcf(*llrs, p_target=p_target) <= 1.05 * least + 0.05
        assert actual_dcf(llrs[0] - 5, llrs[1] - 5, p_target=p_target) > least


@given(scores, scores)
def test_min_cllr_is_scikit_learns_isotonic_regression(targets, nontargets):
    values = np.r_[targets, nontargets]
    labels = np.r_[np.ones(len(targets)), np.zeros(len(nontargets))]
    p = IsotonicRegression(y_min=0, y_max=1).fit(values, labels).predict(values)
    odds = len(targets) / len(nontargets)
    # log2(1 + 1/LR) and log2(1 + LR) with LR = p / (1 − p) / odds
    bits_target = np.log2(1 + odds * (1 - p[labels == 1]) / p[labels == 1])
    bits_nontarget = np.log2(1 + p[labels == 0] / (1 - p[labels == 0]) / odds)
    assert min_cllr(targets, nontargets) == pytest.approx((bits_target.mean() + bits_nontarget.mean()) / 2, abs=1e-9)


@given(scores, scores)
def test_min_cllr_is_a_lower_bound_for_every_affine_map(targets, nontargets):
    least = min_cllr(targets, nontargets)
    assert 0 <= least <= 1 + 1e-12
    best = minimize_scalar(lambda scale: cllr(scale * targets, scale * nontargets), bounds=(0, 20), method="bounded")
    assert least <= best.fun + 1e-12


def test_ratios_that_are_always_wrong_cost_more_than_silence():
    assert cllr([-3.0], [3.0]) > 1 > cllr([3.0], [-3.0])


def test_calibration_maps_scores():
    np.testing.assert_array_equal(Calibration(2.0, 1.0)([0.0, 1.0]), [1.0, 3.0])


def test_unusable_input_is_named():
    with pytest.raises(ValueError, match="all scores are equal"):
        calibrate([1.0], [1.0])
    with pytest.raises(ValueError, match="`p_target`"):
        calibrate([1.0], [0.0], p_target=0.0)
    with pytest.raises(ValueError, match="no target trials"):
        cllr([], [1.0])
