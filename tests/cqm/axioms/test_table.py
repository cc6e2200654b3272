"""The verdicts that are shipped say what can be found again, and all of it."""

import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

import cqm
from cqm import axioms
from cqm.axioms import command, pages
from cqm.axioms.agreement.statements import INDEX_AXIOMS
from cqm.axioms.clusterers import FUNCTIONS, TOLD_FUNCTIONS
from cqm.axioms.domains import DOMAINS
from cqm.axioms.judging import natural_domain
from cqm.axioms.kleinberg import FUNCTION_AXIOMS
from cqm.axioms.proofs.functions import FUNCTION_PROOFS
from cqm.axioms.proofs.proof import anchor
from cqm.axioms.proofs.registry import hand_proof
from cqm.axioms.proofs.told_functions import TOLD_PROOFS
from cqm.axioms.settling import settled
from cqm.axioms.sources import SOURCES
from cqm.axioms.subjects import subject_of
from cqm.axioms.table import contradictions, function_records, judge_all, read_verdicts
from cqm.verdicts import PATH
from tests.cqm.axioms.relations import FUNCTION_RELATIONS, RELATIONS

ROOT = Path(__file__).parents[3]
TABLE, FUNCTION_TABLE, _ = read_verdicts()
VERDICTS = [verdict for verdicts in TABLE.values() for verdict in verdicts.values()]
AGAIN = axioms.Budget(cases=60, largest=4, seconds=20, seed=1, proofs=False)


def test_every_measure_has_a_verdict_on_every_axiom():
    assert list(TABLE) == list(cqm.catalog)
    assert all(list(verdicts) == list(axioms.AXIOMS) for verdicts in TABLE.values())


def test_the_catalogue_reads_the_same():
    for name, measure in cqm.catalog.items():
        assert {axiom: v.status for axiom, v in measure.axioms.items()} == {a: v.status for a, v in TABLE[name].items()}


@pytest.mark.parametrize("name", cqm.catalog)
def test_every_counterexample_replays(name):
    for verdict in TABLE[name].values():
        if verdict.witness is not None:
            assert verdict.witness.replay(), str(verdict)
            assert RELATIONS[verdict.axiom](verdict.witness.frames), str(verdict)


def shifted(frame):
    """The instance with its last number changed by a thousandth."""
    rows = [[Fraction(value) for value in row] for row in frame.rows]
    at = -2 if frame.kind == "distances" else -1
    rows[-1][at] += Fraction(1, 1000)
    if frame.kind == "distances":
        rows[-2][-1] = rows[-1][-2]
    return replace(frame, rows=tuple(map(tuple, rows)))


def is_case(axiom, frames):
    try:
        return RELATIONS[axiom](frames)
    except AssertionError:
        return False


REVERSED = {
    *("consistency", "inner_consistency", "outer_consistency", "monotonic_consistency", "centric_consistency"),
    *("shift_invariance", "padding_invariance", "duplication_invariance"),
}


@pytest.mark.parametrize("axiom", RELATIONS)
def test_what_is_no_case_of_an_axiom_is_told(axiom):
    frames = next(v.witness.frames for v in VERDICTS if v.axiom == axiom and v.witness and v.holds is False)
    assert is_case(axiom, frames)
    first, *others = frames
    if axiom in REVERSED:
        assert not is_case(axiom, frames[::-1])
    elif axiom == "non_negativity":
        assert not is_case(axiom, frames * 2)
    elif axiom == "continuity":
        assert not is_case(axiom, (first, *reversed(others)))
    elif axiom.startswith("order"):  # the longest distance and another one change places
        sides = replace(first, kind="distances", rows=((0, 1, 2), (1, 0, 3), (2, 3, 0)), labels=(0, 0, 1))
        turned = replace(sides, rows=((0, 1, 3), (1, 0, 2), (3, 2, 0)))
        assert not is_case(axiom, (sides, turned) if len(frames) == 2 else (sides, sides, turned, turned))
    else:
        assert not is_case(axiom, (first, *others[:-1], shifted(others[-1])))


def number_type(value):
    """Whole numbers are fractions."""
    return Fraction if isinstance(value, int) else type(value)


@pytest.mark.parametrize("name", cqm.catalog)
def test_no_verdict_rests_on_floats(name):
    for verdict in TABLE[name].values():
        if verdict.witness is not None:
            assert verdict.witness.exactness in ("exact", "enclosed"), str(verdict)
            again = [subject_of(name).exact(frame) for frame in verdict.witness.frames]
            assert list(map(number_type, again)) == list(map(number_type, verdict.witness.values))
            assert again == list(verdict.witness.values)


@pytest.mark.parametrize("name", cqm.catalog)
def test_no_other_search_refutes_what_is_declared_to_hold(name):
    held = [
        axiom
        for axiom in axioms.AXIOMS.values()
        if axiom.recipe is not None and TABLE[name][axiom.name].holds is not False
    ]
    entry = cqm.catalog[name]
    if entry.needs == "distances":  # how points are moved without a change of distances is nothing that it could see
        held = [axiom for axiom in held if "distances" in axiom.kinds or not axiom.invariant]
    judged = dict(entry.judged)
    again = lambda rows, labels: entry.definition(rows, labels, **judged)  # noqa: E731 - by another name, without proof
    options = {"better": entry.better, "needs": entry.needs, "generic": True, "name": name, "budget": AGAIN}
    for found in axioms.check(again, held, **options):
        assert found.holds is not False, str(found)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_function_has_all_of_kleinbergs_axioms(name):
    verdicts = FUNCTION_TABLE[name]
    assert not all(verdicts[f"function_{axiom}"].holds for axiom in ("scale_invariance", "richness", "consistency"))


@pytest.mark.parametrize("name", FUNCTIONS | TOLD_FUNCTIONS)
def test_every_counterexample_of_a_function_replays(name):
    function, _ = (FUNCTIONS | TOLD_FUNCTIONS)[name]
    verdicts = FUNCTION_TABLE[name]
    for verdict in verdicts.values():
        if verdict.witness is not None:
            assert verdict.witness.replay(function), str(verdict)
            assert FUNCTION_RELATIONS[verdict.axiom](verdict.witness.frames), str(verdict)


DBCV_HAS_NONE = ("richness", "weak_richness", "k_richness", "refinement_preference", "range_invariance")


def declared_open(verdict):
    return verdict.axiom in cqm.catalog[verdict.measure].open_axioms


def test_the_proofs_page_says_what_is_known_about_cells_without_a_verdict():
    _, _, known = (ROOT / "docs/proofs.md").read_text(encoding="utf-8").partition("\n## What is open\n")
    undecided = {verdict.measure for verdict in VERDICTS if declared_open(verdict)}
    assert undecided == set(re.findall(r"\*\*(\w+):", re.sub("[ –]", "_", known.lower())))


def test_no_cell_is_open_but_those_that_say_so():
    for verdict in VERDICTS:
        assert (pages.sign(verdict) in pages.SETTLED) != declared_open(verdict), str(verdict)
    for verdict in (verdict for verdicts in FUNCTION_TABLE.values() for verdict in verdicts.values()):
        assert pages.sign(verdict) in pages.SETTLED, str(verdict)
    without_value = {(v.measure, v.axiom) for v in VERDICTS if v.holds is None and not declared_open(v)}
    of_dbcv = {("dbcv", axiom) for axiom in DBCV_HAS_NONE}
    assert without_value == of_dbcv | {("neighbor_variation", "duplication_invariance")}
    searched = axioms.check(lambda D, labels: 1, "scale_invariance", better="higher", generic=True, budget=AGAIN)
    assert pages.sign(searched) not in pages.SETTLED


def test_every_function_has_a_verdict_on_every_axiom_of_its_kind():
    assert list(FUNCTION_TABLE) == [*FUNCTIONS, *TOLD_FUNCTIONS]
    for name, verdicts in FUNCTION_TABLE.items():
        _, kind = (FUNCTIONS | TOLD_FUNCTIONS)[name]
        of = "functions that are told k" if name in TOLD_FUNCTIONS else "functions"
        every = axioms.FUNCTION_AXIOMS.values()
        assert list(verdicts) == [axiom.name for axiom in every if kind in axiom.kinds and axiom.of == of]


@pytest.mark.parametrize(
    ("name", "robust", "sensitive"),
    [
        ("single linkage", True, False),
        ("complete linkage", True, False),
        ("average linkage", False, False),
        ("k-medoids", False, True),
        ("k-means", False, True),
        ("Ward", False, True),
    ],
)
def test_functions_heed_weights_as_in_ackerman_and_others_2012(name, robust, sensitive):
    verdicts = FUNCTION_TABLE[name]
    assert verdicts["function_weight_robustness"].holds is robust
    assert verdicts["function_weight_sensitivity"].holds is sensitive


def test_every_verdict_says_what_proofs_and_records_say_today():
    for verdict in VERDICTS:
        subject, axiom = subject_of(verdict.measure), axioms.AXIOMS[verdict.axiom]
        today = settled(subject, axiom, DOMAINS[verdict.domain])
        assert today is None or (today.holds, today.evidence) == (verdict.holds, verdict.evidence), str(verdict)
        assert today is not None or verdict.witness is not None or declared_open(verdict)


def test_measures_are_judged_where_an_axiom_means_something():
    """An axiom of points on points, even for a measure of distances."""
    for name, verdicts in TABLE.items():
        for axiom, verdict in verdicts.items():
            assert verdict.domain == natural_domain(subject_of(name), axioms.AXIOMS[axiom]).name, str(verdict)


def test_what_the_euclidean_domain_means_is_said_for_every_axiom():
    assert list(pages.EUCLIDEAN_MEANING) == list(axioms.AXIOMS)


def test_every_source_of_an_axiom_is_among_the_sources():
    stated = [*axioms.AXIOMS.values(), *FUNCTION_AXIOMS.values(), *INDEX_AXIOMS.values()]
    said = " ".join(axiom.source for axiom in stated)
    years = len(re.findall(r"[12][0-9]{3}", said))
    assert years == sum(said.count(short) for short in SOURCES)
    assert all(short in said for short in SOURCES)


def test_no_verdict_contradicts_a_proof():
    assert list(contradictions(TABLE)) == []
    wrong = {"dunn": {"consistency": TABLE["point_biserial"]["consistency"]}}
    assert len(list(contradictions(wrong))) == 1


def test_every_proof_has_its_section():
    lines = (ROOT / "docs/proofs.md").read_text(encoding="utf-8").splitlines()
    headings = {anchor(line.removeprefix("## ")) for line in lines if line.startswith("## ")}
    links = set()
    for verdict in VERDICTS:
        proof = hand_proof(subject_of(verdict.measure), axioms.AXIOMS[verdict.axiom], DOMAINS[verdict.domain])
        if proof is not None:
            links.add(proof.link.partition("#")[2])
    links |= {proof.link.partition("#")[2] for proof in (*FUNCTION_PROOFS, *TOLD_PROOFS)}
    assert links <= headings
    written = set(re.findall(r"docs/proofs\.md#([^\s\")]+)", PATH.read_text(encoding="utf-8")))
    assert written == links


@pytest.mark.parametrize(
    ("measure", "axiom", "holds"),
    [
        ("relative_margin", "consistency", True),
        ("relative_margin_voronoi", "consistency", True),
        ("relative_margin_literal", "consistency", False),
        ("relative_margin_literal", "richness", False),
        ("relative_margin", "richness", True),
        ("additive_margin", "consistency", True),
        ("additive_margin_signed", "consistency", False),
        ("additive_margin_voronoi", "consistency", False),
        ("additive_margin_voronoi_max", "consistency", True),
        ("additive_margin_literal", "consistency", False),
        ("weakest_link", "consistency", True),
        ("weakest_link", "richness", True),
        ("dunn", "consistency", True),
        ("c_index", "consistency", True),
        ("c_index", "richness", False),
        ("c_index", "weak_richness", True),
        ("gamma", "richness", False),
        ("tau", "richness", True),
        ("sd_scat", "isomorphism_invariance", False),
        ("trace_w", "scale_invariance", False),
        ("trace_w", "refinement_preference", True),
        ("ball_hall", "refinement_preference", True),
        ("normalized_k_means", "refinement_preference", True),
        ("normalized_k_median", "refinement_preference", True),
        ("normalized_min_sum", "refinement_preference", True),
        ("normalized_min_sum", "weak_richness", False),
        ("weakest_link_pairs_max", "consistency", True),
        ("weakest_link_pairs_max", "richness", False),
        ("additive_margin_pairs_mean", "richness", True),
        ("simplified_silhouette", "weak_richness", False),
        ("det_ratio", "weak_richness", True),
        ("davies_bouldin", "weak_richness", False),
        ("dbcv", "richness", None),
        ("dbcv", "isomorphism_invariance", False),
        ("davies_bouldin", "inner_consistency", False),
        ("pbm", "refinement_preference", True),
        ("sd_scat", "refinement_preference", False),
        ("additive_margin_pairs_max", "weak_richness", False),
        ("calinski_harabasz", "richness", True),
    ],
)
def test_what_is_known_of_the_literature(measure, axiom, holds):
    assert TABLE[measure][axiom].holds is holds


def test_pages_are_current():
    committed = (ROOT / pages.AXIOMS_PAGE).read_text(encoding="utf-8")
    assert committed == pages.page(TABLE, FUNCTION_TABLE), "run `cqm axioms --table` and commit docs/axioms.md"
    readme = (ROOT / pages.README).read_text(encoding="utf-8")
    assert readme == pages.readme_with_table(readme, TABLE), "run `cqm axioms --table` and commit README.md"


@pytest.mark.parametrize("name", FUNCTION_TABLE)
def test_what_is_on_record_of_a_clustering_function_is_found_again(name):
    before = [verdict.record() for verdict in FUNCTION_TABLE[name].values()]
    assert function_records(name, before) == before
    planted = [one | {"holds": False} if one["holds"] else one for one in before]
    assert function_records(name, planted) == before  # nothing is refuted without a counterexample


def test_judging_named_measures_keeps_the_others(tmp_path):
    path = tmp_path / "verdicts.json"
    quick = axioms.Budget(cases=20, largest=3, seconds=1, proofs=False)
    judge_all(["trace_w"], budget=quick, path=path, jobs=1)
    judge_all(["ball_hall"], budget=quick, path=path, jobs=1)
    assert set(read_verdicts(path)[0]) == {"trace_w", "ball_hall"}
    with pytest.raises(KeyError, match="no measure is named 'bal_hall': did you mean ball_hall"):
        judge_all(["bal_hall"], path=path)


def test_a_readme_without_a_place_for_the_table_is_refused():
    with pytest.raises(ValueError, match=re.escape(pages.START)):
        pages.readme_with_table("# cqm", TABLE)


def test_modules_of_the_current_folder_are_found(tmp_path, monkeypatch):
    (tmp_path / "my_measures.py").write_text("def constant(D, labels):\n    return 1.0\n")
    monkeypatch.chdir(tmp_path)
    out = tmp_path / "out.json"
    quick = axioms.Budget(cases=20, largest=3, seconds=1, proofs=False)
    text = command.judge(["my_measures:constant"], quick, out, better="higher", axiom=["scale_invariance"])
    assert "constant · scale_invariance · distances: holds on" in text
    assert '"scale_invariance"' in out.read_text()
    with pytest.raises(ValueError, match="module my_measures has no 'other'"):
        command.load("my_measures:other")
