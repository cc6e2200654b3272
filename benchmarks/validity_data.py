"""Labelled point sets of many kinds, and what eight clusterers make of them: what `benchmarks.validity` compares on."""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import AgglomerativeClustering, BisectingKMeans, KMeans, SpectralClustering
from sklearn.datasets import make_circles, make_moons
from sklearn.mixture import GaussianMixture

__all__ = ["CLUSTERERS", "KINDS", "LARGEST_K", "Candidate", "PointSet", "candidates", "point_sets"]

Points = NDArray[np.float64]
Labels = NDArray[np.intp]

POINTS = 150
LARGEST_K = 12
CLUSTERS, DIMENSIONS, OVERLAPS = (2, 4, 8), (2, 10), ("apart", "touching")
BALANCES = ("equal", "one large")
FORMS = ("round", "stretched")
KINDS = (*FORMS, "bent")


@dataclass(frozen=True)
class PointSet:
    """Points with their true clusters.

    Attributes
    ----------
    name : how it was made.
    kind : "round" or "stretched" Gaussian clusters, or "bent" ones.
    points : (n, d) points.
    truth : (n,) true clusters.
    """

    name: str
    kind: str
    points: Points
    truth: Labels

    @property
    def k(self) -> int:
        """Number of true clusters."""
        return int(self.truth.max()) + 1


@dataclass(frozen=True)
class Candidate:
    """A clustering to be judged.

    Attributes
    ----------
    clusterer : what made it.
    labels : (n,) clusters.
    """

    clusterer: str
    labels: Labels

    @property
    def k(self) -> int:
        """Number of clusters."""
        return len(np.unique(self.labels))


def point_sets() -> Iterator[PointSet]:
    """Gaussian clusters in every combination of the factors, every second one of them stretched, and bent ones."""
    factors = [list(enumerate(levels)) for levels in (CLUSTERS, DIMENSIONS, OVERLAPS, BALANCES)]
    for seed, levels in enumerate(product(*factors)):
        k, d, overlap, balance = (value for _, value in levels)
        form = FORMS[sum(place for place, _ in levels) % 2]
        rng = np.random.default_rng([2025, seed])
        truth = np.repeat(np.arange(k), sizes(k, balance))
        name = f"{k} {form} clusters in {d} dimensions, {overlap}, {balance}"
        yield PointSet(name, form, gaussians(rng, truth, d, 7.0 if overlap == "apart" else 3.5, form), truth)
    for seed, (noise, k) in enumerate(product((0.05, 0.1), (2, 3))):
        rng = np.random.default_rng([2026, seed])
        yield PointSet(f"{k} arcs, noise {noise}", "bent", *arcs(rng, k, noise))
        yield PointSet(f"{k} rings, noise {noise}", "bent", *rings(rng, k, noise))


def sizes(k: int, balance: str) -> list[int]:
    """How many points each cluster has: equal shares, or six tenths of all for the first."""
    first = POINTS // k if balance == "equal" else 6 * POINTS // 10
    rest = np.full(k - 1, (POINTS - first) // (k - 1))
    rest[: (POINTS - first) % (k - 1)] += 1
    return [first, *map(int, rest)]


def gaussians(rng: np.random.Generator, truth: Labels, d: int, gap: float, form: str) -> Points:
    """Gaussian clusters whose centres are at least `gap` root mean square deviations of a variable apart.

    Stretched clusters have a covariance of their own each, with standard deviations from 1/2 to 2.
    """
    k, side = int(truth.max()) + 1, gap
    while True:
        centres = rng.uniform(0, side, (k, d))
        distances = np.linalg.norm(centres[:, None] - centres[None], axis=2)[np.triu_indices(k, 1)]
        if distances.min() >= gap:
            break
        side *= 1.01
    noise = rng.normal(size=(len(truth), d))
    if form == "stretched":
        for i in range(k):
            turn, _ = np.linalg.qr(rng.normal(size=(d, d)))
            noise[truth == i] = noise[truth == i] * np.geomspace(0.5, 2, d) @ turn.T
    return centres[truth] + noise


def arcs(rng: np.random.Generator, k: int, noise: float) -> tuple[Points, Labels]:
    """Half circles, each reaching into the next."""
    points, truth = make_moons(POINTS, noise=noise, random_state=int(rng.integers(2**31)))
    rows, labels = [points], [truth]
    for pair in range(1, (k + 1) // 2):
        more, of = make_moons(POINTS, noise=noise, random_state=int(rng.integers(2**31)))
        rows.append(more + np.array([3.5 * pair, 0]))
        labels.append(of + 2 * pair)
    every, of_each = np.vstack(rows), np.concatenate(labels)
    kept = np.flatnonzero(of_each < k)
    kept = np.sort(rng.permutation(kept)[:POINTS])
    return every[kept], of_each[kept].astype(np.intp)


def rings(rng: np.random.Generator, k: int, noise: float) -> tuple[Points, Labels]:
    """Circles around each other."""
    outer = [
        (i + 1) * make_circles((0, POINTS), noise=0, factor=0.5, random_state=int(rng.integers(2**31)))[0] * 2
        for i in range(k)
    ]
    rows = [circle[: POINTS // k] + rng.normal(0, noise, (POINTS // k, 2)) for circle in outer]
    return np.vstack(rows), np.repeat(np.arange(k), POINTS // k)


CLUSTERERS: dict[str, Callable[[int], Any]] = {
    "k-means": lambda k: KMeans(k, n_init=4, random_state=0),
    "bisecting k-means": lambda k: BisectingKMeans(k, random_state=0),
    "Gaussian mixture": lambda k: GaussianMixture(k, reg_covar=1e-3, random_state=0),
    "spectral": lambda k: SpectralClustering(k, affinity="nearest_neighbors", random_state=0),
    "Ward": lambda k: AgglomerativeClustering(k),
    "average linkage": lambda k: AgglomerativeClustering(k, linkage="average"),
    "complete linkage": lambda k: AgglomerativeClustering(k, linkage="complete"),
    "single linkage": lambda k: AgglomerativeClustering(k, linkage="single"),
}
"""Name → clusterer for a number of clusters."""


def candidates(points: Points) -> list[Candidate]:
    """What each clusterer makes of the points for k = 2 … 12."""
    out = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # graphs in pieces, mixtures that have not converged
        for name, clusterer in CLUSTERERS.items():
            for k in range(2, LARGEST_K + 1):
                labels = np.unique(clusterer(k).fit_predict(points), return_inverse=True)[1].astype(np.intp)
                if len(np.unique(labels)) > 1:
                    out.append(Candidate(name, labels))
    return out
