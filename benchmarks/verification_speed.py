"""What scoring costs: error rates of VoxCeleb1-E's number of trials, a million cosines, AS-norm, a long score file.

    python -m benchmarks.verification_speed [--file-trials 58900000]

Medians of several rounds go to docs/verification-speed.md, with scikit-learn's curve as a yardstick in the same rounds.
A score file with as many lines as VoxCeleb1-B's list, 58.9 million, is written and read once, in a process of its own.
"""

import argparse
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow
from pyarrow import csv
from scipy.optimize import brentq
from sklearn.metrics import roc_curve

from cqm.atomic import write_text
from sv_bridge.embeddings import Embeddings
from sv_bridge.verification.confidence import speaker_bootstrap
from sv_bridge.verification.error_rates import equal_error_rate, min_dcf
from sv_bridge.verification.scoring import score_trials
from sv_bridge.verification.trials import Trials

OUT = Path(__file__).parent.parent / "docs" / "verification-speed.md"
ROUNDS = 5
FILE_UTTERANCES, FILE_BLOCK = 145_000, 2_000_000
TRIALS, PAIRS, UTTERANCES, SPEAKERS, COHORT, DIM, CROPS = 580_000, 1_000_000, 40_000, 1_000, 6_000, 192, 10


def tasks() -> dict[str, Callable[[], object]]:
    """Name → what is timed."""
    rng = np.random.default_rng(0)
    targets, nontargets = rng.normal(2, 1, TRIALS // 2), rng.normal(0, 1, TRIALS // 2)
    labels = np.repeat([True, False], TRIALS // 2)
    scores = np.concatenate([targets, nontargets])
    enrol, test = rng.integers(SPEAKERS, size=(2, TRIALS))
    test = np.where(labels, enrol, np.where(test == enrol, (test + 1) % SPEAKERS, test))
    whole, cohort = embeddings(rng, UTTERANCES), embeddings(rng, COHORT)
    few = embeddings(rng, 4_000, CROPS)
    pairs, few_pairs = (drawn(rng, e) for e in (whole, few))
    return {
        f"equal error rate, {TRIALS:,} trials": lambda: equal_error_rate(targets, nontargets),
        f"the same by scikit-learn's roc_curve and a root, {TRIALS:,} trials": lambda: by_scikit_learn(scores, labels),
        f"minimal detection cost, {TRIALS:,} trials": lambda: min_dcf(targets, nontargets),
        f"100 bootstrap replicates over {SPEAKERS:,} speakers, {TRIALS:,} trials": lambda: speaker_bootstrap(
            scores, labels, enrol, test, replicates=100
        ),
        f"cosine scores of {PAIRS:,} trials, {DIM}-d": lambda: score_trials(whole, pairs),
        f"mean of {CROPS}×{CROPS} crop scores, {PAIRS:,} trials": lambda: score_trials(few, few_pairs, crops="score"),
        f"AS-norm of {PAIRS:,} trials, {UTTERANCES:,} utterances, cohort of {COHORT:,}": lambda: score_trials(
            whole, pairs, cohort=cohort
        ),
    }


def embeddings(rng: np.random.Generator, n: int, *crops: int) -> Embeddings:
    names = np.array([f"u{i}" for i in range(n)])
    return Embeddings(names, rng.normal(size=(n, *crops, DIM)).astype(np.float32), np.full(n, ""))


def drawn(rng: np.random.Generator, among: Embeddings) -> Trials:
    enrol, test = rng.integers(len(among), size=(2, PAIRS))
    return Trials(np.ones(PAIRS, dtype=np.bool_), enrol, test, tuple(among.ids.tolist()))


def by_scikit_learn(scores: np.ndarray, labels: np.ndarray) -> float:
    false_alarm, hit, _ = roc_curve(labels, scores)
    return brentq(lambda x: 1 - x - np.interp(x, false_alarm, hit), 0.0, 1.0)


def score_file(path: Path, trials: int) -> None:
    """Write `label enrol test score` lines with names such as VoxCeleb's: 2 % targets, an equal error rate near 3 %."""
    rng = np.random.default_rng(0)
    names = pyarrow.array([f"id{i // 120:05d}/{i % 120:06d}/{i % 97:05d}.wav" for i in range(FILE_UTTERANCES)])
    columns = {"l": pyarrow.int8(), "e": pyarrow.string(), "t": pyarrow.string(), "s": pyarrow.float64()}
    schema = pyarrow.schema(list(columns.items()))
    style = csv.WriteOptions(include_header=False, delimiter=" ", quoting_style="none")
    with csv.CSVWriter(path, schema, write_options=style) as writer:
        for first in range(0, trials, FILE_BLOCK):
            n = min(FILE_BLOCK, trials - first)
            labels = rng.random(n) < 0.02
            sides = (names.take(pyarrow.array(rng.integers(FILE_UTTERANCES, size=n))) for _ in range(2))
            scores = rng.normal(np.where(labels, 0.6, 0.1), 0.13)
            writer.write_table(pyarrow.table([labels.astype(np.int8), *sides, scores], schema=schema))


def read_in_a_process(trials: int) -> str:
    """Time, time on all processors together and peak memory of `sv-bridge metrics` for a file, as a row."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scores.txt"
        score_file(path, trials)
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run([sys.executable, "-m", "sv_bridge", "metrics", str(path)], check=True, capture_output=True)
        seconds, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        size = path.stat().st_size / 1e9
    return (
        f"| `sv-bridge metrics`: {trials:,} trials in a file of {size:.1f} GB → EER, minDCF, Cllr, repeated pairs "
        f"| {seconds:.3g} s | {spent:.3g} s | {after.ru_maxrss / 2**20:.2f} GiB |"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--file-trials", type=int, default=58_900_000)
    large = read_in_a_process(parser.parse_args().file_trials)
    timed = tasks()
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in timed}
    for _ in range(ROUNDS + 1):  # the first warms up
        for name, task in timed.items():
            start, spent = time.perf_counter(), time.process_time()
            task()
            seconds[name].append((time.perf_counter() - start, time.process_time() - spent))
    rows = []
    for name, times in seconds.items():
        wall, processors = (statistics.median(column) for column in zip(*times[1:], strict=True))
        rows.append(f"| {name} | {wall:.3g} s | {processors:.3g} s | |")
    text = (
        "# What scoring costs\n\n"
        f"Medians of {ROUNDS} rounds on {os.cpu_count()} processors ({platform.machine()}), numpy {np.__version__}; "
        "written by `python -m benchmarks.verification_speed`.\n\n"
        "| task | time | on all processors together | memory |\n| --- | ---: | ---: | ---: |\n"
        + "\n".join([*rows, large])
        + "\n"
    )
    write_text(OUT, text)
    print(text)


if __name__ == "__main__":
    main()
