from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sv_bridge.data.sampler import EpochSampler


def batches(n, epoch=0, start_step=0, **options):
    sampler = EpochSampler(n, seed=7, **options)
    sampler.set_epoch(epoch, start_step)
    got = list(sampler)
    assert len(got) == len(sampler)
    return got


@given(st.integers(12, 60), st.integers(1, 4), st.integers(1, 3))
def test_ranks_together_are_one_rank_with_their_batches_joined(n, batch_size, world_size):
    ranks = [batches(n, batch_size=batch_size, rank=r, world_size=world_size) for r in range(world_size)]
    joined = [list(chain(*step)) for step in zip(*ranks, strict=True)]
    assert joined == batches(n, batch_size=batch_size * world_size)


@given(st.integers(15, 60), st.integers(1, 5), st.integers(1, 3), st.booleans())
def test_no_item_comes_twice_and_few_are_left_out(n, batch_size, world_size, drop_last):
    seen = list(
        chain.from_iterable(
            chain(*batches(n, batch_size=batch_size, rank=r, world_size=world_size, drop_last=drop_last))
            for r in range(world_size)
        )
    )
    assert len(set(seen)) == len(seen)
    left_out = n - len(seen)
    assert left_out == n % (batch_size * world_size if drop_last else world_size)


@given(st.integers(12, 60), st.integers(1, 4), st.integers(0, 3))
def test_resuming_continues_the_same_epoch(n, batch_size, start_step):
    assert batches(n, batch_size=batch_size, start_step=start_step) == batches(n, batch_size=batch_size)[start_step:]


def test_epochs_differ_and_repeat():
    assert batches(100, epoch=0, batch_size=10) != batches(100, epoch=1, batch_size=10)
    assert batches(100, epoch=1, batch_size=10) == batches(100, epoch=1, batch_size=10)


def test_impossible_requests_are_errors():
    with pytest.raises(ValueError, match="20 items make the smallest step, but there are 19: lower the batch size"):
        EpochSampler(19, batch_size=10, seed=0, world_size=2)
    with pytest.raises(ValueError, match="rank < world_size"):
        EpochSampler(19, batch_size=1, seed=0, rank=2, world_size=2)
    with pytest.raises(ValueError, match="an epoch has 2 steps, cannot start at 3"):
        EpochSampler(20, batch_size=10, seed=0).set_epoch(0, start_step=3)
