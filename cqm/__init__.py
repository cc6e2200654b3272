"""Clustering-quality measures that are axiom-checked."""

import lazy_loader

# The public names are listed in __init__.pyi and imported on first use: numba alone takes half a second.
__getattr__, __dir__, _names = lazy_loader.attach_stub(__name__, __file__)
__all__ = [name for name in _names if name != "axioms"]  # which needs hypothesis, as `from cqm import *` should not

__version__ = "0.1.0"
