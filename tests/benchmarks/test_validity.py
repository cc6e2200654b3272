"""What is said of measures on labelled sets follows from the records, and figures mean what they say."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

import cqm
from benchmarks import validity, validity_data
from benchmarks.validity_data import CLUSTERERS, KINDS, Candidate, candidates, point_sets

SETS = list(point_sets())


def test_the_page_is_what_was_measured():
    records = json.loads(validity.RECORDS.read_text(encoding="utf-8"))
    assert validity.PAGE.read_text(encoding="utf-8") == validity.page(records)
    assert records["sets"] == len(SETS) == sum(records["kinds"].values())
    assert set(records["figures"]) <= set(cqm.catalog)


def test_sets_are_as_they_are_said_to_be():
    assert {point_set.kind for point_set in SETS} == set(KINDS)
    assert len({point_set.name for point_set in SETS}) == len(SETS)
    for point_set in SETS:
        assert len(point_set.points) == len(point_set.truth) > 140
        assert np.bincount(point_set.truth).min() >= 8
    apart = next(p for p in SETS if p.name == "8 round clusters in 10 dimensions, apart, one large")
    assert np.bincount(apart.truth)[0] == 90
    centres = np.array([apart.points[i == apart.truth].mean(axis=0) for i in range(8)])
    assert np.linalg.norm(centres[:, None] - centres, axis=2)[np.triu_indices(8, 1)].min() > 6
    again = next(p for p in point_sets() if p.name == apart.name)
    assert np.array_equal(again.points, apart.points)


def test_candidates_are_of_every_clusterer_and_k(monkeypatch):
    monkeypatch.setattr(validity_data, "LARGEST_K", 3)
    found = candidates(SETS[0].points[::4])
    assert {(c.clusterer, c.k) for c in found} == {(name, k) for name in CLUSTERERS for k in (2, 3)}


def judged(values, ari, sizes):
    """Candidates of one clusterer, of these sizes and with these values of the silhouette."""
    found = [Candidate(clusterer, np.arange(20) % k) for clusterer in CLUSTERERS for k in sizes]
    report = lambda value, k: SimpleNamespace(values={"silhouette": value}, k=k, coverage=1.0, bounds={})  # noqa: E731
    reports = [report(value, k) for _ in CLUSTERERS for value, k in zip(values, sizes, strict=True)]
    return validity.Judged(3, found, reports, list(ari) * len(CLUSTERERS))


def test_a_measure_that_knows_the_truth_loses_nothing():
    found = validity.figures("silhouette", judged([0.2, 0.9, 0.5], [0.3, 1.0, 0.6], [2, 3, 4]))
    assert found["all"] == pytest.approx(1)
    assert found["right_k"] == 1
    assert found["all_lost"] == found["across_k_lost"] == 0


def test_what_is_upside_down_or_missing_loses_what_it_should():
    found = validity.figures("silhouette", judged([0.9, 0.2, 0.5], [0.3, 1.0, 0.6], [2, 3, 4]))
    assert found["all"] == pytest.approx(-1)
    assert found["right_k"] == 0
    assert found["all_lost"] == found["across_k_lost"] == pytest.approx(0.7)
    missing = validity.figures("silhouette", judged([np.nan] * 3, [0.3, 1.0, 0.6], [2, 3, 4]))
    assert (missing["all"], missing["across_k_lost"]) == (0, pytest.approx(0.7))
    some = validity.figures("silhouette", judged([np.nan, 0.9, 0.5], [0.3, 1.0, 0.6], [2, 3, 4]))
    assert some["all"] == pytest.approx(1)


def test_equal_clusterings_are_told_by_first_appearance():
    assert validity.first_seen(np.array([2, 2, 0, 1, 0])).tolist() == [0, 0, 1, 2, 1]
