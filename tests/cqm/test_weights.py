"""A point of weight w is w copies of it."""

import numpy as np
import pytest

import cqm

RNG = np.random.default_rng(0)
LABELS = np.r_[RNG.integers(0, 3, 24), 3, 4, 4]
POINTS = np.round(RNG.normal(size=(27, 4)) + 2 * LABELS[:, None], 2)
WEIGHTS = np.r_[RNG.integers(1, 4, 22), 0, 0, 2, 1, 1]
COPIES = np.repeat(np.arange(27), WEIGHTS)


def value(measure, *arguments, **options):
    """The value, or what the error says."""
    try:
        return measure.function(*arguments, **options)
    except ValueError as error:
        return str(error)


@pytest.mark.parametrize("measure", cqm.catalog.values(), ids=cqm.catalog)
@pytest.mark.parametrize("noise_label", [None, 4])
def test_whole_weights_are_copies(measure, noise_label):
    expected = value(measure, POINTS[COPIES], LABELS[COPIES], noise_label=noise_label)
    got = value(measure, POINTS, LABELS, noise_label=noise_label, sample_weight=WEIGHTS)
    assert got == pytest.approx(expected, rel=1e-9, nan_ok=True)
    report = cqm.evaluate(POINTS, LABELS, noise_label=noise_label, sample_weight=WEIGHTS, measures=[measure.name])
    assert report.values.get(measure.name, report.left_out.get(measure.name)) == pytest.approx(got, nan_ok=True)


def test_comparisons_weigh_the_truth_too():
    clusterings = {"a": LABELS, "b": LABELS // 2}
    truth = [label % 3 for label in LABELS]
    options = {"measures": ["trace_w", "connectivity"], "noise_label": 4}
    got = cqm.compare(POINTS, clusterings, truth=truth, sample_weight=WEIGHTS, **options)
    copied = {name: labels[COPIES] for name, labels in clusterings.items()}
    expected = cqm.compare(POINTS[COPIES], copied, truth=np.repeat(truth, WEIGHTS), **options)
    assert got.to_frame().to_numpy() == pytest.approx(expected.to_frame().to_numpy(), rel=1e-9, nan_ok=True)
    assert str(got) == str(expected)
