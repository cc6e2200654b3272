import numpy as np
import pandas as pd
import pytest

import cqm
from cqm.reports.choice import bend, choose
from tests.cqm.test_report import LABELS, POINTS

TWO = [0, 0, 0, 1, 1, 1, 1]
NOISY = [0, 0, -1, -1, 1, 2, 2]


def test_comparison_marks_the_best_in_the_measures_direction():
    table = cqm.compare(POINTS, {"good": LABELS, "bad": [0, 1, 2, 0, 1, 2, 0]})
    assert table.best("silhouette") == ("good",)
    assert table.best("weakest_link") == ("good",)
    assert "<b>" in table._repr_html_()
    assert list(table.to_frame().columns) == ["good", "bad"]
    assert table.to_frame().loc["clusters"].tolist() == [3, 3]


def test_comparison_with_ties_marks_both():
    table = cqm.compare(POINTS, {"one": LABELS, "two": LABELS}, measures=["silhouette"])
    assert table.best("silhouette") == ("one", "two")


def test_comparison_of_nothing_is_an_error():
    with pytest.raises(ValueError, match="`clusterings` is empty"):
        cqm.compare(POINTS, {})


def test_a_table_of_clusterings_is_compared_column_by_column():
    table = cqm.compare(POINTS, pd.DataFrame({"good": LABELS, "bad": [0, 1, 0, 1, 0, 1, 0]}), measures="silhouette")
    assert table.best("silhouette") == ("good",)
    with pytest.raises(TypeError, match=r"must be a mapping .* or a table, got list"):
        cqm.compare(POINTS, [LABELS])


def test_measures_that_move_with_k_call_nothing_best_among_different_k():
    moving = [name for name, measure in cqm.catalog.items() if measure.across_k.way != "best"]
    different = cqm.compare(POINTS, {"two": TWO, "three": LABELS}, measures=moving)
    for name in different.measures:
        assert different.best(name) == ()
        assert cqm.catalog[name].across_k.reason in different.choice(name).reason
    assert "*" not in "".join(str(different).splitlines()[1:])
    same = cqm.compare(POINTS, {"three": LABELS, "other": [0, 1, 2, 0, 1, 2, 0]}, measures=["trace_w"])
    assert same.best("trace_w") == ("three",)


def test_what_leaves_out_many_points_is_best_by_measures_that_count_noise_alone():
    table = cqm.compare(POINTS, {"few": NOISY, "all": LABELS}, noise_label=-1, measures=["silhouette", "dbcv"])
    assert table.reports["few"].coverage == 5 / 7
    assert "5 (71%)" in str(table)
    assert "judged over 71% to 100% of the points" in str(table)
    assert table.best("silhouette") == ("all",)
    lenient = cqm.compare(POINTS, {"few": NOISY, "all": LABELS}, noise_label=-1, min_coverage=0.5)
    assert lenient.best("silhouette") == max(
        [("few",), ("all",)], key=lambda names: lenient.reports[names[0]]["silhouette"]
    )


def test_nothing_is_best_where_all_leave_out_too_much():
    table = cqm.compare(POINTS, {"a": NOISY, "b": [0, -1, -1, 0, 1, 1, 1]}, noise_label=-1, measures=["silhouette"])
    assert table.best("silhouette") == ()
    assert "none that it has a value for keeps 90% of the points" in str(table)


def test_clusterings_without_a_value_stand_there_with_the_reason():
    table = cqm.compare(
        POINTS,
        {"good": LABELS, "one": [0] * 7, "noise": [-1] * 7, "singletons": range(7)},
        noise_label=-1,
        measures=["silhouette", "dunn"],
    )
    assert table.best("silhouette") == ("good",)
    text = str(table)
    assert "one: no silhouette, dunn (needs at least 2 clusters, got 1" in text
    assert "noise: no silhouette, dunn (no points are left: all are noise)" in text
    assert "singletons: no silhouette, dunn (every one of the 7 points is its own cluster" in text


def test_wrong_labels_name_their_clustering():
    with pytest.raises(ValueError, match="clustering 'short': `labels` has 2 entries but `X` has 7 rows"):
        cqm.compare(POINTS, {"good": LABELS, "short": [0, 1]})


def test_a_value_that_is_not_certain_may_not_be_beaten_unsaid():
    measure = cqm.catalog["relative_margin"]
    known = cqm.Report({"relative_margin": 0.3}, {}, 7, 3, "euclidean", 7)
    better = cqm.Report({}, {"relative_margin": "budget"}, 7, 3, "euclidean", 7, {"relative_margin": (0.2, 0.4)})
    worse = cqm.Report({}, {"relative_margin": "budget"}, 7, 3, "euclidean", 7, {"relative_margin": (0.31, 0.4)})
    assert choose(measure, [known, worse]).best == (0,)
    unsure = choose(measure, [known, better])
    assert unsure.best == ()
    assert "only known to be in [0.2, 0.4]" in unsure.reason


def test_an_exhausted_budget_leaves_its_bounds():
    points = np.random.default_rng(0).normal(size=(400, 2))
    labels = np.arange(400) % 40
    report = cqm.evaluate(points, labels, measures=["additive_margin_literal"], progress=False)
    low, high = report.bounds["additive_margin_literal"]
    assert low < high
    assert "budget" in report.left_out["additive_margin_literal"]


@pytest.mark.parametrize(("better", "sign"), [("lower", 1), ("higher", -1)])
def test_the_bend_is_farthest_above_the_line_between_the_ends(better, sign):
    # 1 − (y − 1)/9 is 1, .11, .06, 0 against a line 1, 2/3, 1/3, 0 … oriented: above it by 0, .56, .28, 0
    assert bend([2, 3, 4, 5], [sign * value for value in (10, 2, 1.5, 1)], better, logarithmic=False) == 1


def test_a_curve_that_rises_after_a_while_bends_before():
    assert bend([2, 3, 4, 5, 6], [0.0, 0.0, 0.0, 5.0, 11.0], "lower", logarithmic=False) == 2


@pytest.mark.parametrize("values", [[1.0, 2.0], [3.0, 2.0, 1.0], [1.0, 1.0, 1.0], [1.0, np.inf, 2.0]])
def test_no_bend(values):
    assert bend(range(2, 2 + len(values)), values, "lower", logarithmic=False) is None


def test_agreement_with_the_truth_stands_beside_what_does_not_see_it():
    truth = ["x", "x", "x", "x", "y", "y", "y"]
    found = {"right": [0, 0, 0, 0, 1, 1, 1], "wrong": [0, 1, 0, 1, 0, 1, 0]}
    table = cqm.compare(
        POINTS, found, measures=["silhouette"], truth=truth, external=["adjusted_rand", "variation_of_information"]
    )
    assert table.best("adjusted_rand") == table.best("variation_of_information") == ("right",)
    assert table.external["adjusted_rand"]["wrong"] == cqm.adjusted_rand(truth, found["wrong"])
    assert "adjusted_rand (with the truth)" in str(table)
    assert table.to_frame().loc["adjusted_rand", "right"] == 1.0
    noisy = cqm.compare(POINTS, {"few": [0, -1, -1, -1, 1, -1, -1], **found}, truth=truth, noise_label=-1)
    assert noisy.external["adjusted_rand"]["few"] == 1.0
    assert noisy.best("adjusted_rand") == ("right",)
    with pytest.raises(KeyError, match="there are adjusted_rand"):
        cqm.compare(POINTS, found, truth=truth, external=["ari"])
