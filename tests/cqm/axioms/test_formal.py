"""The proofs for Coq say what the page and the table say; whether they are proofs, `make coq` asks Coq."""

import re
from pathlib import Path

import cqm

ROOT = Path(__file__).parents[3]
SOURCES = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "formal").glob("*.v")}
THEOREMS = {name for text in SOURCES.values() for name in re.findall(r"^Theorem (\w+)", text, re.MULTILINE)}
VERDICTS = {
    "not_scale_invariant": ("scale_invariance", "refuted"),
    "scale_invariant": ("scale_invariance", "proved"),
    "consistent": ("consistency", "proved"),
    "outer_consistent": ("outer_consistency", "proved"),
    "isomorphism_invariant": ("isomorphism_invariance", "proved"),
    "not_rich": ("richness", "refuted"),
    "weakly_rich": ("weak_richness", "proved"),
    "k_rich": ("k_richness", "proved"),
    "rich": ("richness", "proved"),
}
ENDINGS = "|".join(VERDICTS)
OF_ANY = ("kleinberg_", "refinement_preference_", "coarsening_preference_")
OF_MEASURES = {name for name in THEOREMS if not name.startswith(OF_ANY)}


def test_nothing_is_assumed():
    for name, text in SOURCES.items():
        assert not re.search(r"\b(Admitted|admit|Axiom|Axioms?|Parameters?|Conjecture)\b[ .]", uncommented(text)), name


def uncommented(text):
    """Without comments, and without the names of files and sections that are called after the axioms."""
    text = re.sub(r"\(\*.*?\*\)", "", text, flags=re.DOTALL)
    return re.sub(r"^(From cqm .*|Section Axioms|End Axioms)\.$", "", text, flags=re.MULTILINE)


def test_all_sources_are_compiled():
    listed = (ROOT / "formal" / "_CoqProject").read_text(encoding="utf-8").split()
    assert set(SOURCES) == {name for name in listed if name.endswith(".v")}


def test_the_page_names_every_theorem_and_no_other():
    page = (ROOT / "docs" / "formal.md").read_text(encoding="utf-8")
    assert set(re.findall(rf"`((?:{'|'.join(OF_ANY)})\w+|\w+_(?:{ENDINGS}))`", page)) == THEOREMS


def test_every_theorem_about_a_measure_is_a_verdict_of_the_table():
    for theorem in OF_MEASURES:
        measure, ending = re.fullmatch(rf"(\w+?)_({ENDINGS})", theorem).groups()
        axiom, status = VERDICTS[ending]
        assert cqm.catalog[measure].axioms[axiom].status == status
