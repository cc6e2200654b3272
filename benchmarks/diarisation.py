"""How well the number of speakers of a conversation is chosen: writes docs/diarisation.json and docs/diarisation.md.

Conversations are made of the utterances of a corpus: people in random turns, pauses between them. Speech is where the
reference says, so that the error is confusion alone. Thresholds are chosen on conversations of dev speakers.

python -m benchmarks.diarisation --corpus DIR --run RUN --name NAME
"""

import argparse
import json
import tempfile
import textwrap
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile

from cqm.atomic import write_text
from cqm.json_files import write_json
from sv_bridge.compactness.speaker_count import SpeakerCount, count_speakers
from sv_bridge.data.audio import AudioFile
from sv_bridge.data.manifest import Corpus, read_corpus
from sv_bridge.diarisation.error_rate import DiarisationError, diarisation_error
from sv_bridge.diarisation.recordings import embed_windows
from sv_bridge.diarisation.turns import Turn, regions_of, turns_of, windows_of
from sv_bridge.models.systems import load_system

WIDTH = 120
DOCS = Path(__file__).parent.parent / "docs"
RATE = 16_000
SPEAKERS = (1, 2, 3, 4, 6)
UTTERANCES, MOST = 8, 10
BEGINNINGS = (12, 20, 32, 60, 90)
THRESHOLDS = np.round(np.arange(0.1, 0.96, 0.025), 3).tolist()
METHODS = {
    "silhouette, average linkage": {"by": "silhouette"},
    "silhouette, spectral": {"by": "silhouette", "clusterer": "spectral"},
    "Davies–Bouldin, average linkage": {"by": "davies_bouldin"},
    "Calinski–Harabasz, average linkage": {"by": "calinski_harabasz"},
    "Dunn, average linkage": {"by": "dunn"},
    "NME-SC": {"by": "nme-sc", "clusterer": "spectral"},
}


def main() -> None:
    """Make conversations, try every method, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, help="corpus with splits dev, test; without, only the page")
    parser.add_argument("--run", help="trained run")
    parser.add_argument("--name", default="speechocean762", help="how the page calls the corpus")
    parser.add_argument("--says", default="tiny-snt, ten epochs", help="how the page calls the run")
    parser.add_argument("--each", type=int, default=4, help="conversations of each number of speakers")
    options = parser.parse_args()
    path = DOCS / "diarisation.json"
    if options.corpus is not None:
        corpus = read_corpus(options.corpus)
        dev, test = (conversations(corpus.split(split), options.run, options.each) for split in ("dev", "test"))
        threshold = min(THRESHOLDS, key=lambda value: total(dev, {"by": "threshold", "threshold": value}).rate)
        methods = {
            **METHODS,
            f"silhouette, average linkage; one speaker above {threshold:g}": {
                "by": "silhouette",
                "threshold": threshold,
            },
            f"threshold {threshold:g}, average linkage": {"by": "threshold", "threshold": threshold},
        }
        rows = {name: row(test, choice) for name, choice in methods.items()}
        for clusterer in ("average linkage", "spectral"):
            rows[f"the true number, {clusterer}"] = row(test, None, clusterer)
        beginnings = {
            name: {str(size): beginning(test, choice, size) for size in BEGINNINGS} for name, choice in methods.items()
        }
        facts = {"corpus": options.name, "run": options.says, "conversations": len(test)}
        minutes = sum(conversation.seconds for conversation in test) / 60
        write_json(path, {**facts, "minutes": minutes, "threshold": threshold, "rows": rows, "beginnings": beginnings})
    write_text(path.with_suffix(".md"), page(json.loads(path.read_text(encoding="utf-8"))))


class Conversation:
    """One recording: its reference and the embeddings of its windows."""

    def __init__(self, path: Path, turns: Sequence[Turn], encoder) -> None:
        self.turns, self.regions = turns, regions_of(turns)
        self.seconds = turns[-1].end + 0.5
        self.windows, embeddings = embed_windows(encoder, path, windows_of(self.regions))
        self.vectors = embeddings.vectors

    @property
    def speakers(self) -> int:
        """How many there are."""
        return len({turn.speaker for turn in self.turns})

    def count(self, choice: dict | None, clusterer: str = "average linkage") -> SpeakerCount:
        """Speakers as a method counts them; None for the true number."""
        if choice is None:
            known = "spectral" if clusterer == "spectral" else "ahc"
            return count_speakers(self.vectors, speakers=self.speakers, clusterer=known)
        return count_speakers(self.vectors, most=MOST, **choice)

    def speakers_of_beginning(self, size: int) -> int:
        """How many speakers the first windows are of."""
        centres = [window.centre for window in self.windows[:size]]
        return len({turn.speaker for turn in self.turns if any(turn.start <= c <= turn.end for c in centres)})

    def error(self, count: SpeakerCount) -> DiarisationError:
        """Against the reference."""
        found = turns_of(self.windows, count.labels, self.regions)
        return diarisation_error(self.turns, found, self.seconds)


def conversations(corpus: Corpus, run: str, each: int) -> list[Conversation]:
    """Conversations of 1 … 6 people, each with `UTTERANCES` utterances in random order, embedded."""
    rng = np.random.default_rng(0)
    encoder = load_system(run)
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for number in SPEAKERS * each:
            chosen = rng.choice(corpus.speakers, number, replace=False).tolist()
            said = [
                u for name in chosen for u in rng.permutation([u.id for u in corpus if u.speaker == name])[:UTTERANCES]
            ]
            by_id = {u.id: u for u in corpus}
            pieces, turns, at = [np.zeros(RATE // 2)], [], 0.5
            for name in rng.permutation(said).tolist():
                with AudioFile(corpus.path(by_id[name])) as file:
                    samples = file.read()
                turns.append(Turn(at, at + len(samples) / RATE, by_id[name].speaker))
                pause = np.zeros(int(rng.uniform(0.2, 0.8) * RATE))
                pieces += [samples, pause]
                at += (len(samples) + len(pause)) / RATE
            path = Path(folder) / f"{len(found)}.wav"
            soundfile.write(path, np.concatenate(pieces), RATE)
            found.append(Conversation(path, turns, encoder))
    return found


def total(listed: Sequence[Conversation], choice: dict | None) -> DiarisationError:
    """Error of a method over all conversations."""
    return DiarisationError.total([conversation.error(conversation.count(choice)) for conversation in listed])


def beginning(listed: Sequence[Conversation], choice: dict, size: int) -> dict:
    """How often and how far the number of speakers of the first `size` windows is right."""
    long_enough = [conversation for conversation in listed if len(conversation.vectors) >= size]
    off = [
        count_speakers(one.vectors[:size], most=MOST, **choice).speakers - one.speakers_of_beginning(size)
        for one in long_enough
    ]
    return {"right": float(np.mean(np.equal(off, 0))), "off": float(np.abs(off).mean()), "conversations": len(off)}


def row(listed: Sequence[Conversation], choice: dict | None, clusterer: str = "average linkage") -> dict:
    """Error of a method, and how often and how far its number of speakers is right."""
    counts = [conversation.count(choice, clusterer) for conversation in listed]
    error = DiarisationError.total([c.error(count) for c, count in zip(listed, counts, strict=True)])
    off = np.array([count.speakers - c.speakers for c, count in zip(listed, counts, strict=True)])
    one = np.array([c.speakers == 1 for c in listed])
    return {
        "rate": error.rate,
        "right": float(np.mean(off == 0)),
        "right_of_several": float(np.mean(off[~one] == 0)),
        "off": float(np.abs(off).mean()),
    }


def page(record: dict) -> str:
    """The page of a record."""
    lines = [
        "# How many speakers a recording has",
        "",
        "<!-- Written by `python -m benchmarks.diarisation` from diarisation.json. -->",
        "",
        *textwrap.wrap(
            f"{record['conversations']} conversations of {', '.join(map(str, SPEAKERS))} people, "
            f"{record['minutes']:.0f} minutes, made of test utterances of {record['corpus']}; a small self-supervised "
            f"model of it ({record['run']}), one seed. Speech is where the reference says, so that the error is "
            "confusion; a collar of 0.25 s. The threshold is the best one on conversations of development speakers; "
            "nothing else saw a label. [How to](how-to/diarisation.md).",
            WIDTH,
            break_long_words=False,
            break_on_hyphens=False,
        ),
        "",
        "| number of speakers by | DER % | right, % of all | right, % of those of several | off by, mean |",
        "|---|--:|--:|--:|--:|",
    ]
    for name, row in record["rows"].items():
        right = f"{100 * row['right']:.0f} | {100 * row['right_of_several']:.0f}"
        lines.append(f"| {name} | {100 * row['rate']:.1f} | {right} | {row['off']:.2f} |")
    lines += [
        "",
        "How far the number of speakers is off, in the mean, where only the first windows of the conversations are",
        "clustered; a window is 0.75 s of speech.",
        "",
        "| number of speakers by | " + " | ".join(f"{size} windows" for size in BEGINNINGS) + " |",
        "|---|" + "--:|" * len(BEGINNINGS),
    ]
    for name, sizes in record["beginnings"].items():
        lines.append(f"| {name} | " + " | ".join(f"{sizes[str(size)]['off']:.2f}" for size in BEGINNINGS) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
