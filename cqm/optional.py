"""Libraries that only some functions need, with an error that names what to install."""

from importlib import import_module
from typing import Any

__all__ = ["require"]


def require(module: str, purpose: str, install: str) -> Any:
    """Import an optional library.

    Raises
    ------
    ImportError
        It is not installed; the message says what for and how to get it.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise ImportError(f"{purpose} needs {module}: pip install {install}") from error
