"""Which measures rank clusterings alike."""

from sklearn.cluster import KMeans
from sklearn.datasets import load_wine
from sklearn.preprocessing import scale

import cqm

X = scale(load_wine().data)
ax = cqm.plots.measure_similarity(
    cqm.compare(X, {f"k = {k}": KMeans(k, n_init=10, random_state=0).fit_predict(X) for k in range(2, 8)})
)
