"""What `cqm axioms` does: judge measures by name, and write the table of all of them."""

import importlib
import json
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from cqm.atomic import write_text
from cqm.axioms.agreement.pages import write_index_page
from cqm.axioms.checker import check
from cqm.axioms.pages import README, write_pages
from cqm.axioms.search import Budget
from cqm.axioms.table import judge_all, read_verdicts
from cqm.verdicts import PATH

__all__ = ["budget", "judge", "load", "write_table"]


def judge(names: Iterable[str], limits: Budget, path: Path | None, **options: Any) -> str:
    """Verdicts on each named measure as text; also written to `path` as JSON."""
    found = {name: check(load(name), budget=limits, **options) for name in names}
    if path is not None:
        records = {name: [verdict.record() for verdict in verdicts] for name, verdicts in found.items()}
        write_text(path, json.dumps(records, indent=1, ensure_ascii=False) + "\n")
    return "\n\n".join("\n".join(map(str, verdicts)) for verdicts in found.values())


def budget(cases: int | None, seconds: float | None) -> Budget:
    """The default budget, with what was asked for in its place."""
    usual = Budget()
    return replace(
        usual,
        cases=usual.cases if cases is None else cases,
        seconds=usual.seconds if seconds is None else seconds,
    )


def load(name: str) -> Any:
    """A measure by its name in the catalogue, or as module:function, looked for in the current folder first.

    Examples
    --------
    >>> load("math:hypot").__name__
    'hypot'
    """
    module, colon, function = name.partition(":")
    if not colon:
        return name
    sys.path.insert(0, str(Path.cwd()))
    try:
        return getattr(importlib.import_module(module), function)
    except AttributeError:
        raise ValueError(f"module {module} has no {function!r}") from None
    finally:
        sys.path.pop(0)


def write_table(names: Iterable[str], *, missing: bool = False) -> None:
    """Judge, then write the verdicts, their pages and the README's table; for a checkout of the project.

    `missing` judges what has no verdict on some axiom yet, and writes the pages even if nothing has.
    """
    root = PATH.parents[1]
    if not (root / README).is_file():
        raise ValueError(f"--table writes the project's own pages, and {root} is no checkout of it")
    try:
        judge_all(names, missing=missing)
    finally:
        measures, functions, indices = read_verdicts()
        write_pages(measures, functions, root)
        write_index_page(indices, root)
