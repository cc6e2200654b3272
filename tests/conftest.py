"""Hypothesis profiles: quick while developing, the same examples in CI and for kernels, many new ones at night."""

import os

from hypothesis import settings

settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile("ci", max_examples=100, deadline=None, derandomize=True)
settings.register_profile("kernels", max_examples=10, deadline=None, derandomize=True)
settings.register_profile("nightly", max_examples=5_000, deadline=None, derandomize=False, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))
