"""docs/architecture.md names what is there: every file and folder of its tables, and every room of the packages."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
FILE = re.compile(r"`([\w/]+(?:/|\.\w{2,4}))`")


def rows(package, page=PAGE):
    """Names in the first column of a package's table → names of files and folders in the second."""
    section = page.split(f"\n## {package}\n")[1].split("\n## ")[0]
    for line in section.splitlines():
        cells = line.strip("|").split(" | ")
        if len(cells) == 2 and (named := FILE.findall(cells[0])):
            yield named, FILE.findall(cells[1])


def missing(package, page=PAGE):
    """What a table names and nobody finds: files of its row's room, of the package or of the whole."""
    for rooms, files in rows(package, page):
        yield from (room for room in rooms if not (ROOT / package / room).exists())
        places = [*(ROOT / package / room for room in rooms), ROOT / package, ROOT]
        yield from (file for file in files if not any((place / file).exists() for place in places))


@pytest.mark.parametrize("package", ["cqm", "sv_bridge"])
def test_what_the_architecture_names_is_there(package):
    assert list(missing(package)) == []
    named = {room.rstrip("/") for rooms, _ in rows(package) for room in rooms}
    there = {path.name for path in (ROOT / package).iterdir() if path.is_dir() or path.suffix == ".py"}
    assert {name for name in there - named if not name.startswith("__")} == set()


def test_what_contributing_names_is_there():
    named = FILE.findall((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    assert "cqm/axioms/statements.py" in named
    example = ROOT / "tests" / "contributing" / "measure"
    assert [name for name in named if not (ROOT / name).exists() and not (example / name).exists()] == []


def test_a_name_that_is_gone_is_noticed():
    page = PAGE.replace("`selection.py` counts", "`polling.py` counts").replace("| `fuzzy/` |", "| `vague/` |")
    assert list(missing("cqm", page)) == ["polling.py", "vague/"]
