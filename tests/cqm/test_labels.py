"""Labels become codes in the order of the labels, whatever their type and however far apart they are."""

import numpy as np
import pytest

from cqm.arrays.labels import encode

EVERY = np.arange(256)


@pytest.mark.parametrize(
    "labels",
    [
        (EVERY - 128).astype(np.int8),
        EVERY.astype(np.uint8),
        np.array([2**64 - 1, 2**64 - 4, 2**64 - 1, 2**64 - 2], dtype=np.uint64),
        np.array([-(2**63), 2**63 - 1, 0, 0]),
        np.array([-(2**63), 3 - 2**63, -(2**63), -(2**63)]),
        np.array([5, -1, 3, 3, 5, 3], dtype=">i2"),
        np.array([7, 0, 7, 7, 7, 7, 7, 7])[::-2],
        np.array([True, False, True]),
        np.array([3]),
        np.zeros(0, dtype=int),
    ],
    ids=["int8", "uint8", "uint64", "apart", "together", "big-endian", "strided", "booleans", "one", "none"],
)
def test_codes_follow_the_order_of_labels(labels):
    shuffled = np.random.default_rng(0).permutation(labels)
    classes = sorted(set(shuffled.tolist()))
    codes, found = encode(shuffled)
    assert list(found) == classes
    assert codes.dtype == np.intp
    assert codes.tolist() == [classes.index(label) for label in shuffled.tolist()]
