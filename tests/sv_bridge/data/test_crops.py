from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sv_bridge.data.crops import crop_starts, wrapped


@given(st.integers(1, 300), st.integers(1, 40), st.integers(1, 4), st.booleans(), st.integers(0, 2**32))
def test_crops_lie_inside_and_do_not_overlap_when_there_is_room(frames, crop, views, non_overlapping, seed):
    starts = np.sort(crop_starts(frames, crop, views, np.random.default_rng(seed), non_overlapping=non_overlapping))
    assert len(starts) == views
    assert starts[0] >= 0
    assert starts[-1] <= max(frames - crop, frames - 1 if frames < crop else 0)
    if non_overlapping and frames >= views * crop:
        assert (np.diff(starts) >= crop).all()


def test_placements_are_uniform():
    # 2 crops of 2 in 6 samples: 6 ordered × ... the unordered placements are (0,2) (0,3) (0,4) (1,3) (1,4) (2,4)
    rng = np.random.default_rng(0)
    counts = Counter(tuple(crop_starts(6, 2, 2, rng).tolist()) for _ in range(12_000))
    assert len(counts) == 12  # either order
    # binomial(12000, 1/12): mean 1000, deviation 30; five deviations
    assert all(abs(count - 1000) < 150 for count in counts.values())


def test_a_little_too_short_overlaps_least():
    assert sorted(crop_starts(7, 4, 2, np.random.default_rng(0)).tolist()) == [0, 3]
    assert sorted(crop_starts(9, 4, 3, np.random.default_rng(0)).tolist()) == [0, 2, 5]


def test_short_signals_wrap():
    signal = np.arange(3, dtype=np.float32)
    assert wrapped(signal, 1, 7).tolist() == [1, 2, 0, 1, 2, 0, 1]


@pytest.mark.parametrize("frames", [1, 5])
def test_short_utterances_start_anywhere(frames):
    rng = np.random.default_rng(0)
    assert {int(s) for _ in range(100) for s in crop_starts(frames, 10, 2, rng)} == set(range(frames))
