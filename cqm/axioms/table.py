"""The table of measures and axioms: judge all, keep the verdicts, write the pages that show them.

`cqm axioms --table` runs it in a checkout of the project.
"""

import json
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cqm.axioms.checker import check
from cqm.axioms.clusterers import FUNCTIONS
from cqm.axioms.domains import DOMAINS
from cqm.axioms.function_checker import FUNCTION_BUDGET, check_function
from cqm.axioms.hand_proofs import hand_proof
from cqm.axioms.search import Budget
from cqm.axioms.statements import AXIOMS
from cqm.axioms.subjects import subject_of
from cqm.axioms.verdict import Verdict
from cqm.catalogue import catalog
from cqm.files import write_text
from cqm.verdicts import PATH

__all__ = ["BUDGET", "Table", "contradictions", "judge_all", "read_verdicts"]

BUDGET = Budget(seconds=1200)

Table = dict[str, dict[str, Verdict]]
Records = dict[str, list[dict[str, Any]]]


def judge_all(
    names: Iterable[str] = (), *, budget: Budget = BUDGET, path: Path = PATH, jobs: int | None = None
) -> None:
    """Judge the named measures, one process a core, and write each one's verdicts as soon as they are there.

    Without names, all measures and the clustering functions of Kleinberg's theorem. Verdicts of what is not named stay;
    those of what is no longer there go.

    Raises
    ------
    ValueError
        A search refuted what docs/proofs.md proves: one of the two is wrong. The verdicts are written all the same.
    """
    chosen, functions = list(names) or list(catalog), [] if names else list(FUNCTIONS)
    for name in chosen:
        catalog[name]  # an unknown name is an error before the work, not after it
    known: dict[str, Records] = {"measures": {}, "functions": {}}
    if path.is_file():
        known = json.loads(path.read_text(encoding="utf-8"))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with (
        ProcessPoolExecutor(jobs or os.cpu_count(), mp_context=get_context("spawn")) as pool,
        Progress(*columns, console=Console(stderr=True)) as bar,
    ):
        tasks = {pool.submit(_measure_records, name, budget): ("measures", name) for name in chosen}
        tasks |= {pool.submit(_function_records, name): ("functions", name) for name in functions}
        task = bar.add_task("judging", total=len(tasks))
        for future in as_completed(tasks):
            kind, name = tasks[future]
            known[kind][name] = future.result()
            write_text(path, _text(known))
            bar.update(task, description=name, advance=1)
    if found := list(contradictions(read_verdicts(path)[0])):
        raise ValueError("found against a proof of docs/proofs.md:\n" + "\n".join(found))


def read_verdicts(path: Path = PATH) -> tuple[Table, Table]:
    """Measure → axiom → verdict and the same of clustering functions, as objects that can be replayed."""
    records = json.loads(path.read_text(encoding="utf-8"))
    measures, functions = (
        {name: {one["axiom"]: Verdict.from_record(name, one) for one in of_kind[name]} for name in of_kind}
        for of_kind in (records["measures"], records["functions"])
    )
    return measures, functions


def contradictions(verdicts: Table) -> Iterator[str]:
    """Verdicts that say something else than a proof by hand."""
    for name, by_axiom in verdicts.items():
        for axiom, verdict in by_axiom.items():
            proof = hand_proof(subject_of(name), AXIOMS[axiom], DOMAINS[verdict.domain])
            if proof is not None and proof.holds is not verdict.holds:
                yield f"{proof.link}: {verdict}"


def _measure_records(name: str, budget: Budget) -> list[dict[str, Any]]:
    records = [verdict.record() for verdict in check(name, budget=budget, progress=False)]
    by_axiom = {record["axiom"]: record for record in records}
    if by_axiom["richness"]["holds"]:  # the only best is a best one: the instances need not stand there twice
        for evidence in (by_axiom["weak_richness"]["evidence"], *by_axiom["weak_richness"]["also"]):
            evidence.pop("instances", None)
    return records


def _function_records(name: str) -> list[dict[str, Any]]:
    function, needs = FUNCTIONS[name]
    verdicts = check_function(function, needs=needs, name=name, budget=FUNCTION_BUDGET, seconds=BUDGET.seconds)
    return [verdict.record() for verdict in verdicts]


def _text(known: dict[str, Records]) -> str:
    """JSON with a line a verdict, so that changes can be read."""
    order: dict[str, Iterable[str]] = {"measures": catalog, "functions": FUNCTIONS}
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
