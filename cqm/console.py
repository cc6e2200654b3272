"""Where progress is shown: on standard error of a terminal, in a notebook as a widget, and nowhere else."""

import sys
from importlib.util import find_spec

from rich.console import Console

__all__ = ["progress_console"]


def progress_console() -> Console:
    """A terminal or, where ipywidgets is installed, a widget; elsewhere nothing, whatever FORCE_COLOR says.

    A kernel of Jupyter sets FORCE_COLOR, and would print every state of the bar on lines of its own.
    """
    console = Console(stderr=True)
    if console.is_jupyter and find_spec("ipywidgets"):
        return console
    return Console(stderr=True, force_jupyter=False, quiet=not sys.stderr.isatty())
