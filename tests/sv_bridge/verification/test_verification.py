import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.metrics import roc_curve

from sv_bridge.verification.error_rates import equal_error_rate, error_curve, min_dcf

# Quarter-integer scores on a short range: ties are frequent and exact.
scores = hnp.arrays(np.float64, st.integers(1, 30), elements=st.integers(-8, 8).map(lambda i: i / 4))


def reference_curve(targets, nontargets):
    labels = np.r_[np.ones(len(targets)), np.zeros(len(nontargets))]
    false_alarm, hit, thresholds = roc_curve(labels, np.r_[targets, nontargets], drop_intermediate=False)
    return false_alarm, 1 - hit, thresholds


@given(scores, scores)
def test_error_curve_is_scikit_learns_roc_curve(targets, nontargets):
    curve = error_curve(targets, nontargets)
    false_alarm, miss, thresholds = reference_curve(targets, nontargets)
    np.testing.assert_array_equal(curve.thresholds, thresholds)
    # one subtraction and one division per rate
    np.testing.assert_allclose(curve.miss, miss, atol=1e-15)
    np.testing.assert_allclose(curve.false_alarm, false_alarm, atol=1e-15)


@given(scores, scores)
def test_equal_error_rate_lies_on_the_roc(targets, nontargets):
    """The ROC's value at the EER, by scikit-learn's curve and numpy's interpolation, is the EER itself."""
    rate = equal_error_rate(targets, nontargets)
    false_alarm, miss, _ = reference_curve(targets, nontargets)
    along = np.linspace(0, 1, len(miss))  # where on the polyline: both rates are piecewise linear in it
    crossing = np.interp(0, (false_alarm - miss) + 1e-12 * along, along)
    assert np.interp(crossing, along, miss) == pytest.approx(rate, abs=1e-9)  # the tilt of 1e-12 over gaps of ≥ 1/30
    assert np.interp(crossing, along, false_alarm) == pytest.approx(rate, abs=1e-9)


@pytest.mark.parametrize(
    ("targets", "nontargets", "expected"),
    [
        ([0.9, 0.8, 0.3], [0.7, 0.4, 0.2, 0.1], 1 / 3),
        ([0.5] * 4, [0.5] * 3, 0.5),
        ([2.0, 3.0], [0.0, 1.0], 0.0),
        ([0.0, 1.0], [2.0, 3.0], 1.0),
        ([1.0], [1.0, 0.0], 1 / 3),
    ],
)
def test_equal_error_rate_known_answers(targets, nontargets, expected):
    assert equal_error_rate(targets, nontargets) == pytest.approx(expected, abs=1e-15)


@given(scores, scores, st.randoms(use_true_random=False))
def test_metrics_do_not_depend_on_the_order_of_trials(targets, nontargets, random):
    shuffled = [random.sample(list(values), len(values)) for values in (targets, nontargets)]
    assert equal_error_rate(*shuffled) == equal_error_rate(targets, nontargets)
    assert min_dcf(*shuffled) == min_dcf(targets, nontargets)


@given(scores, scores)
def test_exchanging_the_classes_of_negated_scores_keeps_the_equal_error_rate(targets, nontargets):
    assert equal_error_rate(-nontargets, -targets) == pytest.approx(equal_error_rate(targets, nontargets), abs=1e-12)


@given(scores, scores, st.floats(0.01, 0.99), st.floats(0.1, 10), st.floats(0.1, 10))
def test_min_dcf_is_the_best_of_all_thresholds_by_counting(targets, nontargets, p_target, c_miss, c_fa):
    def cost(threshold):
        errors = c_miss * p_target * np.mean(targets < threshold)
        errors += c_fa * (1 - p_target) * np.mean(nontargets >= threshold)
        return errors / min(c_miss * p_target, c_fa * (1 - p_target))

    best = min(cost(threshold) for threshold in [*targets, *nontargets, np.inf])
    options = {"p_target": p_target, "c_miss": c_miss, "c_fa": c_fa}
    assert min_dcf(targets, nontargets, **options) == pytest.approx(best, rel=1e-12)
    point = error_curve(targets, nontargets).min_cost(**options)
    assert cost(point.threshold) == pytest.approx(best, rel=1e-12)


@given(scores, scores)
def test_equal_error_threshold_balances_the_errors(targets, nontargets):
    point = error_curve(targets, nontargets).equal_error()
    # Trials at the threshold itself may fall on either side, which is what interpolation does with them.
    assert np.mean(targets < point.threshold) <= point.value + 1e-12 <= np.mean(targets <= point.threshold) + 2e-12
    assert np.mean(nontargets > point.threshold) <= point.value + 1e-12
    assert point.value <= np.mean(nontargets >= point.threshold) + 1e-12


@given(scores, scores, st.data())
def test_weights_are_repetitions(targets, nontargets, data):
    def counts(values):
        return (
            np.array(data.draw(st.lists(st.integers(0, 3), min_size=len(values), max_size=len(values))))
            + np.r_[1, np.zeros(len(values) - 1, dtype=int)]
        )

    t, u = counts(targets), counts(nontargets)
    weighted = error_curve(targets, nontargets, target_weights=t, nontarget_weights=u).equal_error()
    repeated = error_curve(np.repeat(targets, t), np.repeat(nontargets, u)).equal_error()
    assert weighted.value == pytest.approx(repeated.value, abs=1e-12)


@pytest.mark.parametrize(
    ("targets", "nontargets", "message"),
    [
        ([], [1.0], "there are no target trials"),
        ([1.0], [], "there are no nontarget trials"),
        ([1.0, np.nan], [0.0], r"`target_scores` has 1 scores that are not finite, the first is nan at position 1"),
        ([1.0], [0.0, np.inf], r"`nontarget_scores` has 1 scores"),
        ([[1.0]], [0.0], "one score a trial"),
    ],
)
def test_unusable_scores_are_named(targets, nontargets, message):
    with pytest.raises(ValueError, match=message):
        equal_error_rate(targets, nontargets)


def test_unusable_costs_and_weights_are_named():
    with pytest.raises(ValueError, match="`p_target` is a probability"):
        min_dcf([1.0], [0.0], p_target=1.0)
    with pytest.raises(ValueError, match="must be positive"):
        min_dcf([1.0], [0.0], c_miss=0.0)
    with pytest.raises(ValueError, match="not all zero"):
        error_curve([1.0], [0.0], target_weights=[0.0])
    with pytest.raises(ValueError, match="there are 1 target scores"):
        error_curve([1.0], [0.0], target_weights=[1.0, 2.0])
