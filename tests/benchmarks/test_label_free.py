"""What the label-free study says of numbers, on records whose answers are known."""

import json

import numpy as np
import pytest
from scipy.stats import spearmanr

from benchmarks import label_free_statistics
from benchmarks.label_free import gather, rounded
from benchmarks.label_free_measure import MEASURES, NUMBERS
from benchmarks.label_free_report import write_report
from benchmarks.label_free_statistics import (
    Criterion,
    axioms_held,
    bootstrap,
    committee,
    correlation,
    errors,
    fixed,
    judge,
    number_shares,
    regret,
    values,
)

RATES = [30.0, 20.0, 10.0, 40.0]


def record(**numbers):
    """Four checkpoints of two runs, with numbers of heard, crossed utterances."""
    rates = [
        {c: {s: {"any": r, "hard": r + 2} for s in ("dev", "test")} for c in ("recorded", "crossed")} for r in RATES
    ]
    return {
        "names": list(numbers),
        "checkpoints": [
            {
                "run": "ab"[i // 2],
                "epoch": i,
                "error_rates": rates[i],
                "halves": [0.1] * 50,
                "values": {
                    pool: {condition: [found[i] for found in numbers.values()] for condition in ("recorded", "crossed")}
                    for pool in ("train", "dev")
                },
            }
            for i in range(4)
        ],
        "numbers": {},
    }


def heard(name):
    return Criterion(name, "train", "crossed")


def test_values_are_oriented_so_that_lower_is_better():
    found = record(
        view_error_rate=[4, 3, 2, 1], lidar=[1, 2, 3, 4], spectral_decay=[1, 2, 0.5, 3], **{"ahc:dunn": [1, 2, 3, 4]}
    )
    assert values(found, heard("view_error_rate")).tolist() == [4, 3, 2, 1]
    assert values(found, heard("lidar")).tolist() == [-1, -2, -3, -4]
    assert values(found, heard("ahc:dunn")).tolist() == [-1, -2, -3, -4]
    assert values(found, heard("spectral_decay")).tolist() == [0, 1, 0.5, 2]


def test_no_value_is_the_worst_and_infinities_are_read():
    found = record(view_error_rate=[None, 3, 2, 1], **{"ahc:xie_beni": ["inf", 3, 2, 1], "ahc:dunn": ["inf", 3, 2, 1]})
    assert values(found, heard("view_error_rate"))[0] == np.inf
    assert values(found, heard("ahc:xie_beni"))[0] == np.inf
    assert values(found, heard("ahc:dunn"))[0] == -np.inf


def test_error_rates_are_means_over_kinds():
    assert errors(record(), "crossed", "dev").tolist() == [31, 21, 11, 41]
    assert errors(record(), "crossed", "dev", ["hard"]).tolist() == [32, 22, 12, 42]


def test_the_correlation_is_spearmans():
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 5, 30).astype(float), rng.normal(size=30)
    assert correlation(x, y) == pytest.approx(spearmanr(x, y).statistic)
    assert correlation(np.ones(30), y) == 0.0


def test_regret_is_that_of_what_is_chosen():
    rates = np.array(RATES)
    assert regret(np.array([3.0, 2, 1, 4]), rates) == 1.0
    assert regret(np.array([3.0, 1, 2, 4]), rates) == 2.0
    assert regret(np.zeros(4), rates) == pytest.approx(np.mean(RATES) / 10)  # at random


def test_resamples_draw_whole_runs():
    drawn = bootstrap(list("aabb"), lambda rows: float(10 * np.sum(rows < 2) + np.sum(rows >= 2)))
    assert set(drawn.tolist()) == {40.0, 22.0, 4.0}


def test_a_perfect_number_has_no_regret_in_any_resample():
    found = judge(record(), fixed(np.array(RATES)), np.array(RATES))
    assert (found.correlation, found.regret, found.expected_regret) == (pytest.approx(1.0), 1.0, 1.0)


def test_a_committee_ranks_by_the_mean():
    found = record(view_error_rate=[1, 2, 3, 4], lidar=[1, 2, 3, 4])
    assert committee(found, ["view_error_rate", "lidar"])(np.arange(4)).tolist() == [2.5] * 4


def test_axioms_of_silhouette_and_davies_bouldin_are_counted():
    assert axioms_held("silhouette") == 4
    assert axioms_held("davies_bouldin") == 2


def test_the_share_of_the_best_number_of_speakers():
    found = record() | {"numbers": {"a": {"ami": {"20": 0.5, "30": 1.0}, "chosen": {"dunn": 20, "gamma": None}}}}
    assert number_shares({"one": found}, "dunn") == {"one": [0.5]}
    assert number_shares({"one": found}, "gamma") == {"one": []}


def test_records_are_gathered_and_the_page_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr(label_free_statistics, "RESAMPLES", 5)
    names = [
        "loss",
        "view_error_rate",
        "view_contrast",
        "view_alignment",
        "lidar",
        "rank_me",
        "ahc:silhouette",
        "ahc:dunn",
        "clusters",
    ]
    rng = np.random.default_rng(0)
    for collection in ("one", "two"):
        for i, each in enumerate(record()["checkpoints"]):
            found = {
                pool: {
                    c: dict(zip(names, rng.random(len(names)).tolist(), strict=True)) for c in ("recorded", "crossed")
                }
                for pool in ("train", "dev")
            }
            numbers = {
                "speakers": 30,
                "ami": dict.fromkeys(map(str, NUMBERS), 0.5),
                "chosen": dict.fromkeys(MEASURES, 20),
            }
            path = tmp_path / "work" / "measured" / collection / f"{i}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps({**each, "values": found} | ({"numbers": numbers} if i % 2 else {})))
    gather(tmp_path / "work", tmp_path / "records")
    assert json.loads((tmp_path / "records" / "one.json").read_text())["names"] == names
    write_report(tmp_path / "records", tmp_path / "records.md")
    text = (tmp_path / "records.md").read_text()
    assert "4 checkpoints of 2 runs on one and 4 checkpoints of 2 runs on two" in text
    assert {path.name for path in (tmp_path / "records").glob("*.png")} == {
        "choosing.png",
        "correlations.png",
        "numbers.png",
    }


def test_five_digits_are_kept():
    assert rounded(0.123456789) == 0.12346
    assert rounded("inf") == "inf"
    assert rounded(float("nan")) is None
