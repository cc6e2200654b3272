import math

import pytest

from sv_bridge.reports.comparison import Assessment, Spread, changes, compare
from sv_bridge.reports.rows import column_rows
from sv_bridge.verification.evaluation import Result


def assessed(rate, within, effective_rank=1.0):
    result = Result("all trials", 10, 10, rate, 0.0, 0.9, 0.8)
    return Assessment("m", (result,), {"within": within, "between": 0.5, "effective_rank": effective_rank})


def test_seeds_become_mean_and_deviation():
    columns = compare({"a": [assessed(0.1, 0.5), assessed(0.2, 0.7)], "b": [assessed(0.12, 0.9)]})
    by_name = {column.name: column for column in columns}
    assert by_name["EER %"].spreads["a"].mean == pytest.approx(15.0)
    assert by_name["EER %"].spreads["a"].deviation == pytest.approx(math.sqrt(50))
    assert math.isnan(by_name["EER %"].spreads["b"].deviation)
    assert by_name["EER %"].best == "b"
    assert by_name["within"].best == "b"


def test_changes_follow_each_measures_direction():
    columns = compare({"a": [assessed(0.1, 0.5, 3.0)], "b": [assessed(0.2, 0.7, 2.0)]})
    assert changes(columns, "a", "b") == (["within"], ["effective_rank"])


def test_the_best_is_marked():
    columns = compare({"a": [assessed(0.1, 0.5)], "b": [assessed(0.2, 0.7)]})
    header, rows = column_rows(columns)
    assert header == ["best *", "better", "a", "b"]
    assert column_rows(columns, {"b": "short"}) == (["best *", "better", "a", "short"], rows)
    assert rows[0] == ["EER %", "lower", "10 *", "20"]


def test_a_value_that_is_nan_is_never_best():
    columns = compare({"a": [assessed(0.1, math.nan)], "b": [assessed(0.2, 0.1)]})
    assert next(column for column in columns if column.name == "within").best == "b"


def test_spread_reads_like_a_measurement():
    assert str(Spread.of([1.0, 2.0])) == "1.5 ± 0.71"
    assert str(Spread.of([1.0])) == "1"


def test_nothing_to_compare_is_an_error():
    with pytest.raises(ValueError, match="at least one system"):
        compare({})
