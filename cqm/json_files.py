"""JSON files that any reader can read: written whole or not at all, infinities and NaN as strings."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cqm.atomic import atomic_path

__all__ = ["plain", "write_json"]


def write_json(path: Path | str, value: Any) -> None:
    """Write nested mappings, sequences, numbers and strings, atomically."""
    with atomic_path(path) as temporary:
        temporary.write_text(json.dumps(plain(value), indent=1, allow_nan=False) + "\n", encoding="utf-8")


def plain(value: Any) -> Any:
    """Value with lists for sequences and strings for numbers that JSON lacks; `float` reads them back.

    >>> plain({"a": (1.0, float("-inf"))})
    {'a': [1.0, '-inf']}
    """
    if isinstance(value, Mapping):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
