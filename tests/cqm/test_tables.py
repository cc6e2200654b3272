import os
import sys

import pytest

from cqm.tables import html_page, html_table, text_table

HEADER = ("measure", "value", "better", "range", "reference")
ROWS = [
    (
        "generalized_dunn_average_to_centroids_centroid",
        "-0.123457",
        "higher",
        "[-inf, inf]",
        "Bezdek & Pal 1998, eqs. 20",
    ),
    ("dunn", "1e-10", "higher", "[0, inf]", "Dunn 1974; Bezdek & Pal 1998, §II; and a long remark about it"),
]


@pytest.fixture(params=[40, 60, 80, 100, 200])
def terminal(request, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setattr("shutil.get_terminal_size", lambda *_: os.terminal_size((request.param, 40)))
    return request.param


def words(rows):
    return {word for row in rows for cell in row for word in cell.split()}


def test_no_word_is_split_or_lost_and_no_line_is_too_long(terminal):
    lines = text_table("title", HEADER, ROWS, prose=True).splitlines()
    longest = max(len(row[0]) for row in ROWS)
    assert all(len(line) <= max(terminal, longest + 3) for line in lines)
    shown = {word for line in lines for word in line.split()}
    assert words([*ROWS, HEADER]) - {"-"} <= shown if terminal > longest + 30 else "…" not in shown or terminal < 60


def test_many_columns_continue_below_under_the_first(terminal):
    header = ("candidate", *(f"measure_{i}" for i in range(12)))
    rows = [(f"k={k}", *("0.123456 *" for _ in range(12))) for k in (2, 3)]
    text = text_table("title", header, rows)
    assert all(len(line) <= terminal for line in text.splitlines())
    assert "…" not in text
    assert text.count("0.123456 *") == 24
    assert text.count("k=2") == text.count("candidate")


def test_spare_columns_are_left_out_where_they_do_not_fit(terminal):
    text = text_table("title", HEADER, ROWS, prose=True, spare=2)
    assert ("range" in text) == (terminal > 80)
    assert text.count("measure") == 1 or terminal < 80
    assert "higher" in text or terminal < 60


def test_without_a_terminal_tables_are_as_wide_as_they_like():
    assert ROWS[1][-1] in text_table("title", HEADER, ROWS, prose=True)


def test_cells_are_no_markup():
    assert "[red]" in text_table("[b]", ("[i]",), [("[red]",)])
    assert "<i>" not in html_table("", ("<i>",), [("<i>",)])


def test_a_page_is_whole():
    page = html_page("a < b", "<p>text</p>")
    assert page.startswith("<!doctype html>")
    assert "a &lt; b" in page
    assert "<style>" in page
