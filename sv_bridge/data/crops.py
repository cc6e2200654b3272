"""Where the crops of one utterance start."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["crop_starts", "wrapped"]


def crop_starts(
    frames: int, lengths: Sequence[int], rng: np.random.Generator, *, non_overlapping: bool = True
) -> NDArray[np.int64]:
    """Draw the (views,) first samples of crops of these lengths, which come in random order.

    Non-overlapping crops are uniform over all ways to place them. An utterance too short for that gets crops with the
    least overlap: evenly spread from its beginning to its end. One shorter than a crop is repeated (`wrapped`), and the
    crop starts anywhere in it. Independent crops (`non_overlapping=False`) are uniform, each by itself.

    >>> sorted(crop_starts(6, (4, 4), np.random.default_rng(0)).tolist())
    [0, 2]
    """
    sizes = np.asarray(lengths)
    views, slack = len(sizes), frames - int(sizes.sum())
    room = frames - sizes  # the last start of each crop; negative where it has to wrap
    if not non_overlapping or frames < sizes.max():
        return rng.integers(np.where(room < 0, frames, room + 1))
    order = rng.permutation(views)
    if slack >= 0:
        # distinct sorted draws ↔ ways to put the views' gaps
        gaps = np.sort(rng.choice(slack + views, size=views, replace=False)) - np.arange(views)
        placed = gaps + np.cumsum(sizes[order]) - sizes[order]
    else:
        placed = (np.linspace(0, 1, views) * room[order]).round().astype(np.int64)
    starts = np.empty(views, dtype=np.int64)
    starts[order] = placed
    return starts


def wrapped(samples: NDArray[np.float32], start: int, frames: int) -> NDArray[np.float32]:
    """(frames,) samples from `start` on of the signal repeated without end."""
    return np.resize(np.roll(samples, -start), frames)
