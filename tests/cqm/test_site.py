"""The site's API pages show signatures and docstrings as they are meant."""

import importlib.util
from pathlib import Path

import griffe
import pytest

ROOT = Path(__file__).parents[2]
CODE = '''
@st.composite
def labels(draw: DrawFn, n: int = 3, *, k: int | None = None) -> Array:
    """Labels.

    Parameters
    ----------
    n : number of points.
    k : number of clusters, or the smallest and the largest; by default
        anything. One cluster where it is asked for.

    Returns
    -------
    Array
        Of labels.
    """


def silhouette(X: Any, labels: Any) -> float:
    """Mean.

    Parameters
    ----------
    X : array_like of shape (n, d)
        The points.
    labels : array_like of shape (n,)
        Of each point.
    """
'''


@pytest.fixture(scope="module")
def shown():
    spec = importlib.util.spec_from_file_location("site_pages", ROOT / "docs" / "site.py")
    site = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(site)
    extensions = griffe.Extensions(site.Docstrings())
    modules = {"__init__.py": CODE}
    with griffe.temporary_visited_package("made", modules, extensions=extensions, docstring_parser="numpy") as package:
        yield package


def parameters(function):
    (section,) = (part for part in function.docstring.parsed if part.kind.value == "parameters")
    return {each.name: (str(each.annotation), " ".join(each.description.split())) for each in section.value}


def test_a_line_that_describes_a_parameter_is_no_type(shown):
    described = (
        "number of clusters, or the smallest and the largest; by default anything. One cluster where it is asked for."
    )
    assert parameters(shown["labels"]) == {"n": ("int", "number of points."), "k": ("int | None", described)}
    returns = next(part for part in shown["labels"].docstring.parsed if part.kind.value == "returns")
    assert returns.value[0].description == "Of labels."


def test_types_stay_types(shown):
    found = parameters(shown["silhouette"])
    assert found == {
        "X": ("array_like of shape (n, d)", "The points."),
        "labels": ("array_like of shape (n,)", "Of each point."),
    }


def test_a_strategy_is_shown_as_it_is_called(shown):
    assert [each.name for each in shown["labels"].parameters] == ["n", "k"]
    assert shown["labels"].returns == "SearchStrategy[Array]"
