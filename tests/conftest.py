"""Hypothesis profiles: quick while developing, the same examples in CI and for kernels, many new ones at night.

Kernels are compiled at once: tests are about what runs on large arrays. What a test draws depends on no other test.
"""

import os
import random
from collections.abc import Iterator
from types import ModuleType

import numpy as np
import pytest
import torch
from hypothesis import settings

from cqm.arrays.host import jit

jit.SMALL = -1

settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile("ci", max_examples=100, deadline=None, derandomize=True)
settings.register_profile("kernels", max_examples=10, deadline=None, derandomize=True)
settings.register_profile("nightly", max_examples=5_000, deadline=None, derandomize=False, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))


IMPORTED = pytest.StashKey[dict[np.random.Generator, dict[str, object]]]()
"""States of the generators of test modules, as they were when all modules had been imported."""


def pytest_collection_finish(session: pytest.Session) -> None:
    """Remember where the generators that modules share between their tests stand before the first test."""
    modules = {item.module for item in session.items if isinstance(getattr(item, "module", None), ModuleType)}
    values = [value for module in modules for value in vars(module).values()]
    generators = [value for value in values if isinstance(value, np.random.Generator)]
    session.stash[IMPORTED] = {generator: generator.bit_generator.state for generator in generators}


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(request: pytest.FixtureRequest) -> Iterator[None]:
    """Set up each fixture as though it were the first to draw."""
    start_over(request.session)
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Run each test as though it were the first to draw: it has one outcome in any order and any process."""
    start_over(item.session)
    return (yield)


def start_over(session: pytest.Session) -> None:
    """Every generator at the state it was imported with, those of libraries at seed 0."""
    for generator, state in session.stash[IMPORTED].items():
        generator.bit_generator.state = state
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002 (what scikit-learn draws from without a random state)
    torch.manual_seed(0)
