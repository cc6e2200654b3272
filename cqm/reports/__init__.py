"""Many measures at once: reports, the choice of k, single clusters, pictures and pages."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submodules=["plots"])
