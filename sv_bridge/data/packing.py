"""A corpus in a few large files that are mapped into memory: each crop is one small read, without decoding.

A packed corpus is a corpus like any other: a folder with a `manifest.csv`, whose paths name *shards* and whose
`start_s` says where in its shard an utterance lies. Shards are 16-bit mono WAV files, so whatever reads a corpus
reads a packed one. Training maps them (`shards.py`), because `pack.json` vouches for their layout.
"""

import json
import os
import wave
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from hashlib import blake2b, file_digest
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cqm.atomic import atomic_path
from cqm.json_files import write_json
from sv_bridge.data.audio import SAMPLE_RATE_HZ, AudioError, AudioFile
from sv_bridge.data.dataset import Stretch
from sv_bridge.data.manifest import MANIFEST_NAME, Corpus, Utterance, write_manifest
from sv_bridge.data.prepare import Skipped, check_new, write_skipped
from sv_bridge.data.shards import PACK_NAME, read_shapes

__all__ = ["check_pack", "pack"]

LONGEST_SHARD_HOURS = 24  # a WAV file ends at 4 GiB


@dataclass(frozen=True)
class Shard:
    """One file of a pack.

    Attributes
    ----------
    utterances : of the corpus, in its order.
    number : counts the shards.
    """

    utterances: tuple[Utterance, ...]
    number: int

    @property
    def path(self) -> str:
        """Relative to the packed corpus."""
        return f"shards/{self.number:05d}.wav"

    def plan(self, corpus: Corpus) -> str:
        """Digest of what the shard is made of: utterances, and the size and time of their files."""
        files = [(corpus.path(u).stat() if corpus.path(u).is_file() else None) for u in self.utterances]
        parts = [
            (u, None if file is None else (file.st_size, file.st_mtime_ns))
            for u, file in zip(self.utterances, files, strict=True)
        ]
        return blake2b(repr(parts).encode(), digest_size=16).hexdigest()


def pack(
    corpus: Corpus,
    out: Path | str,
    *,
    shard_hours: float = 1.0,
    jobs: int | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[Corpus, list[Skipped]]:
    """Write all audio of a corpus into shards below `out`, and the manifest that goes with them.

    An interrupted call goes on when it is repeated: shards that are complete, whose hash is right and whose sources
    haven't changed stay. Samples are rounded to 16 bits at 16 kHz; beyond ±1 they clip.

    Parameters
    ----------
    corpus : what to pack.
    out : folder of the packed corpus.
    shard_hours : most speech in a shard; an hour is 115 MB.
    jobs : shards that are made at the same time, each in memory until it is whole; as many as processors by default.
    progress : called with the number of shards done and their total.

    Returns
    -------
    The packed corpus, and what was left out of it because its audio is unusable; `skipped.jsonl` lists it, too.

    Raises
    ------
    ValueError
        Nothing is usable.
    """
    out = Path(out)
    check_new(out)
    if not 0 < shard_hours <= LONGEST_SHARD_HOURS:
        raise ValueError(f"wanted 0 < shard_hours <= {LONGEST_SHARD_HOURS}, got {shard_hours}")
    shards = list(planned(corpus, shard_hours))

    def make(shard: Shard) -> dict[str, Any]:
        return made_earlier(shard, corpus, out) or write_shard(shard, corpus, out)

    records: list[dict[str, Any]] = []
    with ThreadPoolExecutor(jobs or os.cpu_count()) as pool:
        for record in pool.map(make, shards):
            records.append(record)
            progress(len(records), len(shards))
    utterances: list[Utterance] = []
    skipped: list[Skipped] = []
    for shard, record in zip(shards, records, strict=True):
        places, reasons = record["utterances"], record["skipped"]
        for utterance in shard.utterances:
            if utterance.id in places:
                start, frames = places[utterance.id]
                utterances.append(
                    replace(
                        utterance,
                        path=shard.path,
                        start_s=start / SAMPLE_RATE_HZ,
                        duration_s=frames / SAMPLE_RATE_HZ,
                        sample_rate_hz=SAMPLE_RATE_HZ,
                    )
                )
            else:
                skipped.append(Skipped(str(corpus.path(utterance)), reasons[utterance.id]))
    if not utterances:
        raise ValueError(f"none of the {len(corpus)} utterances is usable; {skipped[0].path}: {skipped[0].reason}")
    shapes = {
        shard.path: {"frames": record["frames"], "blake2b": record["blake2b"]}
        for shard, record in zip(shards, records, strict=True)
    }
    named = {out / shard.path for shard in shards}
    for file in (out / "shards").iterdir():  # of a call that shared out otherwise
        if file.with_suffix(".wav") not in named:
            file.unlink()
    write_json(out / PACK_NAME, {"sample_rate_hz": SAMPLE_RATE_HZ, "shards": shapes})
    write_skipped(out, skipped)
    write_manifest(out / MANIFEST_NAME, utterances)
    return Corpus(out, tuple(utterances)), skipped


def planned(corpus: Corpus, shard_hours: float) -> Iterator[Shard]:
    """Share the utterances out to shards, in their order."""
    own: list[Utterance] = []
    number, seconds = 0, 0.0
    for utterance in corpus:
        if own and seconds + utterance.duration_s > 3600 * shard_hours:
            yield Shard(tuple(own), number)
            own, number, seconds = [], number + 1, 0.0
        own.append(utterance)
        seconds += utterance.duration_s
    yield Shard(tuple(own), number)


def write_shard(shard: Shard, corpus: Corpus, out: Path) -> dict[str, Any]:
    """Decode the utterances of a shard into its file, then its record beside it."""
    pieces: list[NDArray[np.int16]] = []
    places: dict[str, tuple[int, int]] = {}
    skipped: dict[str, str] = {}
    frames = 0
    for utterance in shard.utterances:
        try:
            with AudioFile(corpus.path(utterance), sample_rate_hz=SAMPLE_RATE_HZ) as file:
                speech = Stretch(file, utterance)
                samples = speech[: len(speech)]
        except (AudioError, FileNotFoundError) as error:
            skipped[utterance.id] = str(error)
            continue
        pieces.append(np.clip(np.rint(samples * 2**15), -(2**15), 2**15 - 1).astype("<i2"))
        places[utterance.id] = (frames, len(samples))
        frames += len(samples)
    target = out / shard.path
    with atomic_path(target) as temporary:
        with wave.open(str(temporary), "wb") as writer:
            writer.setparams((1, 2, SAMPLE_RATE_HZ, frames, "NONE", ""))
            for piece in pieces:
                writer.writeframesraw(piece.tobytes())
        digest = digest_of(temporary)
    record = {
        "plan": shard.plan(corpus), "frames": frames, "blake2b": digest, "utterances": places, "skipped": skipped,
    }  # fmt: skip
    write_json(target.with_suffix(".json"), record)
    return record


def made_earlier(shard: Shard, corpus: Corpus, out: Path) -> dict[str, Any] | None:
    """Record of a shard that an earlier call left, if it is whole and of the same sources."""
    path = (out / shard.path).with_suffix(".json")
    if not path.is_file() or not (out / shard.path).is_file():
        return None
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if record["plan"] != shard.plan(corpus) or record["blake2b"] != digest_of(out / shard.path):
        return None
    return record


def digest_of(path: Path) -> str:
    """Hash of a file."""
    with path.open("rb") as file:
        return file_digest(file, lambda: blake2b(digest_size=16)).hexdigest()


def check_pack(root: Path | str) -> list[str]:
    """Compare every shard with its hash; the paths of those that are missing or damaged."""
    root = Path(root)
    return [
        path
        for path, shape in read_shapes(root).items()
        if not (root / path).is_file() or digest_of(root / path) != shape["blake2b"]
    ]
