"""Pages of the site that are no files of docs/: home, contributing, API, gallery, the evidence on each measure.

mkdocs calls the `on_…` functions, and griffe the extension, as mkdocs.yml asks.
"""

import ast
import html
import importlib
import io
import pkgutil
import re
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import griffe
import latex2mathml.converter
import matplotlib
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from pymdownx.slugs import slugify

from cqm.reports.measures_page import markdown as docstring_markdown

ROOT = Path(__file__).parent.parent
COPIES = {"index.md": "README.md", "contributing.md": "CONTRIBUTING.md", "changelog.md": "CHANGELOG.md"}
PACKAGES = ("cqm", "sv_bridge")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made here."""
    made: dict[str, str | bytes] = {
        page: _as_seen_from_docs((ROOT / source).read_text("utf-8")) for page, source in COPIES.items()
    }
    made |= dict(_api())
    made |= dict(_gallery())
    made |= dict(_verdicts((ROOT / "docs" / "axioms.md").read_text("utf-8")))
    for uri, content in made.items():
        if (old := files.get_file_from_path(uri)) is not None:
            files.remove(old)
        files.append(File.generated(config, uri, content=content))
    return files


def _as_seen_from_docs(text: str) -> str:
    """A page of the repository's root, with its links as they are from docs/."""
    text = re.sub(r"\]\(docs/", "](", text)
    return re.sub(r"\]\((?:\./)?(README|CONTRIBUTING|CHANGELOG)\.md", lambda m: f"]({_page_of(m[1])}", text)


def _page_of(name: str) -> str:
    return next(page for page, source in COPIES.items() if source == f"{name}.md")


def _api() -> Iterator[tuple[str, str]]:
    """A page for each module with public names, and a list of them all."""
    lines = [
        "# API",
        "",
        "Every public name, module by module. What `cqm` itself exports is what most people need.",
        "",
    ]
    for package in PACKAGES:
        lines += [f"## {package}", "", "| module | what |", "|---|---|"]
        for name in _modules(package):
            source = Path(importlib.util.find_spec(name).origin)  # type: ignore[union-attr,arg-type]
            doc, public = _described(source)
            if not public:
                continue
            lines.append(f"| [`{name}`]({name}.md) | {doc.splitlines()[0]} |")
            yield f"api/{name}.md", f"# {name}\n\n::: {name}\n    options:\n      members: {public}\n"
        lines.append("")
    yield "api/index.md", "\n".join(lines)


def _modules(package: str) -> Iterator[str]:
    root = importlib.import_module(package)
    for found in pkgutil.walk_packages(root.__path__, f"{package}.", onerror=lambda name: None):
        if not any(part.startswith("_") for part in found.name.split(".")):
            yield found.name


def _described(source: Path) -> tuple[str, list[str]]:
    """A module's docstring and its `__all__`, read without running it."""
    tree = ast.parse(source.read_text("utf-8"))
    public: list[str] = []
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            public = ast.literal_eval(node.value) if isinstance(node.value, ast.List) else []
    return ast.get_docstring(tree) or "", public


def _gallery() -> Iterator[tuple[str, str | bytes]]:
    """The picture each script of docs/gallery draws, above its code; a script's last variable `ax` holds it."""
    matplotlib.use("agg")
    lines = [
        "# Gallery",
        "",
        "Pictures of clusterings, choices, margins and errors, each with the code that draws it.",
        "",
    ]
    for script in sorted((ROOT / "docs" / "gallery").glob("*.py")):
        code = script.read_text("utf-8")
        title, body = ast.get_docstring(ast.parse(code)) or "", code.split('"""\n', 1)[1].strip()
        picture = io.BytesIO()
        runpy.run_path(str(script))["ax"].figure.savefig(picture, dpi=100, bbox_inches="tight")
        yield f"gallery/{script.stem}.png", picture.getvalue()
        lines += [
            f"## {title.rstrip('.')}",
            "",
            f"![{title}](gallery/{script.stem}.png)",
            "",
            "```python",
            body,
            "```",
            "",
        ]
    yield "gallery.md", "\n".join(lines)


def _verdicts(text: str) -> Iterator[tuple[str, str]]:
    """docs/axioms.md as a page with its tables, and one for the evidence on each measure or function."""
    front, _, evidence = text.partition("\n## The evidence\n")
    parts = re.split(r"(?m)^(?=### )", evidence)
    names = {_anchor(part) for part in parts[1:]}
    yield "axioms.md", _to_pages(front, names, "axioms/") + parts[0]
    for part in parts[1:]:
        moved = re.sub(r"\]\((?!https?:|#)([^)]+)\)", r"](../\1)", part)
        yield f"axioms/{_anchor(part)}.md", _to_pages(moved.replace("### ", "# ", 1), names, "")


def _anchor(section: str) -> str:
    return slugify(case="lower")(section.splitlines()[0].removeprefix("### "), "-")


def _to_pages(text: str, names: set[str], folder: str) -> str:
    return re.sub(r"\]\(#([^)]+)\)", lambda m: f"]({folder}{m[1]}.md)" if m[1] in names else m[0], text)


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Links to the evidence on one measure lead to its own page."""
    return re.sub(r"\]\(((?:\.\./)*)axioms\.md#([\w-]+)\)", r"](\1axioms/\2.md)", markdown)


def on_page_content(content: str, **_: Any) -> str:
    """Formulas become MathML, which browsers draw by themselves."""
    content = re.sub(r'<div class="arithmatex">\s*\\\[(.*?)\\\]\s*</div>', _block, content, flags=re.DOTALL)
    return re.sub(r"\$<code>(.*?)</code>\$", _inline, content, flags=re.DOTALL)


def _block(found: re.Match[str]) -> str:
    return _mathml(found[1], "block")


def _inline(found: re.Match[str]) -> str:
    return _mathml(found[1], "inline")


def _mathml(formula: str, display: str) -> str:
    return latex2mathml.converter.convert(html.unescape(formula).strip(), display=display)


class Docstrings(griffe.Extension):
    """Docstrings and signatures as people read them.

    Formulas and tables, which are reStructuredText, become Markdown; parameters that are described in a line and not by
    a type keep that line as their description; hypothesis strategies lose the argument that only hypothesis gives.
    """

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Rewrite an object's docstring."""
        if obj.docstring:
            obj.docstring.value = _with_descriptions(docstring_markdown(obj.docstring.value))

    def on_function(self, *, func: griffe.Function, **_: Any) -> None:
        """Show a composite strategy as the function that it is: without `draw`, returning a strategy."""
        if any(str(decorator.value) == "st.composite" for decorator in func.decorators):
            func.parameters = griffe.Parameters(*list(func.parameters)[1:])
            func.returns = f"SearchStrategy[{func.returns}]"


def _with_descriptions(docstring: str) -> str:
    """``name : what it is.`` as a name with a description, where a docstring gives no types."""
    return re.sub(r"(?ms)^((?:Parameters|Attributes)\n-+\n)(.*?)(?=^\S+\n-+$|\Z)", _described_entries, docstring)


def _described_entries(section: re.Match[str]) -> str:
    entries = re.findall(r"(?m)^(\S.*?) : (.*)\n?((?: +.*\n?)*)", section[2])
    if all(more and not first.endswith(".") for _, first, more in entries):  # types, and below them descriptions
        return section[0]
    return section[1] + re.sub(r"(?m)^(\S.*?) : ", r"\1\n    ", section[2])
