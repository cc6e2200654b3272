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
from cqm.axioms.domains import DOMAINS
from cqm.axioms.hand_proofs import hand_proof
from cqm.axioms.search import Budget
from cqm.axioms.statements import AXIOMS
from cqm.axioms.subjects import subject_of
from cqm.axioms.verdict import Verdict
from cqm.catalogue import catalog
from cqm.files import write_text
from cqm.verdicts import PATH

__all__ = ["BUDGET", "contradictions", "judge_all", "read_verdicts"]

BUDGET = Budget(seconds=10)


def judge_all(
    names: Iterable[str] = (), *, budget: Budget = BUDGET, path: Path = PATH, jobs: int | None = None
) -> None:
    """Judge the named measures, or all, one process a core, and write each one's verdicts as soon as they are there.

    Verdicts of measures that are not named stay; those of measures that are no longer catalogued go.

    Raises
    ------
    ValueError
        A search refuted what docs/proofs.md proves: one of the two is wrong. The verdicts are written all the same.
    """
    chosen = list(names) or list(catalog)
    for name in chosen:
        catalog[name]  # an unknown name is an error before the work, not after it
    known = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with (
        ProcessPoolExecutor(jobs or os.cpu_count(), mp_context=get_context("spawn")) as pool,
        Progress(*columns, console=Console(stderr=True)) as bar,
    ):
        task = bar.add_task("judging", total=len(chosen))
        for future in as_completed([pool.submit(_records, name, budget) for name in chosen]):
            name, records = future.result()
            known[name] = records
            write_text(path, _text({name: known[name] for name in catalog if name in known}))
            bar.update(task, description=name, advance=1)
    if found := list(contradictions(read_verdicts(path))):
        raise ValueError("found against a proof of docs/proofs.md:\n" + "\n".join(found))


def read_verdicts(path: Path = PATH) -> dict[str, dict[str, Verdict]]:
    """Measure → axiom → verdict, as objects that can be replayed."""
    records = json.loads(path.read_text(encoding="utf-8"))
    return {name: {record["axiom"]: Verdict.from_record(name, record) for record in records[name]} for name in records}


def contradictions(verdicts: dict[str, dict[str, Verdict]]) -> Iterator[str]:
    """Verdicts that say something else than a proof by hand."""
    for name, by_axiom in verdicts.items():
        for axiom, verdict in by_axiom.items():
            proof = hand_proof(subject_of(name), AXIOMS[axiom], DOMAINS[verdict.domain])
            if proof is not None and proof.holds is not verdict.holds:
                yield f"{proof.link}: {verdict}"


def _records(name: str, budget: Budget) -> tuple[str, list[dict[str, Any]]]:
    records = [verdict.record() for verdict in check(name, budget=budget, progress=False)]
    by_axiom = {record["axiom"]: record for record in records}
    if by_axiom["richness"]["holds"]:  # the only best is a best one: the instances need not stand there twice
        for evidence in (by_axiom["weak_richness"]["evidence"], *by_axiom["weak_richness"]["also"]):
            evidence.pop("instances", None)
    return name, records


def _text(records: dict[str, list[dict[str, Any]]]) -> str:
    """JSON with a line a verdict, so that changes can be read."""
    measures = (
        f"{json.dumps(name)}: [\n" + ",\n".join(json.dumps(one, ensure_ascii=False) for one in verdicts) + "\n]"
        for name, verdicts in records.items()
    )
    return "{\n" + ",\n".join(measures) + "\n}\n"
