"""CONTRIBUTING.md's walk through a measure, on a copy of the project."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
COPIED = ("cqm", "benchmarks", "docs", "tests", "README.md", "pyproject.toml")
LISTED = re.compile(r"^`(?P<file>[\w./]+)`: `(?P<line>.+?)` before `(?P<before>.+?)`", re.MULTILINE)


def test_files_lines_and_pages_are_all_that_a_measure_takes(tmp_path):
    for name in COPIED:
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, tmp_path / name)
    shutil.copytree(ROOT / "tests" / "contributing" / "measure", tmp_path, dirs_exist_ok=True)
    lines = list(LISTED.finditer((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")))
    assert len(lines) == 3
    for line in lines:
        file = tmp_path / line["file"]
        text = file.read_text(encoding="utf-8")
        assert text.count(line["before"]) == 1
        file.write_text(text.replace(line["before"], f"{line['line']}\n{line['before']}"), encoding="utf-8")

    def run(*arguments):
        environment = os.environ | {"PYTHONPATH": str(tmp_path)}
        done = subprocess.run(
            [sys.executable, "-m", *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    for command in pages():
        run(*command)
    checked = [
        f"tests/cqm/{name}.py" for name in ("test_definitions", "test_across_k", "test_measures_page", "test_weights")
    ]
    asked = "minimum_gap or committed or open or measured"
    said = run("pytest", "-q", "-p", "no:cacheprovider", *checked, "tests/cqm/axioms/test_table.py", "-k", asked)
    assert "minimum_gap" in (tmp_path / "README.md").read_text(encoding="utf-8")
    assert int(re.findall(r"(\d+) passed", said)[0]) > 20


def pages():
    """The commands of `make pages`, as modules and their arguments."""
    _, recipe = (ROOT / "Makefile").read_text(encoding="utf-8").split("\npages: install\n")
    for line in recipe.split("\n\n")[0].splitlines():
        program, *arguments = line.removeprefix("\t$(BIN)/").split()
        yield arguments[1:] if program == "python" else [program, *arguments]
