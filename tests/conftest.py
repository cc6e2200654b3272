"""Hypothesis profiles: quick while developing, the same examples in CI and for kernels, many new ones at night.

Kernels are compiled at once: tests are about what runs on large arrays.
"""

import os

from hypothesis import settings

from cqm.arrays.host import jit

jit.SMALL = -1

settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile("ci", max_examples=100, deadline=None, derandomize=True)
settings.register_profile("kernels", max_examples=10, deadline=None, derandomize=True)
settings.register_profile("nightly", max_examples=5_000, deadline=None, derandomize=False, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))
