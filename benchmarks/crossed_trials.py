"""What recorded and crossed trials tell apart: systems that never learned a voice, on both, collection by collection.

    python -m benchmarks.crossed_trials --corpus NAME=DIR … [--run NAME=DIR …] [--cross-channels SEED]

Each collection's development and test speakers are judged twice on the same trials: as recorded, and with every
utterance sent through a channel of its own. Mean log-mel, the same whitened by the training speakers' embeddings, and
an untrained encoder learn nothing about people: what they tell apart as recorded is the recording. Runs can be added.
Numbers go to docs/crossed-trials.json, and from there into the tables of docs/crossed-trials.md.
"""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.two_collections import (
    SHORTEST_SECONDS,
    SPLITS,
    WHITENED,
    hard_negatives,
    in_words,
    lists,
    rates,
    rates_table,
)
from cqm.atomic import write_text
from cqm.json_files import write_json
from sv_bridge.data.manifest import Corpus, read_corpus
from sv_bridge.models.embedding import EmbeddingOptions
from sv_bridge.models.systems import LOG_MEL, UNTRAINED, embeddings_of
from sv_bridge.verification.transforms import whiten
from sv_bridge.verification.trials import Negatives

PAGE = Path(__file__).parent.parent / "docs" / "crossed-trials.md"
START, END = "<!-- measured -->", "<!-- end of what is measured -->"
ENCODER = f"{UNTRAINED}tiny-snt"


def main() -> None:
    """Measure what isn't measured yet, and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", action="append", default=[], metavar="NAME=DIR", help="collection and its corpus")
    parser.add_argument("--run", action="append", default=[], metavar="NAME=DIR", help="trained run to judge, too")
    parser.add_argument("--cross-channels", type=int, default=0, help="seed of the channels")
    parser.add_argument("--page", type=Path, default=PAGE)
    arguments = parser.parse_args()
    record = arguments.page.with_suffix(".json")
    runs = {name: folder for name, _, folder in (each.partition("=") for each in arguments.run)}
    measured = json.loads(record.read_text(encoding="utf-8")) if record.is_file() else {}
    for name, _, folder in (each.partition("=") for each in arguments.corpus):
        corpus = read_corpus(folder).where(lambda u: u.duration_s >= SHORTEST_SECONDS)
        hard = hard_negatives(corpus)
        measured[name] = {
            "hard": in_words(hard),
            "splits": {split: size(corpus.split(split)) for split in SPLITS},
            "systems": measure(corpus, hard, runs, arguments.cross_channels),
            "cross_channels": arguments.cross_channels,
        }
        write_json(record, measured)
    text = arguments.page.read_text(encoding="utf-8")
    head, (_, tail) = text.split(START)[0], text.split(END)
    write_text(arguments.page, f"{head}{START}\n\n{tables(measured)}\n{END}{tail}")


def size(corpus: Corpus) -> dict[str, int]:
    """Speakers and utterances."""
    return {"speakers": len(corpus.speakers), "utterances": len(corpus)}


def measure(corpus: Corpus, hard: Negatives, runs: Mapping[str, str], seed: int) -> dict[str, Any]:
    """Equal error rates of every system, split, list of trials and condition; `runs` are directories by name."""
    trials = lists(corpus, hard)
    systems: dict[str, Any] = {}
    for condition, options in (
        ("recorded", EmbeddingOptions()),
        ("crossed", EmbeddingOptions(cross_channels=seed)),
    ):
        for name, system in {LOG_MEL: LOG_MEL, ENCODER: ENCODER, **runs}.items():
            found = {split: embeddings_of(system, corpus.split(split), options) for split in SPLITS}
            systems.setdefault(name, {})[condition] = rates(found, trials)
            if system == LOG_MEL:
                reference = embeddings_of(system, corpus.split("train"), options)
                whitened = {split: whiten(embeddings, reference) for split, embeddings in found.items()}
                systems.setdefault(WHITENED, {})[condition] = rates(whitened, trials)
    return systems


def tables(measured: dict[str, Any]) -> str:
    """One table a collection."""
    parts = []
    for name, collection in measured.items():
        counts = ", ".join(
            f"{split} {each['speakers']} people with {each['utterances']:,} utterances"
            for split, each in collection["splits"].items()
        )
        parts += [
            f"### {name}",
            "",
            f"{counts}. EER %: any non-targets / non-targets of the same {collection['hard']}. "
            f"Channels of seed {collection['cross_channels']}.",
            "",
            *rates_table(collection["systems"], "{:.1f}".format),
            "",
        ]
    return "\n".join(parts)


if __name__ == "__main__":
    main()
