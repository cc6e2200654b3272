"""Compactness and separation of single clusters."""

from sklearn.datasets import load_wine
from sklearn.preprocessing import scale

import cqm

X, cultivars = load_wine(return_X_y=True)
ax = cqm.plots.cluster_compactness(scale(X), cultivars)
