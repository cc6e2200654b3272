"""What users write in their own suites runs as the pages say: the how-to, the README, and the strategies alone."""

import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import find, given
from hypothesis import strategies as st

import cqm
from cqm import axioms
from cqm.axioms import changes
from cqm.axioms import strategies as some
from cqm.axioms.domains import METRICS

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


@given(some.distance_matrices(n=(3, 6)), some.metrics(5), some.distance_matrices(4, domain="pseudodistances"))
def test_matrices_are_what_they_are_called(D, M, P):
    for matrix in (D, M, P):
        assert (matrix == matrix.T).all()
        assert not matrix.diagonal().any()
    assert (D + np.eye(len(D)) > 0).all()
    assert (M[:, None, :] <= M[:, :, None] + M[None, :, :]).all()


@given(some.point_sets(n=(4, 6), d=2), some.clusterings(sizes=(1, 2, 3)), some.clusterings(7, k=3), some.clusterings())
def test_points_and_labels_are_what_they_are_called(X, sized, three, labels):
    assert len({tuple(row) for row in X}) == len(X) in (4, 5, 6)
    assert sorted(np.bincount(sized)) == [1, 2, 3]
    assert len(three) == 7
    assert len(set(three)) == 3
    assert 1 < len(set(labels)) < len(labels)
    assert list(dict.fromkeys(labels)) == sorted(set(labels))


@given(some.before_and_after(some.instances("metrics"), some.consistent, domain="metrics"))
def test_consistent_changes_of_metrics_are_consistent_and_metrics(change):
    before, after = change
    assert changes.is_consistent_change(METRICS, before.rows, after.rows, before.labels)
    assert METRICS.contains(after.rows)


@given(some.before_and_after(some.instances("euclidean"), some.consistent, inner=False))
def test_outer_changes_of_points_leave_the_clusters_as_they_are(change):
    before, _ = change
    same = np.equal.outer(before.y, before.y)
    old, new = (np.linalg.norm(case.X[:, None] - case.X, axis=2) for case in change)
    np.testing.assert_allclose(new[same], old[same], rtol=1e-9, atol=1e-12)
    assert (new[~same] >= old[~same] - 1e-9 * (1 + old[~same])).all()


@given(some.instances(n=(3, 6)).flatmap(lambda case: st.tuples(*(st.just(case), *others(case)))))
def test_other_changes_do_what_they_say(cases):
    case, unit, order, names, copies = cases
    entries = [zip(*rows, strict=True) for rows in zip(case.rows, unit.rows, strict=True)]
    factors = {Fraction(after, before) for row in entries for before, after in row if before}
    assert len(factors) == 1
    value = cqm.dunn(case.X, case.y, metric="precomputed")
    for other in (unit, order, names, copies):
        assert cqm.dunn(other.X, other.y, metric="precomputed") == pytest.approx(value)
    assert copies.n in (2 * case.n, 3 * case.n)


def others(case):
    return some.scaled(case), some.isomorphic(case), some.relabelled(case), some.duplicated(case)


@given(
    some.instances(sizes=(2, 2, 3)).flatmap(lambda case: st.tuples(st.just(case), some.finer(case), some.coarser(case)))
)
def test_finer_and_coarser(cases):
    middle, fine, coarse = cases
    assert len(set(fine.labels)) > len(set(middle.labels)) > len(set(coarse.labels)) > 1
    assert len(set(zip(fine.labels, middle.labels, strict=True))) == len(set(fine.labels))
    assert len(set(zip(middle.labels, coarse.labels, strict=True))) == len(set(middle.labels))


def test_cases_shrink_and_print_as_code():
    smallest = find(some.instances(n=(3, 8)), lambda case: case.X.max() >= 3)
    assert smallest.n == 3
    assert sorted({value for row in smallest.rows for value in row}) == [0, 1, 3]
    assert eval(repr(smallest), {"Instance": axioms.Instance}) == smallest
    assert (
        find(some.distance_matrices(), lambda D: len(set(D.ravel())) < len(D)).max() == 1
    )  # ties are what is simplest


@given(some.trials("consistency", "metrics", n=4))
def test_trials_are_the_axioms_cases(trial):
    values = [cqm.weakest_link(frame.X, frame.y, metric="precomputed") for frame in trial.frames]
    assert axioms.consistency.judge(values, "lower") <= 0


def test_richness_has_no_cases():
    with pytest.raises(ValueError, match="richness has no cases, as it is about all distances at once"):
        some.trials("richness")


def shifted(case, draw):
    """Every point moves by the same amount."""
    x, y = draw(-9, 9), draw(-9, 9)
    return axioms.Instance(case.kind, tuple((row[0] + x, row[1] + y, *row[2:]) for row in case.rows), case.labels)


TRANSLATION = axioms.Axiom(
    "translation_invariance",
    "moving all points alike changes nothing",
    "m(C, X + t) = m(C, X)",
    recipe=axioms.recipe(shifted),
    judge=axioms.changed,
)


def test_an_axiom_of_ones_own_is_judged_with_witnesses_that_replay():
    def from_the_origin(X, labels):
        return float(np.linalg.norm(X, axis=1).sum())

    verdict = axioms.check(from_the_origin, TRANSLATION, better="lower", budget=FEW)
    assert verdict.holds is False
    assert "moving all points alike changes nothing; here it is not so" in str(verdict)
    assert "3 points; every point moves by the same amount" in str(verdict)
    assert verdict.witness.replay()
    again = axioms.Witness.from_json(verdict.witness.to_json(), axiom=TRANSLATION)
    assert again == verdict.witness
    assert again.replay(from_the_origin)
    assert not again.replay(lambda X, labels: 1.0)
    both = axioms.check("trace_w", [TRANSLATION, "non_negativity"], budget=FEW)
    assert [verdict.holds for verdict in both] == [True, True]
    assert "translation_invariance" in repr(both)
    assert "moving all points alike" in both._repr_html_()


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
