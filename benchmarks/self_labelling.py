"""A model of unlabelled speech, what training on the speakers it finds adds, and what their names would have added.

    python -m benchmarks.self_labelling --corpus DIR [--seeds N] [--runs DIR]

The corpus holds both collections. For each seed, `small-snt` learns from the training speakers of both without a label.
From there, three ways on, of as many epochs: the same once more; `small-snt-speakers` with the speakers that
`self_label` finds, one round; and the same with the true ones. All are judged on development and test speakers of each
collection, as recorded and crossed. Differences on test speakers are means over seeds, their intervals from speakers
drawn with replacement, the same for all systems. What is trained is not trained again. Numbers go to
docs/self-labelling.json, and from there into docs/self-labelling.md; without a corpus, only that is written.
"""

import argparse
import json
import statistics
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import adjusted_mutual_info_score

from benchmarks.two_collections import (
    CONDITIONS,
    KINDS,
    REST,
    SHORTEST_SECONDS,
    SOURCE,
    SPLITS,
    hard_negatives,
    in_words,
    lists,
    parts,
)
from cqm.atomic import write_text
from cqm.json_files import write_json
from sv_bridge.compactness.pseudo_speakers import cuts, find_pseudo_speakers
from sv_bridge.compactness.self_labelling import self_label
from sv_bridge.data.manifest import Corpus, read_corpus
from sv_bridge.models.systems import embeddings_of
from sv_bridge.presets import load_config
from sv_bridge.training.checkpoint import checkpoints
from sv_bridge.training.loop import train
from sv_bridge.training.run_directory import CHECKPOINTS
from sv_bridge.verification.confidence import speaker_replicates
from sv_bridge.verification.error_rates import equal_error_rate
from sv_bridge.verification.scoring import score_trials, scoring_vectors
from sv_bridge.verification.trials import Trials

PAGE = Path(__file__).parent.parent / "docs" / "self-labelling.md"
START, LONGER, FOUND, NAMED = "start", "longer", "found", "named"
SYSTEMS = {
    START: "`small-snt`",
    LONGER: "… the same again",
    FOUND: "… found speakers",
    NAMED: "… true speakers",
}
PLAIN, AGAIN = load_config("small-snt"), load_config("small-snt-speakers")
MORE = [f"epochs={AGAIN.training.epochs}", f"learning_rate={AGAIN.training.learning_rate}"]
"""As long, and from the same rate, as what is compared with."""
NUMBERS = 24
"""Of clusters around the true one, that the chosen one is compared with."""


def main() -> None:
    """Train and judge what a corpus is given for, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, help="both collections, with splits train, dev, test")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--runs", type=Path, default=Path("runs/self-labelling"))
    parser.add_argument("--page", type=Path, default=PAGE)
    options = parser.parse_args()
    record = options.page.with_suffix(".json")
    if options.corpus is not None:
        corpus = read_corpus(options.corpus).where(lambda u: u.duration_s >= SHORTEST_SECONDS)
        chains = [chain(corpus, options.runs / f"seed{seed}", seed) for seed in range(options.seeds)]
        write_json(record, measured(corpus, chains))
    write_text(options.page, page(json.loads(record.read_text(encoding="utf-8"))))


def chain(corpus: Corpus, folder: Path, seed: int) -> dict[str, Path]:
    """The runs of one seed, trained where they are not there."""
    common = [f"seed={seed}", "workers=0"]
    runs = {
        START: folder / START,
        LONGER: folder / LONGER,
        FOUND: folder / FOUND / "round-1" / "run",
        NAMED: folder / NAMED,
    }
    if not done(runs[START]):
        train(load_config("small-snt", common), corpus, runs[START], progress_bar=False)
    after = [*common, f"start_from={runs[START].resolve()}"]
    if not done(runs[LONGER]):
        train(load_config("small-snt", [*after, *MORE]), corpus, runs[LONGER], progress_bar=False)
    recipe = load_config("small-snt-speakers", common)
    if not done(runs[FOUND]):
        list(self_label(str(runs[START]), corpus, folder / FOUND, recipe, rounds=1, progress_bar=False))
    if not done(runs[NAMED]):
        train(load_config("small-snt-speakers", after), corpus, runs[NAMED], progress_bar=False)
    return runs


def done(run: Path) -> bool:
    """Whether a run has all of its epochs."""
    path, epochs = run / CHECKPOINTS, (PLAIN if run.name == START else AGAIN).training.epochs
    return path.is_dir() and f"epoch-{epochs:04d}" in [each.name for each in checkpoints(path)]


def measured(corpus: Corpus, chains: list[dict[str, Path]]) -> dict[str, Any]:
    """Everything that the page shows."""
    collections = {}
    for name, part in parts(corpus).items():
        hard = hard_negatives(part)
        trials = lists(part, hard)
        collections[name] = {
            "hard": in_words(hard),
            "people": {split: len(part.split(split).speakers) for split in ("train", *SPLITS)},
            **judged(part, trials, chains),
        }
    return {"collections": collections, "speakers": [speakers(corpus, runs[START]) for runs in chains]}


def judged(part: Corpus, trials: Mapping[tuple[str, str], Trials], chains: list[dict[str, Path]]) -> dict[str, Any]:
    """Equal error rates in percent, seed by seed, and differences on test speakers."""
    rates: dict[str, Any] = {}
    replicates: dict[tuple[str, str, str], NDArray[np.float64]] = {}
    for system in SYSTEMS:
        for condition, options in CONDITIONS.items():
            for split in SPLITS:
                tables = [embeddings_of(str(runs[system]), part.split(split), options) for runs in chains]
                for kind in KINDS:
                    listed = trials[split, kind]
                    owners = [tables[0].speakers[rows] for rows in tables[0].rows(listed)]
                    scores = [score_trials(table, listed) for table in tables]
                    found = [equal_error_rate(each[listed.labels], each[~listed.labels]) for each in scores]
                    rates.setdefault(system, {}).setdefault(condition, {}).setdefault(split, {})[kind] = [
                        round(100 * rate, 2) for rate in found
                    ]
                    if split == "test":
                        drawn = [speaker_replicates(each, listed.labels, *owners) for each in scores]
                        replicates[system, condition, kind] = 100 * np.mean(drawn, axis=0)
    differences: dict[str, Any] = {}
    for other in (START, LONGER, NAMED):
        for condition in CONDITIONS:
            for kind in KINDS:
                low, high = np.quantile(
                    replicates[FOUND, condition, kind] - replicates[other, condition, kind], [0.025, 0.975]
                )
                mine, theirs = (rates[system][condition]["test"][kind] for system in (FOUND, other))
                differences.setdefault(other, {}).setdefault(condition, {})[kind] = {
                    "difference": round(statistics.fmean(mine) - statistics.fmean(theirs), 2),
                    "interval": [round(float(low), 2), round(float(high), 2)],
                }
    return {"rates": rates, "differences": differences}


def speakers(corpus: Corpus, run: Path) -> dict[str, Any]:
    """How many training speakers are found, in both collections together and in each, and how well."""
    everybody = embeddings_of(str(run), corpus.split("train"))
    mine = np.array([utterance.source == SOURCE for utterance in corpus.split("train")])
    found = {}
    for name, rows in {"both": mine | True, SOURCE: mine, REST: ~mine}.items():
        embeddings = everybody.where(rows)
        chosen = find_pseudo_speakers(embeddings)
        cut = cuts(scoring_vectors(embeddings.vectors))
        true, kept = len(set(embeddings.speakers)), chosen.labels >= 0
        around = np.geomspace(true / 3, true * 3, NUMBERS).round().astype(int).tolist()
        amis = {k: adjusted_mutual_info_score(embeddings.speakers, cut(k)) for k in {*around, true, chosen.clusters}}
        found[name] = {
            "true": true,
            "chosen": chosen.clusters,
            "ami": round(amis[chosen.clusters], 4),
            "ami_of_true": round(amis[true], 4),
            "best_ami": round(max(amis.values()), 4),
            "kept": round(chosen.kept, 4),
            "ami_of_kept": round(adjusted_mutual_info_score(embeddings.speakers[kept], chosen.labels[kept]), 4),
        }
    return found


def page(record: Mapping[str, Any]) -> str:
    """docs/self-labelling.md."""
    seeds = len(record["speakers"])
    lines = [
        "# Self-labelling",
        "",
        "What a small encoder learns from speech without a label, what training on the speakers that it then finds by "
        "itself adds, and what the true speakers would have added. `small-snt` is trained on the training speakers of "
        f"two collections together, with {seeds} seeds. From each, three ways on, of ten epochs: the same again "
        "(SNT-Xent, both crops of one utterance); `sv-bridge self-label`, one round (the second crop is of another "
        "utterance of the same found speaker, no negative is of theirs, and utterances in no found speaker are "
        "left out, so these epochs are shorter); and that with the true speakers and all utterances. Written by "
        "`python -m benchmarks.self_labelling`.",
        "",
        "The recipe was chosen on development speakers. EER %: any non-targets / hard ones, which are those of the "
        "same gender and age group, or of the same source and language. Mean ± standard deviation over seeds. Crossed: "
        "every utterance goes through [a channel of its own](crossed-trials.md), drawn from seed 0.",
    ]
    for name, collection in record["collections"].items():
        people = collection["people"]
        lines += [
            "",
            f"## {name}",
            "",
            f"{people['train']} people to train on, {people['dev']} to develop on, {people['test']} to report. Hard "
            f"non-targets are of the same {collection['hard']}.",
            "",
            "| system | dev, as recorded | dev, crossed | test, as recorded | test, crossed |",
            "|---|---:|---:|---:|---:|",
        ]
        for system, words in SYSTEMS.items():
            rates = collection["rates"][system]
            cells = [
                " / ".join(spread(rates[condition][split][kind]) for kind in KINDS)
                for split in SPLITS
                for condition in CONDITIONS
            ]
            lines.append(f"| {words} | {' | '.join(cells)} |")
        lines += [
            "",
            "What found speakers change, on test speakers: differences of the means over seeds, in points of EER, with "
            "their 95 % intervals (speakers drawn with replacement, the same for both):",
            "",
            "| against | as recorded, any | as recorded, hard | crossed, any | crossed, hard |",
            "|---|---:|---:|---:|---:|",
        ]
        for other, conditions in collection["differences"].items():
            cells = [
                f"{each['difference']:+.1f} ({each['interval'][0]:+.1f} … {each['interval'][1]:+.1f})"
                for kinds in conditions.values()
                for each in (kinds[kind] for kind in KINDS)
            ]
            lines.append(f"| {SYSTEMS[other].removeprefix('… ')} | {' | '.join(cells)} |")
        lines += ["", verdict(collection["differences"])]
    lines += [
        "",
        "## Speakers found",
        "",
        "By `small-snt` among the training utterances, in both collections together and in each alone: the number "
        "chosen without a label; the adjusted mutual information (AMI) of all clusters with the speakers; its share of "
        f"the best, that of both numbers and of {NUMBERS} between a third and three times the true one; and what is "
        "trained on, the utterances nearest to their own cluster.",
        "",
        "| utterances | seed | speakers | found | AMI | of the best | kept | AMI of the kept |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name in record["speakers"][0]:
        for seed, row in enumerate(each[name] for each in record["speakers"]):
            lines.append(
                f"| {name} | {seed} | {row['true']} | {row['chosen']} | {row['ami']:.3f} | "
                f"{row['ami'] / row['best_ami']:.3f} | {row['kept']:.0%} | {row['ami_of_kept']:.3f} |"
            )
    return "\n".join(lines) + "\n"


def verdict(differences: Mapping[str, Any]) -> str:
    """Which differences from the same again are clearly to one side of 0."""
    told: dict[str, list[str]] = {"lower": [], "higher": [], "not clearly different": []}
    for condition, kinds in differences[LONGER].items():
        for kind in KINDS:
            low, high = kinds[kind]["interval"]
            side = "lower" if high < 0 else "higher" if low > 0 else "not clearly different"
            told[side].append(f"{'crossed' if condition == 'crossed' else 'as recorded'}, {kind}")
    said = "; ".join(f"{side}: {' and '.join(cases)}" for side, cases in told.items() if cases)
    return f"Error rates after found speakers against ten epochs more of the same: {said}."


def spread(values: list[float]) -> str:
    """Mean, and the standard deviation where there are several."""
    mean = f"{statistics.fmean(values):.1f}"
    return mean if len(values) < 2 else f"{mean} ± {statistics.stdev(values):.1f}"


if __name__ == "__main__":
    main()
