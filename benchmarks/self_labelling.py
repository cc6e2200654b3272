"""A model of unlabelled speech, the speakers it finds, and what training on them gives: against the true labels.

    python -m benchmarks.self_labelling --corpus DIR [--name NAME] [--seeds N] [--runs DIR]

For each seed: contrastive training, then rounds of self-labelling from it, and the same encoder trained as long with
the true labels. Every system is judged on development and test speakers, as recorded and with every utterance through a
channel of its own, on any non-targets and on hard ones. A run that has its record is not done again, so the command can
be repeated. Records are kept in docs/self-labelling/ and shown in docs/self-labelling.md.
"""

import argparse
import json
import re
import statistics
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sklearn.metrics import adjusted_mutual_info_score

from benchmarks.crossed_trials import ENCODER, SHORTEST_SECONDS, SPLITS, WHITENED, hard_negatives, lists, rates
from cqm.atomic import atomic_path
from cqm.json_files import write_json
from sv_bridge.compactness.pseudo_speakers import find_pseudo_speakers
from sv_bridge.compactness.self_labelling import self_label
from sv_bridge.data.manifest import Corpus, read_corpus
from sv_bridge.models.embedding import EmbeddingOptions
from sv_bridge.models.systems import LOG_MEL, embeddings_of
from sv_bridge.presets import load_config
from sv_bridge.training.loop import train
from sv_bridge.verification.transforms import whiten

DOCS = Path(__file__).parent.parent / "docs"
CHANNELS = 0
EPOCHS, ROUND_EPOCHS, ROUNDS = 10, 8, 2
CONTRASTIVE, LABELLED = "contrastive (SNT-Xent)", "true labels, trained as long"
ORDER = (LOG_MEL, WHITENED, ENCODER, CONTRASTIVE, "self-labelled, round 1", "self-labelled, round 2", LABELLED)


def main() -> None:
    """Run what has no record yet, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, help="corpus with splits train, dev, test; without, only the page")
    parser.add_argument("--name", default="speechocean762", help="how the page calls the corpus")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--runs", type=Path, default=Path("runs/self-labelling"))
    parser.add_argument("--records", type=Path, default=DOCS / "self-labelling")
    options = parser.parse_args()
    if options.corpus is not None:
        corpus = read_corpus(options.corpus).where(lambda u: u.duration_s >= SHORTEST_SECONDS)
        run_all(corpus, options)
    records = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(options.records.glob("*.json"))]
    with atomic_path(options.records.with_suffix(".md")) as temporary:
        temporary.write_text(page(records), encoding="utf-8")


def run_all(corpus: Corpus, options: argparse.Namespace) -> None:
    """Baselines, then the chain of each seed."""
    for system in (LOG_MEL, WHITENED, ENCODER):
        record(corpus, options, system, system, 0)
    for seed in range(options.seeds):
        folder = options.runs / f"{options.name}-seed{seed}"
        settings = [f"seed={seed}", "crop_seconds=2", "workers=0"]
        contrastive = load_config("tiny-snt", [*settings, f"epochs={EPOCHS}"])
        first = train(contrastive, corpus, folder / "contrastive", progress_bar=False)
        record(corpus, options, CONTRASTIVE, str(first), seed)
        classifier = load_config("tiny-aam-softmax", [*settings, f"epochs={ROUND_EPOCHS}"])
        rounds = self_label(str(first), corpus, folder / "rounds", classifier, rounds=ROUNDS, progress_bar=False)
        for number, found in enumerate(rounds, start=1):
            facts = {"clusters": found.found.clusters, "speakers": found.found.speakers, "kept": found.found.kept}
            record(corpus, options, f"self-labelled, round {number}", str(found.run), seed, facts)
        epochs = EPOCHS + ROUNDS * ROUND_EPOCHS
        labelled = load_config("tiny-aam-softmax", [*settings, f"epochs={epochs}"])
        record(corpus, options, LABELLED, str(train(labelled, corpus, folder / "labels", progress_bar=False)), seed)


def record(
    corpus: Corpus,
    options: argparse.Namespace,
    name: str,
    system: str,
    seed: int,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Judge a system and write what it scored, unless that is written already."""
    slug = re.sub(r"\W+", "-", name).strip("-")
    path = options.records / f"{options.name}-{slug}-seed{seed}.json"
    if path.is_file():
        return
    hard = hard_negatives(corpus)
    conditions = {"recorded": EmbeddingOptions(), "crossed": EmbeddingOptions(cross_channels=CHANNELS)}
    write_json(
        path,
        {
            "collection": options.name,
            "system": name,
            "seed": seed,
            "hard": hard,
            "people": {split: len(corpus.split(split).speakers) for split in ("train", *SPLITS)},
            "rates": {condition: judged(corpus, system, chosen, hard) for condition, chosen in conditions.items()},
            "speakers_found": speakers_found(corpus, system),
            **(facts or {}),
        },
    )
    print(path.name, flush=True)


def judged(corpus: Corpus, system: str, options: EmbeddingOptions, hard: str) -> dict[str, dict[str, float]]:
    """Equal error rates in percent by split and kind of trials."""
    base = LOG_MEL if system == WHITENED else system
    found = {split: embeddings_of(base, corpus.split(split), options) for split in SPLITS}
    if system == WHITENED:
        reference = embeddings_of(base, corpus.split("train"), options)
        found = {split: whiten(embeddings, reference) for split, embeddings in found.items()}
    return rates(found, lists(corpus, hard))


def speakers_found(corpus: Corpus, system: str) -> dict[str, dict[str, float]]:
    """How many speakers the silhouette finds in each split, and how well the clusters agree with them."""
    base, found = (LOG_MEL if system == WHITENED else system), {}
    reference = embeddings_of(base, corpus.split("train"))
    for split in SPLITS:
        embeddings = whiten(embeddings_of(base, corpus.split(split)), reference)
        chosen = find_pseudo_speakers(embeddings, trusted=-1.0, least_utterances=1)
        true = find_pseudo_speakers(
            embeddings, numbers=[len(set(embeddings.speakers))], trusted=-1.0, least_utterances=1
        )
        found[split] = {
            "chosen": chosen.clusters,
            "true": len(set(embeddings.speakers)),
            "ami": adjusted_mutual_info_score(embeddings.speakers, chosen.labels),
            "ami_of_true_number": adjusted_mutual_info_score(embeddings.speakers, true.labels),
        }
    return found


def page(records: list[dict[str, Any]]) -> str:
    """docs/self-labelling.md."""
    lines = [
        "# Self-labelling",
        "",
        "What a small encoder learns from speech without a label, from the speakers that it then finds by itself, and "
        "from the true labels. `sv-bridge self-label` clusters the training utterances, lets the silhouette choose how "
        "many speakers there are, drops what does not belong, and trains AAM-softmax on the rest, round by round. "
        "Written by `python -m benchmarks.self_labelling`.",
    ]
    for collection in sorted({each["collection"] for each in records}):
        mine = [each for each in records if each["collection"] == collection]
        people, hard = mine[0]["people"], mine[0]["hard"]
        lines += [
            "",
            f"## {collection}",
            "",
            f"{people['train']} people to train on, {people['dev']} to develop on, {people['test']} to report. EER %: "
            f"any non-targets / {hard}. Mean ± standard deviation over seeds. Crossed: every utterance goes through a "
            f"channel of its own, drawn from seed {CHANNELS}.",
            "",
            "| system | seeds | dev, as recorded | dev, crossed | test, as recorded | test, crossed |",
            "|---|---:|---:|---:|---:|---:|",
        ]
        for system in ORDER:
            rows = [each for each in mine if each["system"] == system]
            if rows:
                cells = [
                    " / ".join(
                        spread([row["rates"][condition][split][kind] for row in rows]) for kind in ("any", "hard")
                    )
                    for split in SPLITS
                    for condition in ("recorded", "crossed")
                ]
                lines.append(f"| {system} | {len(rows)} | {' | '.join(cells)} |")
        lines += [
            "",
            "How many speakers the silhouette finds in embeddings as recorded, whitened by those of the training "
            "utterances, by average linkage, and the adjusted "
            "mutual information of its clusters with the speakers; beside it that of as many clusters as speakers.",
            "",
            "| system | dev: found of true | AMI, of the true number | test: found of true | AMI, of the true number |",
            "|---|---:|---:|---:|---:|",
        ]
        for system in ORDER:
            rows = [each["speakers_found"] for each in mine if each["system"] == system]
            if rows:
                cells = []
                for split in SPLITS:
                    chosen = spread([row[split]["chosen"] for row in rows], digits=0)
                    amis = [spread([row[split][name] for row in rows], 3) for name in ("ami", "ami_of_true_number")]
                    cells += [f"{chosen} of {rows[0][split]['true']}", ", ".join(amis)]
                lines.append(f"| {system} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def spread(values: list[float], digits: int = 1) -> str:
    """Mean, and the standard deviation where there are several."""
    mean = f"{statistics.fmean(values):.{digits}f}"
    return mean if len(values) < 2 else f"{mean} ± {statistics.stdev(values):.{digits}f}"


if __name__ == "__main__":
    main()
