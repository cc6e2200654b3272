"""A model of unlabelled speech, what training on the speakers it finds adds, and what their names would have added.

    python -m benchmarks.self_labelling --corpus DIR [--seeds N] [--runs DIR] [--peer NAME=SYSTEM …]

The corpus holds both collections. For each seed, `small-snt` learns from the training speakers of both without a label.
From there, four ways on, of as many hours of crops: plain SNT-Xent; `RECIPES` on the speakers that `self_label` finds;
these on as many clusters as there are speakers; and on the true speakers. All are judged on development and test
speakers of each collection, as recorded and crossed, beside what never trained on this speech. Differences on test
speakers are means over seeds, their intervals from speakers drawn with replacement, the same for all systems. What is
trained or embedded is not done again. Numbers go to docs/self-labelling.json, and from there into
docs/self-labelling.md; without a corpus, only that is written.
"""

import argparse
import json
import shutil
import statistics
from collections.abc import Mapping
from dataclasses import replace
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
    WHITENED,
    hard_negatives,
    in_words,
    lists,
    parts,
    rates_table,
    spread,
)
from cqm.atomic import write_text
from cqm.json_files import write_json
from sv_bridge.compactness.pseudo_speakers import cuts, find_pseudo_speakers
from sv_bridge.compactness.self_labelling import self_label
from sv_bridge.config import RunConfig
from sv_bridge.data.manifest import Corpus, read_corpus
from sv_bridge.embeddings import Embeddings
from sv_bridge.models.systems import LOG_MEL, UNTRAINED, embeddings_of
from sv_bridge.presets import load_config
from sv_bridge.training.checkpoint import checkpoints, read_config
from sv_bridge.training.loop import train
from sv_bridge.training.normalisation import is_normalised, normalise
from sv_bridge.training.run_directory import CHECKPOINTS
from sv_bridge.verification.backend import Backend, parse_backend
from sv_bridge.verification.confidence import speaker_replicates
from sv_bridge.verification.error_rates import equal_error_rate
from sv_bridge.verification.scoring import scoring_vectors
from sv_bridge.verification.transforms import whiten
from sv_bridge.verification.trials import Trials

PAGE = Path(__file__).parent.parent / "docs" / "self-labelling.md"
START, LONGER, LONGER_PLUS, RAW = "start", "longer", "longer-normalised", "found-raw"
FOUND, COUNTED, NAMED = "found", "counted", "named"
FIRST, RECIPES = "small-snt", ("small-snt-speakers", "small-aam-softmax")
TRAINED = {
    START: f"`{FIRST}`",
    LONGER: "… SNT-Xent for longer",
    LONGER_PLUS: "… SNT-Xent for longer, normalised",
    RAW: "… found speakers, not normalised",
    FOUND: "… found speakers",
    COUNTED: "… found speakers, their number given",
    NAMED: "… true speakers",
}
UNHEARD = {WHITENED: LOG_MEL, "untrained encoder": f"{UNTRAINED}{FIRST}"}
"""What has not trained on this speech: systems by the name they have on the page."""
BACKENDS = {"as-norm": "by normalised scores", "cosine": "by cosines"}
"""Between embeddings and scores, and what the page calls it."""
NUMBERS = 24
"""Of clusters around the true one, that the chosen one is compared with."""

Tables = dict[tuple[str, str], list[Embeddings]]
"""By system and condition: one of each seed where there are seeds."""


def main() -> None:
    """Train and judge what a corpus is given for, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, help="both collections, with splits train, dev, test")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--runs", type=Path, default=Path("runs/self-labelling"))
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=SYSTEM", help="one to beat, too")
    parser.add_argument("--page", type=Path, default=PAGE)
    options = parser.parse_args()
    record = options.page.with_suffix(".json")
    if options.corpus is not None:
        corpus = read_corpus(options.corpus).where(lambda u: u.duration_s >= SHORTEST_SECONDS)
        chains = [chain(corpus, options.runs / f"seed{seed}", seed) for seed in range(options.seeds)]
        peers = dict(each.split("=", 1) for each in options.peer)
        write_json(record, measured(corpus, chains, UNHEARD | peers, options.runs))
    write_text(options.page, page(json.loads(record.read_text(encoding="utf-8"))))


def chain(corpus: Corpus, folder: Path, seed: int) -> dict[str, Path]:
    """The runs of one seed, trained where they are not there."""
    common = [f"seed={seed}", "workers=0"]
    plain, *recipes = (load_config(recipe, common) for recipe in (FIRST, *RECIPES))
    speech, start = corpus.split("train"), folder / START
    runs = {START: start, LONGER: folder / LONGER}
    if not done(start):
        train(plain, corpus, start, progress_bar=False)
    *_, last = self_label(str(start), corpus, folder / FOUND, recipes, progress_bar=False)
    runs[RAW] = copied(last.run, folder / RAW)
    runs[FOUND] = normalised(last.run, last.labelled)
    before = start
    for number, recipe in enumerate(recipes, start=1):
        runs[NAMED] = folder / NAMED / f"round-{number}"
        if not done(runs[NAMED]):
            following = recipe.model_copy(update={"start_from": str(before.resolve())})
            train(following, corpus, runs[NAMED], progress_bar=False)
        before = runs[NAMED]
    normalised(runs[NAMED], speech)
    if not done(runs[LONGER]):
        epochs = round(plain.training.epochs * sum(map(heard_seconds, recipes)) / heard_seconds(plain))
        settings = [f"epochs={epochs}", "augmented=1.0", f"start_from={start.resolve()}"]
        train(load_config(FIRST, [*common, *settings]), corpus, runs[LONGER], progress_bar=False)
    runs[LONGER_PLUS] = normalised(copied(runs[LONGER], folder / LONGER_PLUS), unnamed(speech))
    counted = [len(speech.speakers)]
    *_, last = self_label(str(start), corpus, folder / COUNTED, recipes, numbers=counted, progress_bar=False)
    runs[COUNTED] = normalised(last.run, last.labelled)
    return runs


def heard_seconds(config: RunConfig) -> float:
    """Seconds of crops that training on one utterance hears."""
    return config.training.epochs * sum(config.method.view_seconds(config.data.crop_seconds))


def copied(run: Path, into: Path) -> Path:
    """The same run, to be normalised or not."""
    if not into.is_dir():
        shutil.copytree(run, into)
    return into


def normalised(run: Path, corpus: Corpus) -> Path:
    """The run, normalised within speakers, or within utterances where they are not named."""
    if not is_normalised(run):
        normalise(run, corpus)
    return run


def unnamed(corpus: Corpus) -> Corpus:
    """The utterances without their speakers."""
    return replace(corpus, utterances=tuple(replace(utterance, speaker="") for utterance in corpus))


def done(run: Path) -> bool:
    """Whether a run has all of its epochs."""
    path = run / CHECKPOINTS
    return path.is_dir() and f"epoch-{read_config(run).training.epochs:04d}" in [
        each.name for each in checkpoints(path)
    ]


def measured(corpus: Corpus, chains: list[dict[str, Path]], unheard: Mapping[str, str], folder: Path) -> dict[str, Any]:
    """Everything that the page shows; embeddings are kept in the folder."""
    embeddings = embedded(corpus, chains, unheard, folder)
    collections = {}
    for name, part in parts(corpus).items():
        hard = hard_negatives(part)
        collections[name] = {
            "hard": in_words(hard),
            "people": {split: len(part.split(split).speakers) for split in ("train", *SPLITS)},
            "scores": judged(whitened(embeddings, part), corpus.split("train"), lists(part, hard)),
        }
    return {"collections": collections, "speakers": [speakers(corpus, runs[START]) for runs in chains]}


def embedded(corpus: Corpus, chains: list[dict[str, Path]], unheard: Mapping[str, str], folder: Path) -> Tables:
    """Embeddings of all utterances, by system and condition."""
    systems = {name: [system] for name, system in unheard.items()}
    systems |= {name: [str(runs[name]) for runs in chains] for name in TRAINED}
    found: Tables = {}
    for condition, options in CONDITIONS.items():
        for name, of_seeds in systems.items():
            for seed, system in enumerate(of_seeds):
                path = folder / "embeddings" / condition / f"{name}-{seed}.npz"
                if not path.is_file():
                    embeddings_of(system, corpus, options).save(path)
                found.setdefault((name, condition), []).append(Embeddings.load(path))
    return found


def whitened(embeddings: Tables, part: Corpus) -> Tables:
    """The same, but the baseline that a collection's own training utterances whiten."""

    def white(table: Embeddings) -> Embeddings:
        return whiten(table, of_utterances(table, part.split("train")))

    return {
        key: [white(each) for each in tables] if key[0] == WHITENED else tables for key, tables in embeddings.items()
    }


def of_utterances(embeddings: Embeddings, utterances: Corpus) -> Embeddings:
    """Rows of some utterances."""
    return embeddings.where(np.isin(embeddings.ids, [utterance.id for utterance in utterances]))


def fit(backend: str, training: Embeddings) -> Backend:
    """A back end of the training utterances."""
    return Backend(parse_backend(backend), lambda _: training)


def judged(embeddings: Tables, cohort: Corpus, trials: Mapping[tuple[str, str], Trials]) -> dict[str, Any]:
    """Equal error rates in percent, seed by seed, and differences on test speakers, by back end, system, condition."""
    found = {}
    for backend in BACKENDS:
        rates: dict[str, Any] = {}
        replicates: dict[tuple[str, str, str], NDArray[np.float64]] = {}
        for (system, condition), tables in embeddings.items():
            fitted = [fit(backend, of_utterances(table, cohort)) for table in tables]
            for (split, kind), listed in trials.items():
                owners = [tables[0].speakers[rows] for rows in tables[0].rows(listed)]
                scores = [each.score(each.transform(table), listed) for each, table in zip(fitted, tables, strict=True)]
                errors = [equal_error_rate(each[listed.labels], each[~listed.labels]) for each in scores]
                rates.setdefault(system, {}).setdefault(condition, {}).setdefault(split, {})[kind] = [
                    round(100 * error, 2) for error in errors
                ]
                if split == "test":
                    drawn = [speaker_replicates(each, listed.labels, *owners) for each in scores]
                    replicates[system, condition, kind] = 100 * np.mean(drawn, axis=0)
        found[backend] = {"rates": rates, "differences": differences(rates, replicates)}
    return found


def differences(
    rates: Mapping[str, Any], replicates: Mapping[tuple[str, str, str], NDArray[np.float64]]
) -> dict[str, Any]:
    """What found speakers change on test speakers, against every other system, with intervals."""
    found: dict[str, Any] = {}
    for (other, condition, kind), drawn_again in replicates.items():
        if other == FOUND:
            continue
        low, high = np.quantile(replicates[FOUND, condition, kind] - drawn_again, [0.025, 0.975])
        mine, theirs = (rates[system][condition]["test"][kind] for system in (FOUND, other))
        found.setdefault(other, {}).setdefault(condition, {})[kind] = {
            "difference": round(statistics.fmean(mine) - statistics.fmean(theirs), 2),
            "interval": [round(float(low), 2), round(float(high), 2)],
        }
    return found


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
        f"itself adds, and what the true speakers would have added. `{FIRST}` is trained on the training speakers of "
        f"two collections together, with {seeds} seeds. From each, four ways on, as many hours of crops, all through "
        "random channels: SNT-Xent, both crops of one utterance; `sv-bridge self-label`, which finds speakers twice "
        f"and trains {' and then '.join(f'`{recipe}`' for recipe in RECIPES)} on them, without the utterances in no "
        "found speaker; that with as many clusters as there are speakers; and the true speakers with all utterances. "
        "At last the embeddings are normalised within found, or true, speakers (`sv-bridge normalise`); rows without "
        "it, and of SNT-Xent with it, within utterances, stand beside. Written by `python -m "
        "benchmarks.self_labelling`.",
        "",
        "The recipe was chosen on development speakers. EER %: any non-targets / hard ones, which are those of the "
        "same gender and age group, or of the same source and language. Mean ± standard deviation over seeds. Crossed: "
        "every utterance goes through [a channel of its own](crossed-trials.md), drawn from seed 0.",
        "",
        "Scores are cosines, and cosines normalised by AS-norm (`sv-bridge evaluate RUN --backend as-norm`), which "
        "reads no label either: in units of each side's highest cosines with all training utterances, as recorded, or "
        f"crossed where the trials are. {developed(record)}",
    ]
    for name, collection in record["collections"].items():
        people = collection["people"]
        lines += [
            "",
            f"## {name}",
            "",
            f"{people['train']} people to train on, {people['dev']} to develop on, {people['test']} to report. Hard "
            f"non-targets are of the same {collection['hard']}.",
        ]
        for backend, heading in BACKENDS.items():
            lines += ["", f"### {name}, {heading}", "", *compared(collection["scores"][backend])]
    lines += [
        "",
        "## Speakers found",
        "",
        f"By `{FIRST}` among the training utterances, in both collections together and in each alone: the number "
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


def developed(record: Mapping[str, Any]) -> str:
    """What the back ends give on development speakers."""
    means = {
        backend: statistics.fmean(
            rate
            for collection in record["collections"].values()
            for condition in CONDITIONS
            for kind in KINDS
            for rate in collection["scores"][backend]["rates"][FOUND][condition]["dev"][kind]
        )
        for backend in BACKENDS
    }
    said = " and ".join(f"{mean:.1f} % {BACKENDS[backend]}" for backend, mean in means.items())
    return f"On development speakers the mean error rate of found speakers is {said}."


def compared(scores: Mapping[str, Any]) -> list[str]:
    """Error rates, what found speakers change, and what of it is clear."""
    named = {TRAINED.get(system, system): rates for system, rates in scores["rates"].items()}
    lines = rates_table(named, lambda rates: spread(rates, 1))
    lines += [
        "",
        "What found speakers change, on test speakers: differences of the means over seeds, in points of EER, with "
        "their 95 % intervals (speakers drawn with replacement, the same for both):",
        "",
        "| against | as recorded, any | as recorded, hard | crossed, any | crossed, hard |",
        "|---|---:|---:|---:|---:|",
    ]
    for other, conditions in scores["differences"].items():
        cells = [
            f"{each['difference']:+.1f} ({each['interval'][0]:+.1f} … {each['interval'][1]:+.1f})"
            for kinds in conditions.values()
            for each in (kinds[kind] for kind in KINDS)
        ]
        lines.append(f"| {TRAINED.get(other, other).removeprefix('… ')} | {' | '.join(cells)} |")
    return [*lines, "", verdict(scores["differences"])]


def verdict(differences: Mapping[str, Any]) -> str:
    """Against which systems the error rates are clearly to one side of 0, and where."""
    sentences = []
    for other, conditions in differences.items():
        told: dict[str, list[str]] = {"lower": [], "higher": [], "not clearly different": []}
        for condition, kinds in conditions.items():
            for kind in KINDS:
                low, high = kinds[kind]["interval"]
                side = "lower" if high < 0 else "higher" if low > 0 else "not clearly different"
                told[side].append(f"{'crossed' if condition == 'crossed' else 'as recorded'}, {kind}")
        said = "; ".join(f"{side}: {' and '.join(cases)}" for side, cases in told.items() if cases)
        sentences.append(f"- against {TRAINED.get(other, other).removeprefix('… ')}, {said}.")
    return "\n".join(["Error rates after found speakers are", "", *sentences])


if __name__ == "__main__":
    main()
