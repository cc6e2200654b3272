"""Say which lines and branches of definitions and kernels no test of theirs ran, by the data of `coverage run`.

`python tests/kernels_covered.py` exits with 1 where there are any. A file with kernels may hold other code, which runs
on arrays of other libraries and is tested with them.
"""

import ast
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from coverage import Coverage

ROOT = Path(__file__).parent.parent
DEFINITIONS = "cqm/definitions/"


def kernels(source: str) -> set[str]:
    """Names of the functions that are decorated with `kernel`."""
    functions = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef))
    return {f.name for f in functions if any(isinstance(d, ast.Name) and d.id == "kernel" for d in f.decorator_list)}


def gaps() -> Iterator[str]:
    """One line for each function that did not run whole."""
    coverage = Coverage()
    coverage.load()
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        coverage.json_report(outfile=report.name)
        files = json.loads(Path(report.name).read_text(encoding="utf-8"))["files"]
    found = 0
    for path in sorted(files):
        wanted = kernels((ROOT / path).read_text(encoding="utf-8"))
        for name, function in files[path]["functions"].items():
            if path.startswith(DEFINITIONS) or name in wanted:
                found += 1
                missing = [*function["missing_lines"], *map(tuple, function["missing_branches"])]
                if missing:
                    yield f"{path}: {name or 'module'} never ran {missing}"
    if not found:
        yield "no definition and no kernel was measured"


if __name__ == "__main__":
    missed = list(gaps())
    print("\n".join(missed))
    sys.exit(bool(missed))
