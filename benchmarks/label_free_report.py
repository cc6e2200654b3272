"""The page of the label-free study, docs/label-free.md, and its plots, from the records alone."""

import json
import statistics
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import cqm
from benchmarks.label_free_figures import draw_correlations, draw_numbers, draw_scatter
from benchmarks.label_free_measure import DRAWN, LEFT_OUT, MANY, NUMBERS, VIEW_SECONDS
from benchmarks.label_free_statistics import (
    AXIOMS,
    Criterion,
    Judged,
    Key,
    Record,
    Records,
    Scorer,
    axioms_held,
    committee,
    correlation,
    errors,
    fixed,
    judge,
    measures_in,
    member,
    number_shares,
    selected,
    shared,
    values,
    words,
)
from cqm.atomic import write_text
from sv_bridge.reports.selection import COMMITTEE, RULE

CONDITIONS = ("recorded", "crossed")
BEST = 12
"""Criteria that the tables show besides those that everybody asks for."""
KNOWN = (
    "loss", "view_error_rate", "view_contrast", "view_alignment", "uniformity", "rank_me", "effective_rank",
    "spectral_decay", "lidar", "ahc:silhouette", "kmeans:silhouette", "ahc:davies_bouldin", "ahc:calinski_harabasz",
    "ahc:xie_beni", "ahc:dunn", "ahc:connectivity",
)  # fmt: skip


def write_report(folder: Path, page: Path) -> None:
    """Write the page and its plots from the records of all collections."""
    records = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}
    if not records:
        raise FileNotFoundError(f"no records in {folder}: train and measure first")
    judged = judge_all(records)
    draw_scatter(records, folder / "choosing.png")
    draw_correlations(records, judged, folder / "correlations.png")
    draw_numbers(records, folder / "numbers.png")
    text = "\n".join(
        [
            *introduction(records),
            *choosing(records, judged),
            *testing(records, judged),
            *numbers(records),
            *axioms(judged, records),
            *limits(records),
        ]
    )
    write_text(page, text + "\n")


def judge_all(records: Records) -> dict[Key, Judged]:
    """What every criterion is worth for development speakers."""
    return {
        (name, criterion, condition): judge(record, fixed(values(record, criterion)), errors(record, condition, "dev"))
        for name, record in records.items()
        for criterion in shared(records)
        for condition in CONDITIONS
    }


def worth(records: Records, judged: Mapping[Key, Judged], criterion: Criterion, among: Sequence[str] = ()) -> float:
    """Expected regret of a criterion on crossed trials of development speakers, the mean over collections."""
    return statistics.fmean(judged[name, criterion, "crossed"].expected_regret for name in among or records)


def best_criteria(records: Records, judged: Mapping[Key, Judged], among: Sequence[str] = ()) -> list[Criterion]:
    """Criteria by their worth."""
    return sorted(shared(records), key=lambda criterion: worth(records, judged, criterion, among))


def introduction(records: Records) -> list[str]:
    """What was done."""
    counts = {name: len(record["checkpoints"]) for name, record in records.items()}
    runs = {name: len({each["run"] for each in record["checkpoints"]}) for name, record in records.items()}
    listed = " and ".join(f"{counts[name]} checkpoints of {runs[name]} runs on {name}" for name in records)
    trained = sorted({each["run"] for record in records.values() for each in record["checkpoints"]})
    last = max(each["epoch"] for record in records.values() for each in record["checkpoints"])
    return [
        "# Choosing without labels",
        "",
        "Which number that reads no label picks the best of many checkpoints, margins and recipes, and which the "
        f"number of speakers? {listed} were measured, after 1 to {last} epochs: {', '.join(trained)}. Written by "
        "`python -m benchmarks.label_free report` from the records in `docs/label-free/`.",
        "",
        f"What reads no label is computed from {DRAWN['train']} utterances that were trained on (*heard*) and from up "
        f"to {DRAWN['dev']} of development speakers (*unheard*), drawn at random, as recorded and *crossed*: every "
        "utterance through [a channel of its own](crossed-trials.md). Views are the first and the last "
        f"{VIEW_SECONDS:g} s of an utterance, crossed each by itself. Speakers are found in embeddings whitened by the "
        "heard ones: by average linkage with the number of clusters that the silhouette prefers (`ahc:`), and by "
        "k-means with a tenth of the utterances (`kmeans:`). Error rates are means over any and hard non-targets. "
        "*Correlation* is Spearman's, of the number (better first) with the error rate (lower first); *regret* the "
        "error rate of the checkpoint that the number prefers over that of the best one. Intervals (90 %) and expected "
        "regrets draw whole runs with replacement.",
    ]


def row(records: Records, judged: Mapping[Key, Judged], criterion: Criterion) -> str:
    """One criterion, all collections."""
    cells = []
    for name in records:
        crossed, recorded = (judged[name, criterion, condition] for condition in ("crossed", "recorded"))
        low, high = crossed.correlation_interval
        cells += [
            f"{crossed.correlation:.2f} ({low:.2f} … {high:.2f})",
            f"{crossed.regret:.2f}, {crossed.expected_regret:.2f}",
            f"{recorded.correlation:.2f}",
        ]
    heard = {"train": "heard", "dev": "unheard"}[criterion.pool]
    return f"| {words(criterion.name)} | {heard}, {criterion.condition} | {' | '.join(cells)} |"


def header(records: Records) -> list[str]:
    """Of tables of criteria."""
    columns = [
        f"{name}: {what}"
        for name in records
        for what in ("correlation, crossed", "regret, expected", "correlation, as recorded")
    ]
    return [f"| number | utterances | {' | '.join(columns)} |", "|---|---|" + "---:|" * len(columns)]


def choosing(records: Records, judged: Mapping[Key, Judged]) -> list[str]:
    """Tables of the best criteria and of those that everybody asks for."""
    order = best_criteria(records, judged)
    asked = [criterion for criterion in order if criterion.name in KNOWN and criterion.condition == "crossed"]
    return [
        "",
        "## Checkpoints, on development speakers",
        "",
        "![numbers against error rates](label-free/choosing.png)",
        "",
        f"The {BEST} of {len(order)} numbers with the least expected regret on crossed trials:",
        "",
        *header(records),
        *(row(records, judged, criterion) for criterion in order[:BEST]),
        "",
        "Those that come to mind first, of crossed utterances:",
        "",
        *header(records),
        *(row(records, judged, criterion) for criterion in asked),
        "",
        "![rank correlations of all numbers](label-free/correlations.png)",
    ]


def testing(records: Records, judged: Mapping[Key, Judged]) -> list[str]:
    """The rule, once, on speakers that did not choose it; and the best of one collection on the other."""
    lines = [
        "",
        "## The rule, on test speakers",
        "",
        f"`sv-bridge select` goes by the {words(RULE)} of crossed utterances and, where that is not sure, by the mean "
        f"rank of {', '.join(map(words, COMMITTEE))}. Beside these, of heard utterances: what the tables above would "
        "choose, RankMe, the training loss, and a checkpoint at random. Regret, with its 90 % interval:",
        "",
        f"| choice | {' | '.join(f'{name}: {condition}' for name in records for condition in CONDITIONS)} |",
        "|---|" + "---:|" * (len(records) * len(CONDITIONS)),
    ]
    best = best_criteria(records, judged)[0]
    choices: dict[str, Callable[[Record], Scorer]] = {
        "`sv-bridge select`": selected,
        f"{words(RULE)} alone": lambda record: fixed(values(record, member(RULE))),
        "mean rank alone": committee,
        f"best in development: {words(str(best))}": lambda record: fixed(values(record, best)),
        "RankMe": lambda record: fixed(values(record, member("rank_me"))),
        "training loss": lambda record: fixed(values(record, member("loss"))),
        "a checkpoint at random": lambda record: fixed(np.zeros(len(record["checkpoints"]))),
    }
    for choice, scorer in choices.items():
        cells = []
        for record in records.values():
            for condition in CONDITIONS:
                found = judge(record, scorer(record), errors(record, condition, "test"))
                low, high = found.regret_interval
                cells.append(f"{found.regret:.2f} ({low:.2f} … {high:.2f})")
        lines.append(f"| {choice} | {' | '.join(cells)} |")
    lines += ["", "A number that one collection chose, for the other's test speakers, crossed:", ""]
    for name in records:
        for other in records:
            if other != name:
                chosen_there = best_criteria(records, judged, [name])[0]
                found = judge(
                    records[other],
                    fixed(values(records[other], chosen_there)),
                    errors(records[other], "crossed", "test"),
                )
                lines.append(
                    f"- chosen on {name}: {words(str(chosen_there))}; on {other} correlation {found.correlation:.2f}, "
                    f"regret {found.regret:.2f} ({found.regret_interval[0]:.2f} … {found.regret_interval[1]:.2f})"
                )
    return lines


def numbers(records: Records) -> list[str]:
    """How many speakers each measure chooses."""
    lines = [
        "",
        "## The number of speakers",
        "",
        f"Of {MANY} training utterances as recorded, in the whitened embeddings of the last epoch of each run: average "
        f"linkage, {', '.join(map(str, NUMBERS))} clusters to choose among, by the measure's best value or, where it "
        "only bends, by its bend. Adjusted mutual information (AMI) with the speakers at the chosen number ÷ the best "
        "of them; the mean and the worst over runs, and the median of the numbers chosen.",
        "",
        "![AMI at the number of speakers that each measure chooses](label-free/numbers.png)",
        "",
    ]
    lines.append("| measure | " + " | ".join(f"{n}: mean, worst | chosen" for n in records) + " |")
    lines.append("|---|" + "---:|" * (2 * len(records)))
    shares = {measure: number_shares(records, measure) for measure in measures_in(records)}
    known = {measure: found for measure, found in shares.items() if all(found.values())}
    for measure in sorted(known, key=lambda each: -statistics.fmean(np.mean(list(known[each].values()), axis=1))):
        cells = []
        for name, record in records.items():
            found = known[measure][name]
            chosen = [each["chosen"][measure] for each in record["numbers"].values() if each["chosen"][measure]]
            cells += [f"{statistics.fmean(found):.3f}, {min(found):.3f}", f"{statistics.median(chosen):g}"]
        lines.append(f"| {words(measure)} | {' | '.join(cells)} |")
    speakers = ", ".join(
        f"{name} {next(iter(record['numbers'].values()))['speakers']}" for name, record in records.items()
    )
    silent = [words(measure) for measure in measures_in(records) if measure not in known]
    lines += ["", f"Speakers there are: {speakers}. No choice at all: {', '.join(silent) or 'none'}."]
    return lines


def axioms(judged: Mapping[Key, Judged], records: Records) -> list[str]:
    """Whether axioms predict how well a measure chooses."""
    chosen = [Criterion(f"ahc:{measure}", "train", "crossed") for measure in measures_in(records)]
    rows = [criterion for criterion in chosen if all((name, criterion, "crossed") in judged for name in records)]
    measures = [criterion.name.partition(":")[2] for criterion in rows]
    held = np.array([axioms_held(measure) for measure in measures])
    by_checkpoint = np.array(
        [statistics.fmean(judged[name, criterion, "crossed"].correlation for name in records) for criterion in rows]
    )
    shares = [number_shares(records, measure) for measure in measures]
    counted = np.array([all(found.values()) for found in shares])
    by_number = np.array(
        [statistics.fmean(np.mean(list(found.values()), axis=1)) if all(found.values()) else np.nan for found in shares]
    )
    lines = [
        "",
        "## Do axioms tell which measure chooses well?",
        "",
        "Over measures of found speakers (heard, crossed): rank correlation of the number of axioms that hold "
        f"({', '.join(map(words, AXIOMS))}) with the correlation above, and with the share of the AMI; and the mean of "
        "both where an axiom holds and where it does not. Intervals (90 %) resample measures.",
        "",
        "| | checkpoints | numbers of speakers |",
        "|---|---:|---:|",
    ]
    cells = [
        spread(lambda at: correlation(held[at], by_checkpoint[at]), len(held)),
        spread(lambda at: correlation(held[counted][at], by_number[counted][at]), int(counted.sum())),
    ]
    lines.append(f"| rank correlation with the number of axioms | {' | '.join(cells)} |")
    for axiom in AXIOMS:
        holds = np.array([cqm.catalog[measure].axioms[axiom].holds is True for measure in measures])
        cells = [
            " · ".join(
                f"{mean(scores[where])} ({np.count_nonzero(where)})" for where in (holds & known, ~holds & known)
            )
            for scores, known in ((by_checkpoint, np.ones(len(holds), np.bool_)), (by_number, counted))
        ]
        lines.append(f"| {words(axiom)} holds · does not (measures) | {' | '.join(cells)} |")
    return lines


def mean(scores: Any) -> str:
    """Mean of some scores, if there are any."""
    return f"{scores.mean():.2f}" if len(scores) else "—"


def spread(statistic: Any, n: int) -> str:
    """A statistic of n measures and its interval over resamples of them."""
    rng = np.random.default_rng(0)
    resampled = [statistic(rng.integers(n, size=n)) for _ in range(1000)]
    low, high = np.quantile(resampled, (0.05, 0.95))
    return f"{statistic(np.arange(n)):.2f} ({low:.2f} … {high:.2f})"


def limits(records: Records) -> list[str]:
    """What was left out, and what this does not show."""
    costs = {cost: [m.name for m in cqm.catalog.values() if m.cost == cost] for cost in LEFT_OUT}
    left_out = "; ".join(
        f"{', '.join(map(words, costs[cost]))} ({why})" for cost, why in LEFT_OUT.items() if costs[cost]
    )
    return [
        "",
        "## Limits",
        "",
        f"Not asked, for their cost: {left_out}. The models are small and trained for minutes; epochs of a run are "
        "alike, so intervals draw runs, and there are few of them. Two collections say little about a third. Regret "
        "counts from the best of these checkpoints, not from what a corpus could give. What `select` falls back on was "
        "changed once the table of the rule had been seen, so for the rows of `select` and of the mean rank the test "
        "speakers are no longer unseen; the view error rate alone was chosen without them.",
    ]
