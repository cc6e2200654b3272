"""Batches of an epoch: a permutation of the corpus, the same for any number of ranks, resumable at any step."""

from collections.abc import Iterator

import numpy as np
from torch.utils.data import Sampler

from sv_bridge.data.randomness import generator

__all__ = ["EpochSampler"]


class EpochSampler(Sampler[list[int]]):
    """Batch sampler: yields this rank's list of item indices for each step of the epoch.

    Step s of all ranks together is entries s·B·W to (s+1)·B·W of the epoch's permutation (batch size B, W ranks), rank
    after rank: W ranks with batches of B see the same global batches, in the same order, as one rank with B·W. No
    index comes twice in an epoch.

    Parameters
    ----------
    n : number of items.
    batch_size : items a step on this rank.
    seed : the permutation depends on (seed, epoch).
    rank, world_size : this process and the number of processes.
    drop_last : leave out the last, incomplete global batch. If kept, its items are shared out evenly over the ranks,
        and fewer than `world_size` of them are left out.

    Examples
    --------
    >>> sampler = EpochSampler(5, batch_size=2, seed=0)
    >>> [len(batch) for batch in sampler]
    [2, 2]
    """

    def __init__(
        self, n: int, *, batch_size: int, seed: int, rank: int = 0, world_size: int = 1, drop_last: bool = True
    ) -> None:
        if batch_size < 1 or not 0 <= rank < world_size:
            raise ValueError(
                f"wanted batch_size >= 1 and 0 <= rank < world_size, got {batch_size}, {rank}, {world_size}"
            )
        needed = batch_size * world_size if drop_last else world_size
        if n < needed:
            raise ValueError(f"{needed} items make the smallest step, but there are {n}: lower the batch size")
        self.n = n
        self.batch_size = batch_size
        self.seed = seed
        self.rank = rank
        self.world_size = world_size
        full, rest = divmod(n, batch_size * world_size)
        self.steps_per_epoch = full if drop_last or rest < world_size else full + 1
        self.epoch = self.start_step = 0

    def set_epoch(self, epoch: int, start_step: int = 0) -> None:
        """Yield the batches of this epoch, from `start_step` on (to resume in its middle)."""
        if not 0 <= start_step <= self.steps_per_epoch:
            raise ValueError(f"an epoch has {self.steps_per_epoch} steps, cannot start at {start_step}")
        self.epoch, self.start_step = epoch, start_step

    def __len__(self) -> int:
        """Count the batches that iterating yields: what is left of the epoch."""
        return self.steps_per_epoch - self.start_step

    def __iter__(self) -> Iterator[list[int]]:
        order = generator(self.seed, self.epoch, "order").permutation(self.n)
        for step in range(self.start_step, self.steps_per_epoch):
            step_items = order[step * self.batch_size * self.world_size :][: self.batch_size * self.world_size]
            share = len(step_items) // self.world_size
            yield np.asarray(step_items[self.rank * share : (self.rank + 1) * share]).tolist()
