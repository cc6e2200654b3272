"""The table of measures and axioms: judge all, keep the verdicts, write the pages that show them.

`cqm axioms --table` runs it in a checkout of the project.
"""

import json
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cqm.atomic import write_text
from cqm.axioms.agreement.checker import check_index
from cqm.axioms.agreement.proofs import index_proof
from cqm.axioms.agreement.statements import INDEX_AXIOMS
from cqm.axioms.agreement.subjects import index_subject
from cqm.axioms.checker import check
from cqm.axioms.clusterers import FUNCTIONS, TOLD_FUNCTIONS
from cqm.axioms.domains import DOMAINS
from cqm.axioms.function_checker import check_function
from cqm.axioms.judging import natural_domain
from cqm.axioms.kleinberg import FUNCTION_AXIOMS, FunctionSubject
from cqm.axioms.proofs.functions import function_proof
from cqm.axioms.proofs.registry import hand_proof
from cqm.axioms.proofs.traced import Broken
from cqm.axioms.search import Budget
from cqm.axioms.settling import settled
from cqm.axioms.statements import AXIOMS
from cqm.axioms.subjects import Subject, subject_of
from cqm.axioms.verdict import Verdict
from cqm.axioms.witness import Witness
from cqm.declarations import catalog
from cqm.external import external_catalog
from cqm.verdicts import PATH

__all__ = ["BUDGET", "Table", "contradictions", "function_records", "judge_all", "read_verdicts"]

BUDGET = Budget(seconds=1200)
CASES = 5  # on which each proof is run before its verdicts are written

EVERY_FUNCTION = FUNCTIONS | TOLD_FUNCTIONS

Table = dict[str, dict[str, Verdict]]
Records = dict[str, list[dict[str, Any]]]


def judge_all(
    names: Iterable[str] = (),
    *,
    missing: bool = False,
    budget: Budget = BUDGET,
    path: Path = PATH,
    jobs: int | None = None,
) -> None:
    """Judge the named measures or indices, one process a core, and write their verdicts as soon as they are there.

    Without names, all measures, external indices and clustering functions. Verdicts of what is not named stay; those of
    what is no longer there go. Proofs are run, counterexamples on record are replayed, and only what neither settles is
    searched. Where `missing`, verdicts that are written already stay as they are.

    Raises
    ------
    ValueError
        The argument of a proof does not hold on some case: it is wrong, or the definition is. The other verdicts are
        written all the same.
    """
    named = list(names)
    indices = [name for name in named or external_catalog if name in external_catalog]
    chosen, functions = (
        [name for name in named or catalog if name not in indices],
        [] if named else list(EVERY_FUNCTION),
    )
    for name in chosen:
        catalog[name]  # an unknown name is an error before the work, not after it
    known: dict[str, Records] = {"measures": {}, "functions": {}, "indices": {}}
    if path.is_file():
        known |= json.loads(path.read_text(encoding="utf-8"))
    if missing:
        chosen = [name for name in chosen if _lacks(known["measures"].get(name, []), AXIOMS)]
        functions = [name for name in functions if _lacks(known["functions"].get(name, []), axioms_of(name))]
        indices = [name for name in indices if _lacks(known["indices"].get(name, []), INDEX_AXIOMS)]
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    broken = []
    with (
        ProcessPoolExecutor(jobs or os.cpu_count(), mp_context=get_context("spawn")) as pool,
        Progress(*columns, console=Console(stderr=True)) as bar,
    ):
        tasks = {
            pool.submit(_measure_records, name, known["measures"].get(name, []), budget, missing): ("measures", name)
            for name in chosen
        }
        tasks |= {
            pool.submit(function_records, name, known["functions"].get(name, []), missing): ("functions", name)
            for name in functions
        }
        tasks |= {pool.submit(_index_records, name): ("indices", name) for name in indices}
        task = bar.add_task("judging", total=len(tasks))
        for future in as_completed(tasks):
            kind, name = tasks[future]
            try:
                known[kind][name] = future.result()
            except Broken as error:
                broken.append(f"{name}: {error}")
            write_text(path, _text(known))
            bar.update(task, description=name, advance=1)
    if broken:
        raise ValueError("proofs of docs/proofs.md that do not hold:\n" + "\n".join(broken))


def read_verdicts(path: Path = PATH) -> tuple[Table, Table, Table]:
    """Measure → axiom → verdict and the same of clustering functions and indices, as objects that can be replayed."""
    records = json.loads(path.read_text(encoding="utf-8"))
    measures, functions, indices = (
        {name: {one["axiom"]: Verdict.from_record(name, one) for one in of_kind[name]} for name in of_kind}
        for of_kind in (records["measures"], records["functions"], records.get("indices", {}))
    )
    return measures, functions, indices


def contradictions(verdicts: Table) -> Iterator[str]:
    """Verdicts that say something else than a proof."""
    for name, by_axiom in verdicts.items():
        for axiom, verdict in by_axiom.items():
            proof = hand_proof(subject_of(name), AXIOMS[axiom], DOMAINS[verdict.domain])
            if proof is not None and proof.holds is not verdict.holds:
                yield f"{proof.link}: {verdict}"


def axioms_of(function: str) -> list[str]:
    """Names of the axioms that can be asked of a clustering function of docs/axioms.md."""
    kind, told = EVERY_FUNCTION[function][1], function in TOLD_FUNCTIONS
    of = "functions that are told k" if told else "functions"
    return [axiom.name for axiom in FUNCTION_AXIOMS.values() if kind in axiom.kinds and axiom.of == of]


def _lacks(records: list[dict[str, Any]], axioms: Iterable[str]) -> bool:
    """Whether some axiom has no verdict, or some verdict no axiom any more."""
    return {one["axiom"] for one in records} != set(axioms)


def _measure_records(
    name: str, before: list[dict[str, Any]], budget: Budget, missing: bool = False
) -> list[dict[str, Any]]:
    """Verdicts on all axioms: by proofs that are run here, by counterexamples that replay, or by searching."""
    subject = subject_of(name)
    written = {record["axiom"]: record for record in before if missing}
    kept = {}
    for record in before:
        verdict = Verdict.from_record(name, record)
        if verdict.axiom in AXIOMS and verdict.witness is not None and verdict.witness.replay():
            kept[verdict.axiom] = replace(verdict, evidence=_valued(verdict.witness, subject), undefined=None)
    verdicts: dict[str, Verdict] = {}
    for axiom in AXIOMS.values():
        if axiom.name in written:
            continue
        domain = natural_domain(subject, axiom)
        if (proof := hand_proof(subject, axiom, domain)) is not None:
            proof.run(subject, axiom, cases=CASES)
        if (known := settled(subject, axiom, domain) or kept.get(axiom.name)) is not None:
            verdicts[axiom.name] = known
    open_cells = [axiom for axiom in AXIOMS if axiom not in verdicts and axiom not in written]
    for verdict in check(name, open_cells, budget=budget, progress=False) if open_cells else ():
        verdicts[verdict.axiom] = verdict
    return [written[axiom] if axiom in written else verdicts[axiom].record() for axiom in AXIOMS]


def _valued(witness: Witness, subject: Subject) -> Witness:
    """The same instances with their values of today."""
    return replace(witness, values=tuple(subject.exact(frame) for frame in witness.frames))


def function_records(name: str, before: list[dict[str, Any]], missing: bool = False) -> list[dict[str, Any]]:
    """Verdicts on all axioms of a clustering function, found as those of measures are."""
    function, needs = EVERY_FUNCTION[name]
    subject = FunctionSubject(name, function, needs, name in TOLD_FUNCTIONS)
    records = {record["axiom"]: record for record in before if missing}
    proofs = {axiom: function_proof(name, FUNCTION_AXIOMS[axiom]) for axiom in axioms_of(name) if axiom not in records}
    for axiom, proof in proofs.items():
        if proof is not None:
            proof.run(subject, FUNCTION_AXIOMS[axiom], cases=CASES)
    for record in before:
        witness = Verdict.from_record(name, record).witness
        if proofs.get(record["axiom"], True) is None and witness is not None and witness.replay(function):
            records[record["axiom"]] = record
    for axiom in [axiom for axiom in axioms_of(name) if axiom not in records]:
        options: dict[str, Any] = {"needs": needs, "name": name, "seconds": BUDGET.seconds}
        (verdict,) = check_function(function, axiom, **options)
        records[axiom] = verdict.record()
    return [records[axiom] for axiom in axioms_of(name)]


def _index_records(name: str) -> list[dict[str, Any]]:
    subject = index_subject(name)
    for axiom in INDEX_AXIOMS.values():
        if (proof := index_proof(subject, axiom)) is not None:
            proof.run(subject, cases=CASES)
    return [verdict.record() for verdict in check_index(name, list(INDEX_AXIOMS), seconds=BUDGET.seconds)]


def _text(known: dict[str, Records]) -> str:
    """JSON with a line a verdict, so that changes can be read."""
    order: dict[str, Iterable[str]] = {"measures": catalog, "functions": EVERY_FUNCTION, "indices": external_catalog}
    kinds = []
    for kind, names in order.items():
        parts = (
            f"{json.dumps(name, ensure_ascii=False)}: [\n"
            + ",\n".join(json.dumps(one, ensure_ascii=False) for one in known[kind][name])
            + "\n]"
            for name in names
            if name in known[kind]
        )
        kinds.append(f"{json.dumps(kind)}: {{\n" + ",\n".join(parts) + "\n}")
    return "{\n" + ",\n".join(kinds) + "\n}\n"
