"""How much nearer points are to their own representative than to the next."""

from sklearn.datasets import load_iris

import cqm

X, species = load_iris(return_X_y=True)
ax = cqm.plots.margin_distribution(X, species)
