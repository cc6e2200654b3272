"""Names in any script: installed fonts for what matplotlib's own font lacks, and what to install where none is."""

import unicodedata
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["every_script", "font_advice"]

OWN = "DejaVu Sans"
CJK = ("CJK", "HANGUL", "HIRAGANA", "KATAKANA")


@contextmanager
def every_script(ax: Any) -> Iterator[str]:
    """Have each text of a figure drawn by fonts that have its characters; yields advice where there is no such font.

    matplotlib's own font has Latin, Greek, Cyrillic, Hebrew and Arabic letters, among others. For what it lacks,
    installed fonts are searched. While this lasts, matplotlib's own warnings of missing characters are silent.
    """
    from matplotlib.text import Text

    for axes in ax.figure.axes:
        axes.get_xticklabels(), axes.get_yticklabels()  # which fills in their texts
    texts = [text for text in ax.figure.findobj(Text) if text.get_text()]
    strange = sorted({c for text in texts for c in text.get_text() if c.isprintable()} - _characters(OWN))
    families, missing = _families(tuple(strange))
    if families:
        for text in texts:
            text.set_fontfamily([OWN, *families])
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield font_advice(missing)


def font_advice(characters: Iterable[str]) -> str:
    """Which fonts to install for these characters; "" where there are none.

    >>> font_advice("王")
    'no installed font draws 王: install Noto Sans CJK (fonts-noto-cjk) and draw again'
    >>> font_advice("क")
    'no installed font draws क: install Noto Sans Devanagari (fonts-noto-core) and draw again'
    """
    missing = list(characters)
    if not missing:
        return ""
    scripts = sorted({unicodedata.name(character, "SYMBOL").split()[0] for character in missing})
    fonts = {
        "Noto Sans CJK (fonts-noto-cjk)" if script in CJK else f"Noto Sans {script.title()} (fonts-noto-core)"
        for script in scripts
    }
    return f"no installed font draws {''.join(missing[:5])}: install {', '.join(sorted(fonts))} and draw again"


@cache
def _families(strange: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Installed fonts that together draw these characters, as few as come, and the characters that none draws."""
    from matplotlib.font_manager import fontManager, get_font

    chosen: list[str] = []
    left = set(strange)
    for path in _files() if left else ():
        try:
            font = get_font(path)
        except (OSError, RuntimeError):  # not a font that FreeType opens
            continue
        if drawn := left.intersection(map(chr, font.get_charmap())):
            fontManager.addfont(path)  # it may have been installed after matplotlib made its list
            chosen.append(font.family_name)
            left -= drawn
            if not left:
                break
    return tuple(chosen), tuple(sorted(left))


def _files() -> list[str]:
    """Files of the installed fonts, regular ones of the Noto family first; without those that draw boxes."""
    from matplotlib.font_manager import findSystemFonts

    names = {path: Path(path).stem for path in findSystemFonts() if not Path(path).stem.startswith("LastResort")}
    return sorted(names, key=lambda p: (not names[p].startswith("Noto"), not names[p].endswith("Regular"), names[p]))


@cache
def _characters(family: str) -> frozenset[str]:
    """Characters that a font has."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    return frozenset(map(chr, get_font(findfont(FontProperties(family=[family]))).get_charmap()))
