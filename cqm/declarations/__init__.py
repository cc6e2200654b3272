"""Every measure with what is known of it, by name."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from cqm.declarations.entry import Catalog, Measure

__all__ = ["Catalog", "Measure", "catalog"]

FAMILIES = ("margins", "distances", "density", "coordinates")
"""Files in the order of their entries; any further file of this package comes after them."""


def _entries() -> Iterator[Measure]:
    """Entries, and tuples of entries, that stand in the files of this package."""
    others = sorted({module.name for module in iter_modules(__path__)} - set(FAMILIES))
    for name in (*FAMILIES, *others):
        for found in vars(import_module(f"{__name__}.{name}")).values():
            entries = found if isinstance(found, tuple) else (found,)
            yield from (entry for entry in entries if isinstance(entry, Measure))


catalog = Catalog((measure.name, measure) for measure in _entries())
