import json
import os
import signal

import pytest

from benchmarks.measures.aims import verdicts
from benchmarks.measures.cases import CQM, MEASURES, Case, points
from benchmarks.measures.contest import QUIET, Contest, hopeless, seconds_of
from benchmarks.measures.machine import limit_seconds
from benchmarks.measures.page import write_page
from benchmarks.measures.results import read_results

MACHINE = {
    "measured": "2025-03-01", "processor": "a processor", "cores": 2, "memory_gib": 8.0, "blas": "a BLAS",
    "python": "3", "versions": {"numpy": "2"}, "float64_flops": 1e10, "float32_flops": 2e10, "roots": 1e9,
    "bytes_read": 1e10,
}  # fmt: skip
SHAPE = {"n": 20_000, "d": 32, "k": 10}


def entry(seconds, value, megabytes=10, others=0.0):
    return {"seconds": [seconds], "others": [others], "peak_bytes": int(megabytes * 1e6), "value": value}


def record(measure, entries):
    return {"measure": measure, **SHAPE, "machine": MACHINE, "entries": entries}


@pytest.fixture
def folder(tmp_path):
    """Silhouette 5 times as fast as scikit-learn, DBCV of a peer that gives another value, Dunn slower than a peer."""
    folder = tmp_path / "benchmarks"
    folder.mkdir()
    files = {
        "silhouette": {
            CQM: entry(1.0, 0.25),
            "scikit-learn": entry(5.0, 0.25, 200),
            "genieclust": {"note": "over 30 s"},
        },
        "dbcv": {CQM: entry(1.0, 0.5), "hdbscan": entry(9.0, 0.4, others=0.5)},
        "dunn": {CQM: entry(1.0, 0.5), "genieclust": entry(0.5, 0.5)},
    }
    for name, entries in files.items():
        smaller = {**record(name, entries), "n": 10_000, "machine": MACHINE | {"measured": "2025-02-28"}}
        (folder / f"{name}.json").write_text(json.dumps([smaller, record(name, entries)]))
    return folder


def test_page_says_what_the_results_say(folder):
    write_page(folder)
    text = (folder.parent / "benchmarks.md").read_text()
    assert "| silhouette | 20,000 | 32 | 1 s | scikit-learn | 5 s | 5× | 20× |" in text
    assert "| DBCV | 20,000 † | 32 | 1 s | hdbscan (another value) | 9 s | 9× | 1× |" in text
    assert "| DBCV | hdbscan | 2 of 2 | 0.5 | 0.4 |" in text
    assert "| over 30 s |" in text
    assert "2 of the 6 cases" in text
    assert "Measured 2025-02-28 to 2025-03-01" in text
    assert (folder / "time.png").exists()
    assert (folder / "memory.png").exists()


def test_aims_are_judged_by_the_results(folder):
    met = {verdict.aim: verdict.met for verdict in verdicts(read_results(folder))}
    assert met["silhouette 4× scikit-learn, n = 20,000, d = 32, k = 10"] is True
    assert met["dunn 8× the fastest peer, n = 20,000, d = 32, k = 10"] is False
    assert met["dunn 8× the fastest peer, n = 20,000, d = 256, k = 10"] is None


def test_limit_is_half_a_product_and_one_root_a_pair():
    product, roots = 20_000**2 * 32 / 1e10, 20_000**2 / 2 / 1e9
    assert limit_seconds(Case("silhouette", **SHAPE), MACHINE) == pytest.approx(product + roots)
    in_float32 = 20_000**2 * 32 / MACHINE["float32_flops"]
    assert limit_seconds(Case("dunn", **SHAPE), MACHINE) == pytest.approx(in_float32)
    assert limit_seconds(Case("dbcv", **SHAPE), MACHINE) is None


def test_rounds_that_others_disturb_do_not_count_beside_quiet_ones():
    rounds = {"seconds": [9.0, 1.0, 3.0], "others": [QUIET + 0.1, 0.0, QUIET]}
    assert seconds_of(rounds) == 2.0
    assert seconds_of({"seconds": [9.0, 1.0], "others": [1.0, 1.0]}) == 5.0


def test_a_program_whose_growth_passes_the_limit_is_not_tried():
    case = Case("silhouette", **SHAPE)
    assert hopeless(case, None) == ""
    assert hopeless(case, (2_000, entry(0.1, 0.0, 1))) == ""
    assert hopeless(case, (2_000, entry(1.0, 0.0, 1))).startswith("over")
    assert hopeless(case, (2_000, entry(0.1, 0.0, 10**6))) == "out of memory"
    assert hopeless(case, (2_000, {"note": "crashed"})) == "crashed"


def test_all_programs_of_a_measure_get_the_same_points():
    case = Case("calinski_harabasz", 60, 4, 3)
    (X, labels), (again, _) = points(case), points(case)
    assert (again == X).all()
    values = [program(X, labels) for program in MEASURES["calinski_harabasz"].programs.values()]
    assert values == pytest.approx([values[0]] * 4)


def test_contest_survives_a_program_that_dies():
    case = Case("relative_margin", 60, 4, 3)
    with Contest("relative_margin") as contest:
        first = contest.run(case, {})[CQM]
        os.kill(contest.running[CQM].process.pid, signal.SIGKILL)
        assert contest.run(case, {})[CQM]["note"] == "crashed"
        assert contest.run(case, {})[CQM]["value"] == first["value"]
    assert first["seconds"]
    assert first["peak_bytes"] >= 0
