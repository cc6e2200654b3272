"""Points and labels as they were read: without what is missing, and in a line that says what that was."""

from pathlib import Path
from typing import Any

from scipy.spatial.distance import squareform

from cqm.files import Data
from cqm.tabular import MISSING, to_number

__all__ = ["number_of_points", "shape", "summary", "without_missing"]


def number_of_points(data: Data, metric: str) -> int:
    """How many points rows of numbers, or distances, are of."""
    points = data.points
    if metric == "precomputed" and points.ndim == 1:
        return round((1 + (1 + 8 * len(points)) ** 0.5) / 2)
    return int(points.shape[0])


def shape(path: Path, data: Data, metric: str) -> str:
    """The name of a file, and what its points are."""
    what = f"{number_of_points(data, metric):,} points"
    if metric == "precomputed":
        what += ", their distances"
    elif data.points.ndim == 2:
        what += f" of {data.points.shape[1]:,} feature{'s' * (data.points.shape[1] != 1)}"
    return f"{path.name}: {', '.join([what, *data.read])}"


def summary(
    path: Path, data: Data, given: Data, kept: list[Any], noise: Any, noise_label: str | None, metric: str
) -> str:
    """One line that says what was read."""
    different = len(set(kept))
    extra = [] if given is data else [word for word in given.read if word not in data.read]
    labels = f"labels from {given.source} ({', '.join([f'{different:,} different', *extra])})"
    if noise_label is None:
        return f"{shape(path, data, metric)}; {labels}; no noise label"
    count = number_of_points(data, metric) - len(kept) + sum(label == noise for label in kept)
    if not count:
        known = ", ".join(str(label) for label in list(dict.fromkeys(kept))[:5])
        return f"{shape(path, data, metric)}; {labels}; no point has the noise label {noise_label} (labels: {known}, …)"
    points = "1 point is" if count == 1 else f"{count:,} points are"
    return f"{shape(path, data, metric)}; {labels}; {points} noise (label {noise_label})"


def without_missing(found: Data, given: Data, noise_label: str | None, metric: str) -> tuple[Any, list[Any], Any]:
    """Points and labels without rows whose label is missing, if that is the noise label, and the noise label itself."""
    points, labels = found.points, given.labels or []
    missing = [i for i, label in enumerate(labels) if label is None]
    if missing and noise_label in MISSING:
        if len(labels) != number_of_points(found, metric):
            raise ValueError(
                f"{given.source} has {len(labels)} labels, but there are {number_of_points(found, metric)} points"
            )
        kept = [i for i, label in enumerate(labels) if label is not None]
        if metric == "precomputed":
            points = (squareform(points) if points.ndim == 1 else points)[kept][:, kept]
        else:
            points = points[kept]
        return points, [labels[i] for i in kept], None
    if missing:
        shown = ", ".join(str(i + 1) for i in missing[:5])
        rows = "1 row" if len(missing) == 1 else f"{len(missing)} rows"
        raise ValueError(
            f"{given.source} has no label in {rows}, {shown}{', …' * (len(missing) > 5)}: fill them in, "
            "or leave such points out with --noise-label NA"
        )
    number = None if noise_label is None else to_number(noise_label)
    for label in dict.fromkeys(labels):
        same = str(label).strip() == noise_label
        if noise_label is not None and (same or (number is not None and to_number(label) == number)):
            return points, labels, label
    return points, labels, None
