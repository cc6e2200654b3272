"""What a test draws depends on no other test: any of them has one outcome, in any order and in any process."""

import random

import numpy as np
import pytest
import torch
from sklearn.utils import check_random_state

RNG = np.random.default_rng(7)
AT_IMPORT = RNG.random(3)


@pytest.fixture(scope="module")
def points():
    return RNG.random()


@pytest.mark.parametrize("_", range(2))
def test_generators_of_a_module_start_where_the_import_left_them(points, _):
    expected = np.random.default_rng(7)
    assert AT_IMPORT.tolist() == expected.random(3).tolist()
    assert RNG.random() == points == expected.random()


@pytest.mark.parametrize("_", range(2))
def test_generators_of_libraries_start_at_seed_0(_):
    assert random.random() == random.Random(0).random()
    assert check_random_state(None).random() == check_random_state(0).random()
    assert torch.rand(()) == torch.rand((), generator=torch.Generator().manual_seed(0))
