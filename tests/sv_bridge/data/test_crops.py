import itertools
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sv_bridge.data.crops import crop_starts, wrapped

LENGTHS = st.lists(st.integers(1, 40), min_size=1, max_size=4)


@given(st.integers(1, 300), LENGTHS, st.booleans(), st.integers(0, 2**32))
def test_crops_lie_inside_and_do_not_overlap_when_there_is_room(frames, lengths, non_overlapping, seed):
    starts = crop_starts(frames, lengths, np.random.default_rng(seed), non_overlapping=non_overlapping)
    assert len(starts) == len(lengths)
    for start, length in zip(starts, lengths, strict=True):
        assert 0 <= start <= (frames - length if length <= frames else frames - 1)
    if non_overlapping and frames >= sum(lengths):
        spans = sorted((start, start + length) for start, length in zip(starts, lengths, strict=True))
        assert all(end <= start for (_, end), (start, _) in itertools.pairwise(spans))


def test_placements_are_uniform():
    # 2 crops of 2 in 6 samples: 6 ordered × ... the unordered placements are (0,2) (0,3) (0,4) (1,3) (1,4) (2,4)
    rng = np.random.default_rng(0)
    counts = Counter(tuple(crop_starts(6, (2, 2), rng).tolist()) for _ in range(12_000))
    assert len(counts) == 12  # either order
    # binomial(12000, 1/12): mean 1000, deviation 30; five deviations
    assert all(abs(count - 1000) < 150 for count in counts.values())


def test_placements_of_different_lengths_are_uniform_too():
    rng = np.random.default_rng(0)  # a crop of 1 and one of 2 in 5 samples: (0|1), … by hand below
    counts = Counter(tuple(crop_starts(5, (1, 2), rng).tolist()) for _ in range(12_000))
    wanted = {(a, b) for a in range(5) for b in range(4) if a < b or a >= b + 2}
    assert counts.keys() == wanted
    assert len(wanted) == 12
    assert all(abs(count - 1000) < 150 for count in counts.values())


def test_a_little_too_short_overlaps_least():
    assert sorted(crop_starts(7, (4, 4), np.random.default_rng(0)).tolist()) == [0, 3]
    assert sorted(crop_starts(9, (4, 4, 4), np.random.default_rng(0)).tolist()) == [0, 2, 5]


def test_short_signals_wrap():
    signal = np.arange(3, dtype=np.float32)
    assert wrapped(signal, 1, 7).tolist() == [1, 2, 0, 1, 2, 0, 1]


@pytest.mark.parametrize("frames", [1, 5])
def test_short_utterances_start_anywhere(frames):
    rng = np.random.default_rng(0)
    assert {int(s) for _ in range(100) for s in crop_starts(frames, (10, 10), rng)} == set(range(frames))
