"""The changes that `make mutants` tries are changes of the source as it is."""

import ast
from pathlib import Path

import pytest

from tests.mutants.changes import changes_of, named

ROOT = Path(__file__).parents[2]


def test_every_change_that_has_a_name_finds_its_place_and_stays_python():
    changes = named(ROOT)
    assert {Path(change.file).parts[0] for change in changes} == {"cqm", "sv_bridge"}
    for change in changes:
        text = (ROOT / change.file).read_text(encoding="utf-8")
        assert ast.dump(ast.parse(change.applied(text))) != ast.dump(ast.parse(text)), change.name


def test_a_change_whose_place_is_gone_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        named(tmp_path)


FILES = ["sv_bridge/methods/losses.py", "sv_bridge/training/schedule.py", "cqm/arrays/dispersion.py"]


@pytest.mark.parametrize("file", FILES)
def test_operators_numbers_and_conditions_are_changed_one_at_a_time(file):
    text = (ROOT / file).read_text(encoding="utf-8")
    changes = changes_of(ROOT, file)
    assert len(changes) >= 8
    trees = {ast.dump(ast.parse(change.applied(text))) for change in changes}
    assert ast.dump(ast.parse(text)) not in trees
    assert len(trees) == len(changes)


def test_the_kinds_of_change(tmp_path):
    lines = ["if x < 2 and not x:", "    raise ValueError(1 + 1)", "x += 1", "return -x + 7"]
    (tmp_path / "f.py").write_text("\n    ".join(["def f(x: int = 3):", *lines]))
    found = {(change.old, change.new) for change in changes_of(tmp_path, "f.py")}
    assert found == {
        ("x < 2 and not x", "(x < 2 or not x)"),
        ("x < 2", "(x <= 2)"),
        ("2", "(3)"),
        ("x += 1", "x -= 1"),
        ("1", "(2)"),
        ("not x", "(x)"),
        ("-x + 7", "(-x - 7)"),
        ("-x", "(x)"),
        ("7", "(8)"),
    }
