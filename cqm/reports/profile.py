"""How compact and how separate each single cluster is."""

import csv
from collections.abc import Hashable
from dataclasses import dataclass
from io import StringIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cqm.arrays.intake import validate
from cqm.arrays.metrics import Metric
from cqm.geometry.reductions import gaps_and_diameters, pair_sums
from cqm.geometry.trees import longest_steps
from cqm.measures.arithmetic import ratio
from cqm.measures.silhouette import cluster_silhouettes_of
from cqm.tables import html_table, number, text_table

__all__ = ["ClusterProfiles", "profile_clusters"]

HEADER = ("cluster", "size", "mean distance", "diameter", "widest step", "separation", "nearest cluster", "silhouette")


@dataclass(frozen=True, slots=True, eq=False)
class ClusterProfiles:
    """One row a cluster; every array has shape (k,).

    Attributes
    ----------
    labels : label of each cluster.
    sizes : number of points.
    mean_distances : mean distance between two of its points; NaN for a singleton.
    diameters : largest distance between two of its points; 0 for a singleton.
    widest_steps : longest edge of its minimum spanning tree; 0 for a singleton.
    separations : distance from its nearest point to another cluster.
    nearest : label of that other cluster.
    silhouettes : mean silhouette of its points; 0 for a singleton. The mean of these is :func:`cqm.macro_silhouette`.
    """

    labels: tuple[Hashable, ...]
    sizes: NDArray[np.intp]
    mean_distances: NDArray[np.float64]
    diameters: NDArray[np.float64]
    widest_steps: NDArray[np.float64]
    separations: NDArray[np.float64]
    nearest: tuple[Hashable, ...]
    silhouettes: NDArray[np.float64]

    def _rows(self) -> list[tuple[str, ...]]:
        columns = (self.mean_distances, self.diameters, self.widest_steps, self.separations)
        return [
            (
                *(str(label), str(self.sizes[i]), *(number(column[i]) for column in columns)),
                *(str(self.nearest[i]), number(self.silhouettes[i])),
            )
            for i, label in enumerate(self.labels)
        ]

    def to_csv(self) -> str:
        """The table as comma-separated text."""
        out = StringIO()
        csv.writer(out, lineterminator="\n").writerows([HEADER, *self._rows()])
        return out.getvalue()

    def __str__(self) -> str:
        return text_table(f"{len(self.labels)} clusters", HEADER, self._rows())

    def _repr_html_(self) -> str:
        return html_table(f"{len(self.labels)} clusters", HEADER, self._rows())


def profile_clusters(
    X: Any, labels: Any, *, metric: Metric = "euclidean", noise_label: Hashable | None = None, sample_weight: Any = None
) -> ClusterProfiles:
    """Size, compactness and separation of each cluster, in O(n²) time.

    Parameters and errors are those of :func:`cqm.weakest_link`; weights are whole numbers.

    Examples
    --------
    >>> import cqm
    >>> profiles = cqm.profile_clusters([[0.0], [1.0], [3.0], [11.0], [13.0]], ["a", "a", "a", "b", "b"])
    >>> profiles.diameters.tolist(), profiles.widest_steps.tolist(), profiles.separations.tolist()
    ([3.0, 2.0], [2.0, 2.0], [8.0, 8.0])
    """
    clustering = validate(X, labels, metric=metric, noise_label=noise_label, sample_weight=sample_weight)
    sizes = clustering.sizes
    gaps, diameters = gaps_and_diameters(clustering)
    neighbours = gaps.argmin(axis=1)
    return ClusterProfiles(
        labels=clustering.classes,
        sizes=sizes,
        mean_distances=ratio(np.diagonal(pair_sums(clustering)), sizes * (sizes - 1) / 2),
        diameters=diameters,
        widest_steps=longest_steps(clustering),
        separations=gaps[np.arange(clustering.k), neighbours],
        nearest=tuple(clustering.classes[i] for i in neighbours),
        silhouettes=cluster_silhouettes_of(clustering),
    )
