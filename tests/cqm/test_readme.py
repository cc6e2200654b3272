"""Each line under README's "Measuring" runs, on a third of iris."""

import re
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.distance import pdist, squareform
from sklearn.cluster import DBSCAN, AgglomerativeClustering, KMeans
from sklearn.datasets import load_iris
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import cqm

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
LINES = [
    line
    for block in re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
    if re.match(r"(\w+ = )?(cqm\.|GridSearchCV)", line)
]
X, SPECIES = (values[::3] for values in load_iris(return_X_y=True))
NAMES = {
    "cqm": cqm,
    **{each.__name__: each for each in (DBSCAN, KMeans, GridSearchCV, KFold, make_pipeline, StandardScaler)},
    "X": X,
    "D": squareform(pdist(X)),
    "labels": SPECIES,
    "counts": np.arange(len(X)) % 3 + 1,
    "memberships": GaussianMixture(3, random_state=0).fit(X).predict_proba(X),
    "a": SPECIES,
    "b": AgglomerativeClustering(3).fit_predict(X),
    "grid": {"n_clusters": [2, 3]},
}


@pytest.mark.parametrize("line", LINES)
def test_a_line_of_the_readme_runs(line):
    result = eval(line.removeprefix("report = "), dict(NAMES))
    assert result is not None
    if isinstance(result, GridSearchCV):
        assert result.fit(X).best_params_ in ({"n_clusters": 2}, {"n_clusters": 3})


def test_all_lines_are_found():
    assert len(LINES) > 10
