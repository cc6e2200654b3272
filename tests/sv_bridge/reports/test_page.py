import re
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.font_manager import FontProperties, findfont

from sv_bridge.compactness.speakers import compactness, compare_clusterings
from sv_bridge.reports import fonts
from sv_bridge.reports.fonts import font_advice
from sv_bridge.reports.page import compactness_sections, figure, write_page
from sv_bridge.reports.plots import cosine_histogram, det_plot, projection, speaker_compactness
from sv_bridge.reports.rows import group_rows, key_rows, missing
from sv_bridge.verification.error_rates import error_curve

rng = np.random.default_rng(0)


@pytest.fixture
def voices(make_embeddings):
    speakers = [f"<s{i}>" for i in np.repeat(np.arange(12), 5)]
    return make_embeddings(np.repeat(rng.normal(size=(12, 8)), 5, axis=0) + 0.5 * rng.normal(size=(60, 8)), speakers)


def test_page_is_one_file_that_loads_nothing(tmp_path, voices):
    report = compactness(voices)
    comparison = compare_clusterings(voices, {"thirds": np.arange(60) % 3})
    write_page(tmp_path / "page.html", "A & B", compactness_sections(voices, report, comparison))
    text = (tmp_path / "page.html").read_text()
    assert "<title>A &amp; B</title>" in text
    assert not re.findall(r'(?:src|href)="(?!data:)', text)
    assert "<script" not in text
    assert text.count("data:image/png;base64,") == 3
    assert "thirds" in text
    assert "&lt;s3&gt;" in text
    assert "<s3>" not in text
    for name in report.values:
        assert name.replace("_", " ") in text
    assert not re.findall(r"<td>(-?inf|nan|-?[\d.]+e\+(?:1[2-9]|[2-9]\d|\d{3}))</td>", text)


def test_det_plot_goes_through_the_equal_error_point():
    """Two unit-variance Gaussians 2 apart: a straight line in probits, at 15.87 % on the diagonal."""
    curve = error_curve(rng.normal(2, 1, 20_000), rng.normal(0, 1, 20_000))
    ax = det_plot({"model": curve})
    x, y = ax.lines[0].get_data()
    slope, offset = np.polyfit(x[(x > -2) & (x < 0)], y[(x > -2) & (x < 0)], 1)
    assert slope == pytest.approx(-1, abs=0.05)
    assert offset == pytest.approx(-2, abs=0.05)
    assert ax.lines[1].get_xdata()[0] == pytest.approx(-1, abs=0.03)


def test_histogram_counts_every_pair_once(voices):
    ax = cosine_histogram(voices)
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == ["one speaker (120 pairs)", "two speakers (1,650 pairs)"]


def test_speaker_plot_shows_the_least_compact(voices):
    rows = compactness(voices).speakers
    ax = speaker_compactness(rows, limit=5)
    assert [text.get_text() for text in ax.get_yticklabels()] == [row.speaker for row in rows[:5]][::-1]
    shown = ax.lines[0].get_xdata()
    assert (np.diff(shown) <= 0).all()  # from the bottom up: the least compact is on top
    assert len(rows) > 5
    assert shown.max() <= min(row.own_centre for row in rows[5:])


def test_projection_falls_back_to_principal_components(make_embeddings):
    few = make_embeddings(rng.normal(size=(6, 4)), "aabbcc")
    assert "principal components" in projection(few).get_title()


def test_perfect_separation_is_said_where_no_line_can_be_drawn():
    ax = det_plot({"perfect": error_curve([1.0], [0.0]), "other": error_curve([1.0, 0.2, 3.0], [0.0, 0.5, 2.0])})
    assert "EER 0.0%" in ax.get_legend().get_texts()[0].get_text()
    assert [text.get_text() for text in ax.texts] == ["perfect: no threshold with both kinds of errors, so no line"]


def test_no_colour_of_the_map_is_that_of_the_other_speakers(make_embeddings):
    speakers = np.repeat([f"s{i:02d}" for i in range(12)], 2)
    ax = projection(make_embeddings(rng.normal(size=(24, 4)), speakers))
    others, *named = [tuple(points.get_facecolor()[0, :3]) for points in ax.collections]
    assert len({others, *named}) == 11
    assert others == pytest.approx((0x8A / 255,) * 3)
    assert all(max(color) - min(color) > 0.2 or max(color) == 0 for color in named)  # coloured, or black


def test_names_in_any_script_are_drawn_or_the_missing_font_is_named(make_embeddings, monkeypatch):
    """Greek and Arabic are in matplotlib's own font; Chinese is not, and with no other font nothing draws it."""
    own = compactness(make_embeddings(rng.normal(size=(4, 3)), ["Γιώργος", "Γιώργος", "محمد", "محمد"])).speakers
    assert "no installed font" not in figure(speaker_compactness(own), "")
    chinese = compactness(make_embeddings(rng.normal(size=(4, 3)), ["王", "王", "Ж", "Ж"])).speakers
    monkeypatch.setattr(fonts, "_files", list)
    fonts._families.cache_clear()
    assert "no installed font draws 王: install Noto Sans CJK" in figure(speaker_compactness(chinese), "")
    # a font that has it: this one is asked for and drawn with, whatever it has
    own_font = findfont(FontProperties(family=["DejaVu Sans"]))
    monkeypatch.setattr(fonts, "_files", lambda: [own_font])
    monkeypatch.setattr(fonts, "_characters", lambda _: frozenset("Ж"))
    fonts._families.cache_clear()
    ax = speaker_compactness(own)
    with fonts.every_script(ax) as advice:
        assert not advice
    assert ax.get_yticklabels()[0].get_fontfamily() == ["DejaVu Sans", "DejaVu Sans"]
    fonts._families.cache_clear()


def test_advice_names_the_fonts_of_the_scripts():
    assert font_advice("王한") == "no installed font draws 王한: install Noto Sans CJK (fonts-noto-cjk) and draw again"
    assert "Noto Sans Thai" in font_advice("ก")
    assert not font_advice("")


def test_values_that_cannot_be_read_have_a_reason_in_place_of_a_row(make_embeddings):
    """As many dimensions as utterances: no determinant is positive. Two speakers, each one point: every width is 0."""
    wide = compactness(make_embeddings(np.eye(8) + rng.normal(size=(8, 8)), "aaaabbbb"))
    assert np.isinf(wide.values["scott_symons"])
    rows = [row for _, rows in group_rows(wide).values() for row in rows] + key_rows(wide)[1]
    assert not {"scott symons", "log det ratio"} & {row[0] for row in rows}
    reasons = "\n".join(missing(wide))
    assert "scott symons: −∞: a speaker with no more utterances than the embeddings have dimensions" in reasons
    coincident = compactness(make_embeddings(np.repeat(np.eye(2), 3, axis=0), "aaabbb"))
    assert "dunn" in next(line for line in missing(coincident) if "divides by a distance that is 0" in line)
    listed = {row[0] for row in rows} | {name for line in missing(wide) for name in line.split(": ")[0].split(", ")}
    assert {name.replace("_", " ") for name in [*wide.values, *wide.left_out]} == listed


def test_pages_say_which_speakers_were_looked_at_and_who_was_heard_in_training(tmp_path, voices):
    splits = np.where(np.arange(60) < 20, "train", "test")
    mixed = replace(voices, columns={"split": splits}, heard=("<s0>", "<s1>"))
    write_page(tmp_path / "page.html", "mixed", compactness_sections(mixed, compactness(mixed)))
    text = (tmp_path / "page.html").read_text()
    assert "60 utterances of 12 speakers, splits test, train; 2 of the speakers heard in training: &lt;s0&gt;" in text
    assert "2 of 12 speakers were heard in training (&lt;s0&gt;, &lt;s1&gt;): measured on them" in text
    alone = mixed.where(splits == "test")
    assert alone.description() == "40 utterances of 8 speakers, split test"
    assert not alone.warnings()
