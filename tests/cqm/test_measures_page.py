"""docs/measures.md says what the catalogue and the docstrings say."""

import re
from pathlib import Path

import pytest

import cqm
from cqm.reports import measures_page

ROOT = Path(__file__).parents[2]


def test_committed_page_is_current():
    committed = (ROOT / measures_page.PATH).read_text(encoding="utf-8")
    assert committed == measures_page.page(), "run `python -m cqm.reports.measures_page` and commit docs/measures.md"


def test_every_measure_has_a_row_that_leads_to_its_section():
    page = measures_page.page()
    sections = re.findall(r"^### (\w+)$", page, flags=re.MULTILINE)
    rows = dict(re.findall(r"^\| \[(\w+)\]\(#(\w+)\)", page, flags=re.MULTILINE))
    assert list(rows) == list(cqm.catalog)
    assert set(rows.values()) <= set(sections)
    assert len(sections) == len(set(sections))
    assert {"hartigan", "krzanowski_lai", "duda_hart", "gap_statistic", "sample_silhouette"} <= set(sections)


def test_page_is_markdown():
    text = re.sub(r"```math\n.*?\n```", "", measures_page.page(), flags=re.DOTALL)
    assert ":math:" not in text
    assert ".. math::" not in text
    assert not re.search(r"^={3,}", text, flags=re.MULTILINE)
    assert "Parameters\n" not in text


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        (".. math:: a = b\n          + c\n\nafter", "```math\na = b\n+ c\n```\n\nafter"),
        (".. math::\n\n    a^2\n\nafter", "```math\na^2\n```\n\nafter"),
        ("the :math:`x^2` of ``code`` and :func:`silhouette`", "the $`x^2`$ of `code` and `silhouette`"),
        ("==== =====\nname  what\n==== =====\na    b  c\n==== =====\n", "| name | what |\n|---|---|\n| a | b  c |\n"),
    ],
    ids=["formula", "formula on its own lines", "inline", "table"],
)
def test_docstring_text_becomes_markdown(written, wanted):
    assert measures_page.markdown(written) == wanted
