"""Where progress is shown: on standard error, or in a notebook as a widget."""

from importlib.util import find_spec

from rich.console import Console

__all__ = ["progress_console"]


def progress_console() -> Console:
    """Standard error; in a notebook a widget, and where ipywidgets is missing nothing instead of a warning."""
    return Console(stderr=True, force_jupyter=None if find_spec("ipywidgets") else False)
