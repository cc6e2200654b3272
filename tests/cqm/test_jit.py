"""What is compiled, when, and where the result is kept."""

import math
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

import cqm
from cqm.arrays.host import jit
from cqm.arrays.host.jit import kernel
from cqm.warmup import warm_up

POINTS = np.random.default_rng(0).normal(size=(18, 3)) + 4 * (np.arange(18) % 3)[:, None]
LABELS = np.arange(18) % 3


def kernels():
    """Every kernel of the package that is loaded."""
    cqm.evaluate(POINTS, LABELS, measures="all")
    modules = [module for name, module in sys.modules.items() if name.startswith("cqm.")]
    return {value for module in modules for value in vars(module).values() if isinstance(value, kernel)}


@pytest.fixture
def patient(monkeypatch):
    """Every kernel runs as plain Python, however long it takes, and none is looked for on disk."""
    monkeypatch.setattr(jit, "SMALL", 2**40)
    monkeypatch.setattr(jit, "PATIENCE_SECONDS", math.inf)
    for one in kernels():
        monkeypatch.setattr(one, "_ready", False)
        monkeypatch.setattr(one, "_sought", True)


@pytest.mark.parametrize("metric", ["euclidean", "cosine", "chebyshev"])
def test_plain_python_gives_the_same_bits(metric, request):
    compiled = cqm.evaluate(POINTS, LABELS, metric=metric, measures="all").values
    request.getfixturevalue("patient")
    interpreted = cqm.evaluate(POINTS, LABELS, metric=metric, measures="all").values
    assert len(interpreted) > 30
    assert {name: float(value).hex() for name, value in interpreted.items()} == {
        name: float(value).hex() for name, value in compiled.items()
    }


def add_up(values):
    total = 0.0
    for value in values:
        total += value
    return total


def is_compiled(one):
    return len(one.compiled.signatures) > 0


def test_small_arrays_do_not_wait_for_a_compiler(monkeypatch):
    monkeypatch.setattr(jit, "SMALL", 10)
    monkeypatch.setattr(jit, "PATIENCE_SECONDS", math.inf)
    summed = kernel(add_up)
    summed.compiled._cache.flush()
    assert summed(np.ones(10)) == 10
    assert not is_compiled(summed)
    assert summed(np.ones(11)) == 11
    assert is_compiled(summed)


def test_what_has_run_for_long_is_compiled(monkeypatch):
    monkeypatch.setattr(jit, "SMALL", 10)
    monkeypatch.setattr(jit, "PATIENCE_SECONDS", 0.0)
    summed = kernel(add_up)
    summed.compiled._cache.flush()
    assert [summed(np.ones(10)), is_compiled(summed)] == [10, False]
    assert [summed(np.ones(10)), is_compiled(summed)] == [10, True]


def test_what_was_compiled_before_is_found_again(monkeypatch):
    monkeypatch.setattr(jit, "SMALL", -1)
    kernel(add_up)(np.ones(3))
    monkeypatch.setattr(jit, "SMALL", 10)
    again = kernel(add_up)
    assert again(np.ones(3)) == 3
    assert is_compiled(again)
    assert sum(again.compiled.stats.cache_hits.values()) == 1


def test_division_by_zero_is_infinite_in_plain_python_too(monkeypatch):
    def quotient(a, b):
        return a[0] / b[0]

    monkeypatch.setattr(jit, "SMALL", 10)
    assert kernel(quotient)(np.ones(1), np.zeros(1)) == math.inf


def test_an_error_leaves_the_next_call_as_it_would_be(monkeypatch):
    def fail(a):
        if a[0] > 0:
            raise ValueError("positive")
        return a[0] / 0.5

    monkeypatch.setattr(jit, "SMALL", 10)
    failing = kernel(fail)
    for _ in range(2):
        with pytest.raises(ValueError, match="positive"):
            failing(np.ones(1))
    assert failing(np.zeros(1)) == 0


def test_without_a_folder_for_it_nothing_is_kept(capsys, monkeypatch):
    """As where neither the installation nor the user's cache can be written: numba finds no file of this function."""
    monkeypatch.setattr(jit, "SMALL", -1)
    namespace = {}
    exec(compile("def double(a):\n    return 2 * a[0]\n", "<nowhere>", "exec"), namespace)
    jit._say.cache_clear()
    assert kernel(namespace["double"])(np.ones(1)) == 2
    assert "set NUMBA_CACHE_DIR to a folder that can be written" in capsys.readouterr().err


def test_a_compilation_is_announced_once(capsys, monkeypatch):
    monkeypatch.setattr(jit, "SMALL", -1)
    jit._say.cache_clear()
    for _ in range(2):
        summed = kernel(add_up)
        monkeypatch.setattr(add_up, "__module__", "cqm.add_up")
        summed.compiled._cache.flush()
        summed(np.ones(3))
    assert capsys.readouterr().err.splitlines() == [jit.ANNOUNCEMENT]


def test_a_change_in_any_compiled_file_makes_all_stale(tmp_path, monkeypatch):
    package = tmp_path / "cqm"
    shutil.copytree(jit.PACKAGE / "arrays", package / "arrays")
    shutil.copytree(jit.PACKAGE / "geometry", package / "geometry")
    monkeypatch.setattr(jit, "PACKAGE", package)

    def stamp_with(path: Path, text: str) -> str:
        path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
        jit._stamp.cache_clear()
        return jit._stamp()

    ranks, pairs = package / "geometry/ranks.py", package / "arrays/host/pairs.py"
    before = stamp_with(ranks, "")
    assert stamp_with(pairs, "# no kernels here\n") == before
    assert stamp_with(ranks, "# another kernel\n") != before
    monkeypatch.undo()
    jit._stamp.cache_clear()
    assert kernel(add_up).compiled._cache._cache_file._source_stamp[1] == jit._stamp()


def test_warming_up_leaves_nothing_to_compile(capsys):
    warm_up()
    every = kernels()
    known = {one: set(one.compiled.signatures) for one in every}
    for metric in ("euclidean", "cosine", "manhattan", "minkowski"):
        for dtype in (np.float32, np.float64):
            cqm.evaluate(POINTS.astype(dtype) + 9, LABELS, metric=metric, noise_label=2, measures="all")
    assert {one: set(one.compiled.signatures) for one in every} == known
