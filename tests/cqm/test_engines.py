"""Every measure on every kind of array, what passes it takes, and what it takes to add a kind."""

import sys
from collections import Counter

import array_api_compat
import array_api_strict
import numpy as np
import pytest
import torch

import cqm
from cqm.arrays import engine, foreign
from cqm.arrays.device import pairs, space
from cqm.arrays.host.engine import Host
from cqm.arrays.intake import validate
from tests.cqm import toy_engine
from tests.cqm.kinds import LABELS, POINTS, chunked, kinds, out_of_sight, strict  # noqa: F401


@pytest.fixture
def small_tiles(monkeypatch):
    """Blocks of rows that straddle clusters, many of them."""
    monkeypatch.setattr(space, "TILE_ROWS", 16)
    monkeypatch.setattr(space, "ENTRIES", 1000)
    monkeypatch.setattr(space, "VISITED_ROWS", 16)
    monkeypatch.setattr(pairs, "WAVE", 3)


def evaluated(X, **options):
    return cqm.evaluate(X, LABELS, measures="all", **options)


CASES = [
    ("euclidean", np.float64, 1e-9),
    ("cosine", np.float64, 1e-9),
    ("euclidean", np.float32, 1e-4),
    ("cosine", np.float32, 1e-4),
    ("manhattan", np.float64, 1e-9),
]


@pytest.mark.usefixtures("out_of_sight", "small_tiles")
@kinds
@pytest.mark.parametrize(
    ("metric", "dtype", "tolerance"), CASES, ids=["{}-{.__name__}".format(*case) for case in CASES]
)
def test_every_measure_has_the_same_value(elsewhere, metric, dtype, tolerance):
    X = POINTS.astype(dtype)
    got, expected = evaluated(elsewhere(X), metric=metric), evaluated(X, metric=metric)
    name = {chunked: "dask"}.get(elsewhere, "device")
    assert set(got.values) == {name_ for name_ in expected.values if name in cqm.catalog[name_].engines}
    wanted = {name: expected[name] for name in got.values}
    assert got.values == pytest.approx(wanted, rel=tolerance, nan_ok=True)


def test_the_catalogue_names_engines_that_exist():
    assert {name for measure in cqm.catalog.values() for name in measure.engines} == set(engine.engines())


@pytest.mark.usefixtures("out_of_sight")
@kinds
def test_noise_and_labels_of_any_kind(elsewhere):
    labels = elsewhere(LABELS) if elsewhere is not chunked else LABELS
    got, expected = (evaluated(X, noise_label=4) for X in (elsewhere(POINTS), POINTS))
    assert got.values == pytest.approx(dict(expected.values), rel=1e-9, nan_ok=True)
    assert cqm.dunn(POINTS, labels) == cqm.dunn(POINTS, LABELS)


def test_arrays_in_the_processors_memory_are_measured_where_they_are():
    X = torch.asarray(POINTS.astype(np.float32))
    points = validate(X, LABELS).points
    assert isinstance(points, Host)
    view = foreign.view(X)
    assert np.shares_memory(view, foreign.view(X))
    if view.flags.writeable:  # else the copy in cluster order is made at once
        assert np.shares_memory(points.given, view)
    assert type(cqm.sample_silhouette(X, LABELS)) is type(X)


def test_arrays_out_of_sight_are_not():
    assert not isinstance(validate(strict(POINTS), LABELS).points, Host)


# --- passes


def passes_of(monkeypatch, run):
    """Passes over all pairs of all points, by name and what they ask for."""
    made = Counter()

    def counting(name, function):
        def counted(self, *arguments, **options):
            some = any(isinstance(argument, np.ndarray) for argument in arguments)  # clusters, not all pairs
            if self.n == len(POINTS) and not some:
                made[name, tuple(getattr(argument, "__qualname__", argument) for argument in arguments)] += 1
            return function(self, *arguments, **options)

        return counted

    for name in ("per_pair", "per_point", "nearest_across", "longest_steps", "fold", "fold_points"):
        monkeypatch.setattr(Host, name, counting(name, getattr(Host, name)))
    run()
    return made


ANYTHING = {"min_clusters": 1, "allow_singletons_only": True}
PAIRS = [
    name
    for name, measure in cqm.catalog.items()
    if measure.cost in ("n2", "sums", "n2_apart") and name != "dcsi"  # whose passes are over the cores alone
]


def test_measures_of_one_evaluation_share_their_passes(monkeypatch):
    made = passes_of(monkeypatch, lambda: cqm.evaluate(POINTS, LABELS, measures=PAIRS))
    assert max(made.values()) == 1
    # sums, minima and maxima of pairs of clusters, the two of them that Dunn wants, sums and minima of points, the
    # nearest across and the longest steps, moments, neighbours and powers, sums to each cluster and the nearest of
    # another one
    assert len(made) == 13


def test_an_evaluation_makes_one_clustering(monkeypatch):
    arranged = []
    arrange = Host.arrange.__func__
    monkeypatch.setattr(
        Host, "arrange", classmethod(lambda cls, *arguments: arranged.append(1) or arrange(cls, *arguments))
    )
    cqm.evaluate(POINTS, LABELS, measures="all")
    assert len(arranged) == 1


@pytest.mark.parametrize("labels", [np.zeros(70), np.arange(70)], ids=["one cluster", "singletons"])
@pytest.mark.parametrize("name", cqm.catalog)
def test_core_and_public_function_refuse_the_same_clusterings(name, labels):
    said = []
    for compute in (cqm.catalog[name].function, lambda X, y: cqm.catalog[name].of(validate(X, y, **ANYTHING))):
        try:
            said.append(compute(POINTS, labels))
        except ValueError as error:
            said.append(str(error))
    assert said[0] == said[1]


# --- a kind of array that cqm does not know


@pytest.fixture
def toy(monkeypatch):
    monkeypatch.setattr(engine, "_kinds", list(engine._kinds))
    toy_engine.introduce()


@pytest.mark.usefixtures("toy")
def test_a_new_kind_of_array_takes_one_file():
    got, expected = evaluated(toy_engine.Table(POINTS.tolist())), evaluated(POINTS)
    assert got.values == pytest.approx(dict(expected.values), rel=1e-9, nan_ok=True)
    with pytest.raises(TypeError, match="tables hold vectors"):
        cqm.dunn(toy_engine.Table(POINTS.tolist()), LABELS, metric="precomputed")


# --- what a device is asked for


class Counted:
    """A namespace that counts what is called in it."""

    def __init__(self, namespace, calls):
        self._namespace, self._calls = namespace, calls

    def __getattr__(self, name):
        found = getattr(self._namespace, name)
        if not callable(found) or isinstance(found, type):
            return found

        def call(*arguments, **options):
            self._calls[name] += 1
            return found(*arguments, **options)

        return call


BOOLEANS = array_api_strict.bool


def asked_for(monkeypatch, measure, k, rows=64):
    """Calls of the library, and times it is waited for, of a measure of 256 points in k clusters, in tiles of rows.

    It is waited for where arrays come or go, and where the size of one depends on values.
    """
    calls, waits = Counter(), []
    counted = Counted(array_api_strict, calls)
    host, item, namespace = foreign.on_host, type(strict(POINTS)).__getitem__, array_api_compat.array_namespace

    def on_host(array):
        waits.append("on_host") if not isinstance(array, np.ndarray) else None
        return host(array)

    def waiting(convert):
        return lambda array: waits.append("number") or convert(array)

    def getitem(array, key):
        waits.append("choice") if getattr(key, "dtype", None) == BOOLEANS else None
        return item(array, key)

    def namespace_of(*arrays):
        return namespace(*arrays) if isinstance(arrays[0], np.ndarray) else counted

    with monkeypatch.context() as patch:
        patch.setattr(space, "TILE_ROWS", rows)
        patch.setattr(space, "VISITED_ROWS", rows)
        patch.setattr(space.Space, "xp", property(lambda self: counted))
        patch.setattr(type(strict(POINTS)), "__getitem__", getitem)
        for name in ("__bool__", "__int__", "__float__"):
            patch.setattr(type(strict(POINTS)), name, waiting(getattr(type(strict(POINTS)), name)))
        for name, module in list(sys.modules.items()):
            if name.startswith(("cqm.arrays.device.", "cqm.geometry.", "cqm.measures.")):
                for own, ours in (("on_host", on_host), ("array_namespace", namespace_of)):
                    if hasattr(module, own):
                        patch.setattr(module, own, ours)
        rng = np.random.default_rng(0)
        labels = np.sort(np.arange(256) % k)
        X = rng.normal(size=(k, 20))[labels] * 3 + rng.normal(size=(256, 20))
        measure(strict(X), labels)
    return sum(calls.values()), len(waits) + calls["asarray"] + calls["nonzero"]


# Values of each two clusters alone, and searches that look at one set of representatives after the other.
PAIR_BY_PAIR = {name for name in cqm.catalog if name.startswith("adjusted_") or "margin_pairs_" in name}
SEARCHES = {name for name in cqm.catalog if "_margin" in name} - PAIR_BY_PAIR
ON_A_DEVICE = [
    name
    for name, measure in cqm.catalog.items()
    if "device" in measure.engines and not name.startswith("generalized_dunn_")  # of what Dunn and others are made of
]


@pytest.mark.parametrize("name", sorted(set(ON_A_DEVICE) - PAIR_BY_PAIR - SEARCHES))
def test_a_device_is_asked_no_more_often_for_more_clusters(name, monkeypatch):
    few, many = (asked_for(monkeypatch, cqm.catalog[name].function, k) for k in (8, 64))
    assert many[0] <= few[0] * 1.25  # small clusters are gathered in a level less or more
    assert many[1] <= few[1] + 4  # what each block knows of its clusters


@pytest.mark.parametrize("name", ["silhouette", "dunn", "mcclain_rao", "point_biserial", "connectivity"])
def test_a_device_is_not_waited_for_in_every_tile(name, monkeypatch):
    (_, few), (_, many) = (asked_for(monkeypatch, getattr(cqm, name), 8, rows) for rows in (64, 32))
    assert many - few < 36 - 10  # tiles
