"""The proofs for Coq say what the page and the table say; whether they are proofs, `make coq` asks Coq."""

import re
from pathlib import Path

import cqm

ROOT = Path(__file__).parents[3]
SOURCES = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "formal").glob("*.v")}
THEOREMS = {
    name: " ".join(statement.split())
    for text in SOURCES.values()
    for name, statement in re.findall(r"^Theorem (\w+)(.*?)\.\s+Proof\b", text, re.MULTILINE | re.DOTALL)
}
# what a theorem's name ends with: the axiom, its verdict, and the statement, {better} being the measure's direction
VERDICTS = {
    "not_scale_invariant": ("scale_invariance", "refuted", "~ scale_invariant"),
    "scale_invariant": ("scale_invariance", "proved", "scale_invariant"),
    "consistent": ("consistency", "proved", "consistent (@{better} R)"),
    "outer_consistent": ("outer_consistency", "proved", "outer_consistent (@{better} R)"),
    "isomorphism_invariant": ("isomorphism_invariance", "proved", "isomorphism_invariant"),
    "not_rich": ("richness", "refuted", "~ rich (@strictly_{better} R)"),
    "weakly_rich": ("weak_richness", "proved", "weakly_rich (@{better} R)"),
    "k_rich": ("k_richness", "proved", "k_rich (@strictly_{better} R)"),
    "rich": ("richness", "proved", "rich (@strictly_{better} R)"),
}
# with premises of their own
WRITTEN_OUT = {
    "gamma_consistent": "gamma o n d c <= gamma o n d' c",
    "additive_margin_signed_outer_consistent": "additive_margin_signed o n d c <= additive_margin_signed o n d' c",
}
ENDINGS = "|".join(VERDICTS)
OF_ANY = ("kleinberg_", "refinement_preference_", "coarsening_preference_")
OF_MEASURES = {
    name: re.fullmatch(rf"(\w+?)_({ENDINGS})", name).groups() for name in THEOREMS if not name.startswith(OF_ANY)
}


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
    assert set(re.findall(rf"`((?:{'|'.join(OF_ANY)})\w+|\w+_(?:{ENDINGS}))`", page)) == THEOREMS.keys()


def test_every_theorem_about_a_measure_is_a_verdict_of_the_table():
    for measure, ending in OF_MEASURES.values():
        axiom, status, _ = VERDICTS[ending]
        assert cqm.catalog[measure].axioms[axiom].status == status


def test_every_theorem_states_of_its_measure_what_its_name_says():
    for name, (measure, ending) in OF_MEASURES.items():
        better = cqm.catalog[measure].better
        if name in WRITTEN_OUT:
            assert better == "higher"
            assert THEOREMS[name].endswith(f"-> {WRITTEN_OUT[name]}")
        else:
            stated = re.escape(VERDICTS[ending][2].format(better=better))
            subject = rf"\((fun n d c => )?{measure} (o|\(field_ops R\))( n d c root)?\)"
            assert re.search(rf"(: |-> ){stated} {subject}$", THEOREMS[name]), name
