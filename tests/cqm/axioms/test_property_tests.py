"""What users write in their own suites runs as the pages say: the how-to, the README, and functions of every kind."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from sklearn.cluster import AgglomerativeClustering

import cqm
from cqm import axioms

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/how-to/property-tests.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
MINE = """
def my_measure(D, labels):
    return D[labels[:, None] != labels[None, :]].min()
"""
FEW = axioms.Budget(cases=60, largest=4, seconds=600)


def test_the_pages_suites_run_axiom_by_axiom(tmp_path):
    for name, code in re.findall(r"```python title=\"(.*?)\"\n(.*?)```", PAGE, re.DOTALL):
        (tmp_path / name).write_text(code)
    (snippet,) = (code for code in re.findall(r"```python\n(.*?)```", README, re.DOTALL) if "parametrize" in code)
    (tmp_path / "my_package.py").write_text(MINE)
    quick = 'better="higher", budget=axioms.Budget(cases=60, largest=4), axiom=["scale_invariance", "consistency"]'
    assert 'better="higher"' in snippet
    (tmp_path / "test_readme.py").write_text(snippet.replace('better="higher"', quick))
    options = ["-p", "no:cacheprovider", "-rA", "--color=no", str(tmp_path)]
    run = subprocess.run([sys.executable, "-m", "pytest", *options], cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 1, run.stdout + run.stderr
    assert "1 failed, 9 passed" in run.stdout, run.stdout
    for test in ("test_axioms[richness]", "test_an_axiom_of_my_own[proportionality]", "test_it_is_positive"):
        assert f"PASSED test_contrast.py::{test}" in run.stdout
    assert "PASSED test_readme.py::test_axioms[consistency]" in run.stdout
    assert "FAILED test_readme.py::test_axioms[scale_invariance]" in run.stdout
    assert "unit in which distances are given" in run.stdout
    assert "checker.py" not in run.stdout  # the message alone, no traceback into the checker


def of_points(X, labels):
    assert X.shape[1] in (2, 3)
    return 1.0


def of_distances(D, labels):
    assert (D.diagonal() == 0).all()
    return 1.0


def by_metric(X, labels, *, metric="euclidean"):
    assert metric == "precomputed"
    return 1.0


def scorer(estimator, X, y=None):
    assert (estimator.predict(X) == estimator.fit_predict(X)).all()
    return float(len(set(estimator.labels_)))


class Index:
    def __call__(self, D, labels):
        return 1.0

    def __eq__(self, other):  # which makes it unhashable
        return True


@pytest.mark.parametrize("measure", [of_points, of_distances, by_metric, scorer, cqm.scorer("dunn"), Index()])
def test_functions_get_what_their_parameters_say(measure):
    verdict = axioms.check(measure, "scale_invariance", better="higher", budget=FEW)
    assert verdict.holds, str(verdict)
    assert verdict.domain == ("distances" if measure in (of_distances, by_metric) else verdict.domain)


def test_a_scorer_that_wants_the_truth_is_refused():
    from sklearn.metrics import get_scorer

    with pytest.raises(ValueError, match="compares labels with given ones"):
        axioms.check(get_scorer("adjusted_rand_score"))


def told(D, k):
    return [min(x, k - 1) for x in range(len(D))]


def by_coordinates(X):
    assert X.shape[1] in (2, 3)
    return (X[:, 0] > X[:, 0].mean()).astype(int)


@pytest.mark.parametrize(
    ("judged", "richness"),
    [(AgglomerativeClustering(2), "richness"), (by_coordinates, "richness"), (told, "k_richness")],
)
def test_clustering_functions_are_parametrized_by_kleinbergs_axioms(judged, richness):
    _, tests = axioms.parametrize(judged, budget=FEW).args
    assert [test.id for test in tests] == [f"function_{name}" for name in ("scale_invariance", richness, "consistency")]
    (check,) = tests[0].values
    assert check().axiom == "function_scale_invariance"
    (one,) = axioms.parametrize(judged, axiom="outer_consistency").args[1]
    assert one.id == "function_outer_consistency"


def test_a_function_of_data_alone_is_a_measure_where_its_values_have_a_direction():
    def mean(D):
        return D.mean()

    assert axioms.check(mean, "scale_invariance", budget=FEW).axiom == "function_scale_invariance"
    assert "takes 1 positional argument" in str(axioms.check(mean, "scale_invariance", better="lower", budget=FEW))
