"""Small wrong changes of the source: those in `named.toml`, and every operator and number turned into another."""

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Change", "changes_of", "named"]


@dataclass(frozen=True)
class Change:
    """One wrong change: `old` at character `start` of a file becomes `new`."""

    file: str
    start: int
    old: str
    new: str
    name: str = ""

    def applied(self, text: str) -> str:
        """The file's text with the change."""
        return text[: self.start] + self.new + text[self.start + len(self.old) :]

    def describe(self, text: str) -> str:
        """Place and change, in a line."""
        line = text.count("\n", 0, self.start) + 1
        return f"{self.file}:{line}: {self.name or f'{_flat(self.old)} → {_flat(self.new)}'}"


NAMED = Path(__file__).with_name("named.toml")


def named(root: Path) -> list[Change]:
    """The changes that have a name."""
    changes = []
    for file, found in tomllib.loads(NAMED.read_text(encoding="utf-8")).items():
        text = (root / file).read_text(encoding="utf-8")
        for name, old, new in (each.values() for each in found):
            if text.count(old) != 1:
                raise ValueError(
                    f"{name}: {file} has {old!r} {text.count(old)} times, wanted once: name the change anew"
                )
            changes.append(Change(file, text.index(old), old, new, name))
    return changes


OPERATORS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Div, ast.Mod: ast.Mult,
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.And: ast.Or, ast.Or: ast.And, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
LEFT_ALONE = (ast.Raise, ast.JoinedStr, ast.Import, ast.ImportFrom, ast.AnnAssign, ast.arg, ast.Assert)


def changes_of(root: Path, file: str) -> list[Change]:
    """Every operator of a file turned into its counterpart, every number into another, every condition negated.

    Errors' messages, annotations, imports and what a decorator or a default says are left alone.
    """
    text = (root / file).read_text(encoding="utf-8")
    lines = [0]
    for line in text.encode().splitlines(keepends=True):
        lines.append(lines[-1] + len(line))
    data = text.encode()
    changes = []
    for node, new in _mutations(ast.parse(text)):
        first, last = lines[node.lineno - 1] + node.col_offset, lines[node.end_lineno - 1] + node.end_col_offset
        start, old = len(data[:first].decode()), data[first:last].decode()
        changes.append(Change(file, start, old, f"({new})" if isinstance(node, ast.expr) else new))
    return changes


def _mutations(node: ast.AST) -> Iterator[tuple[ast.expr | ast.stmt, str]]:
    if isinstance(node, LEFT_ALONE):
        return
    if isinstance(node, ast.FunctionDef):
        for child in node.body:
            yield from _mutations(child)
        return
    if isinstance(node, ast.AugAssign) and type(node.op) in OPERATORS:
        yield node, ast.unparse(ast.AugAssign(node.target, OPERATORS[type(node.op)](), node.value))
    elif isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        yield node, ast.unparse(ast.BinOp(node.left, OPERATORS[type(node.op)](), node.right))
    elif isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in OPERATORS:
        yield node, ast.unparse(ast.Compare(node.left, [OPERATORS[type(node.ops[0])]()], node.comparators))
    elif isinstance(node, ast.BoolOp):
        yield node, ast.unparse(ast.BoolOp(OPERATORS[type(node.op)](), node.values))
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not | ast.Invert):
        yield node, ast.unparse(node.operand)
    elif isinstance(node, ast.IfExp):
        yield node, ast.unparse(ast.IfExp(node.test, node.orelse, node.body))
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield node, ast.unparse(ast.Constant(node.value + 1))
    for child in ast.iter_child_nodes(node):
        yield from _mutations(child)


def _flat(text: str) -> str:
    return " ".join(text.split())
