"""The choice of the number of clusters."""

from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs

import cqm

X, _ = make_blobs(300, centers=4, cluster_std=0.8, random_state=3)
ax = cqm.plots.k_selection(cqm.select(X, KMeans(n_init=10, random_state=0), k=range(2, 9), measure="silhouette"))
