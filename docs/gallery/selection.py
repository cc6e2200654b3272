"""The choice of the number of clusters by several measures."""

from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs

import cqm

X, _ = make_blobs(300, centers=4, cluster_std=0.8, random_state=3)
measures = ["silhouette", "davies_bouldin", "dunn", "trace_w", "krzanowski_lai", "gamma"]
selection = cqm.select(X, KMeans(n_init=10, random_state=0), k=range(1, 9), measures=measures)
ax = cqm.plots.selection(selection)[0, 0]
