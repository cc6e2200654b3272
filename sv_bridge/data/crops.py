"""Where the crops of one utterance start."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["crop_starts", "wrapped"]


def crop_starts(
    frames: int, crop: int, views: int, rng: np.random.Generator, *, non_overlapping: bool = True
) -> NDArray[np.int64]:
    """Draw the (views,) first samples of crops of length `crop`, in random order.

    Non-overlapping crops are uniform over all ways to place them. An utterance too short for that gets crops with the
    least overlap: evenly spread from its beginning to its end. One shorter than a single crop is repeated (`wrapped`),
    and each crop starts anywhere in it. Independent crops (`non_overlapping=False`) are uniform, each by itself.

    >>> sorted(crop_starts(6, 4, 2, np.random.default_rng(0)).tolist())
    [0, 2]
    """
    if frames < crop:
        return rng.integers(frames, size=views)
    slack = frames - views * crop
    if not non_overlapping:
        return rng.integers(frames - crop + 1, size=views)
    if slack >= 0:
        # distinct sorted draws ↔ ways to put the views' gaps
        gaps = np.sort(rng.choice(slack + views, size=views, replace=False)) - np.arange(views)
        starts = gaps + crop * np.arange(views)
    else:
        starts = np.linspace(0, frames - crop, views).round().astype(np.int64)
    return rng.permutation(starts)


def wrapped(samples: NDArray[np.float32], start: int, frames: int) -> NDArray[np.float32]:
    """(frames,) samples from `start` on of the signal repeated without end."""
    return np.resize(np.roll(samples, -start), frames)
