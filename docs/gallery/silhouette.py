"""Silhouette of every point, cluster by cluster."""

from sklearn.datasets import load_iris

import cqm

X, species = load_iris(return_X_y=True, as_frame=True)
ax = cqm.plots.silhouette(X, species.map({0: "setosa", 1: "versicolor", 2: "virginica"}))
