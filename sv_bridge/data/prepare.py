"""Recordings of any layout → a corpus: every file looked into, bad ones reported, speakers shared out to splits."""

import json
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import numpy as np

from cqm.atomic import atomic_path
from sv_bridge.data.audio import SAMPLE_RATE_HZ, SUFFIXES, AudioError, AudioFile, read_audio, write_audio
from sv_bridge.data.decoding import INTEGERS_FROM, decode, full_scale, is_unsized_wav
from sv_bridge.data.files import why_unread
from sv_bridge.data.layouts import Recording
from sv_bridge.data.manifest import MANIFEST_NAME, Corpus, Utterance, check_labels, write_manifest
from sv_bridge.data.randomness import generator
from sv_bridge.data.voice_activity import is_silent, level_dbfs, speech_seconds

__all__ = ["LITTLE_SPEECH_NAME", "SKIPPED_NAME", "Skipped", "assign_splits", "check_new", "prepare", "write_skipped"]

SKIPPED_NAME = "skipped.jsonl"
LITTLE_SPEECH_NAME, LITTLE_SPEECH_S = "little-speech.jsonl", 0.3
CHUNK = 4_096


@dataclass(frozen=True)
class Skipped:
    """A recording that was left out, and why."""

    path: str
    reason: str


@dataclass(frozen=True)
class Inspected:
    """What is in a recording's file; `speech_s` is None where nobody listened, and how much was heard until enough."""

    file: Path
    duration_s: float
    sample_rate_hz: int
    digest: bytes | None
    speech_s: float | None


def prepare(
    recordings: Sequence[Recording],
    out: Path | str,
    *,
    dev: float = 0.1,
    test: float = 0.2,
    seed: int = 0,
    min_seconds: float = 1.0,
    min_speech: float = 0.0,
    header_only: bool = False,
    convert: bool = False,
    below: Path | str | None = None,
    jobs: int | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[Corpus, list[Skipped]]:
    """Make a corpus in the folder `out`: its manifest, and `skipped.jsonl` with what was left out and why.

    Audio stays where it is. Only what cannot be read in pieces as it is (m4a, G.722, WAV without a length, floats in
    the scale of integers …) is decoded to 16 kHz WAV files below `out`; an interrupted run finds those it made.

    Near-silent recordings are left out (`voice_activity.SILENT_DBFS`). Those in which a voice activity detector hears
    next to nothing stay unless `min_speech` says otherwise, and `little-speech.jsonl` lists them.

    Parameters
    ----------
    recordings : what a reader of `layouts` returns.
    out : the corpus folder.
    dev, test : share of the speakers for each split, among those whose layout has none; see `assign_splits`.
    seed : the splits depend on it.
    min_seconds : shorter recordings are left out.
    min_speech : recordings with fewer seconds of speech, by a voice activity detector, are left out.
    header_only : believe the headers instead of decoding every file; corrupt, silent, wrongly scaled and doubly listed
        audio goes unnoticed until training meets it, and nobody listens for speech.
    convert : decode all files, not only those that must be.
    below : folder that the recordings come from; every file below it that is none of them is listed as left out, too.
    jobs : threads; as many as there are processors by default.
    progress : called with the number of recordings done and their total.

    Raises
    ------
    ValueError
        Nothing is usable, or a speaker is in two splits.
    """
    out = Path(out)
    check_new(out)

    def look(recording: Recording) -> Inspected | Skipped:
        try:
            return inspect(
                recording, out, min_seconds=min_seconds, min_speech=min_speech, header_only=header_only, convert=convert
            )
        except (AudioError, FileNotFoundError) as error:
            return Skipped(str(recording.file), str(error))

    results: list[Inspected | Skipped] = []
    with ThreadPoolExecutor(jobs or os.cpu_count()) as pool:
        for first in range(0, len(recordings), CHUNK):
            for result in pool.map(look, recordings[first : first + CHUNK]):
                results.append(result)
                progress(len(results), len(recordings))
    kept, skipped = drop_duplicates(list(zip(recordings, results, strict=True)))
    if not kept:
        raise ValueError(f"none of the {len(recordings)} recordings is usable; {skipped[0].path}: {skipped[0].reason}")
    splits = assign_splits([recording for recording, _ in kept], dev=dev, test=test, seed=seed)
    utterances = tuple(
        utterance(recording, found, splits.get(recording.speaker, recording.split), out) for recording, found in kept
    )
    corpus = Corpus(out, utterances)
    check_labels(corpus)
    if below is not None:
        unread = why_unread(Path(below), [recording.file for recording in recordings])
        made = out.absolute()  # which may lie below the source
        skipped += [Skipped(str(path), reason) for path, reason in unread if not path.absolute().is_relative_to(made)]
    little = [
        Skipped(str(recording.file), f"{inspected.speech_s:.2f} s of speech in {inspected.duration_s:.2f} s")
        for recording, inspected in kept
        if inspected.speech_s is not None and inspected.speech_s < LITTLE_SPEECH_S
    ]
    if little:
        write_skipped(out, little, name=LITTLE_SPEECH_NAME)
    write_skipped(out, skipped)
    write_manifest(out / MANIFEST_NAME, utterances)
    return corpus, skipped


def check_new(out: Path) -> None:
    """Raise a FileExistsError when the folder holds a finished corpus."""
    if (out / MANIFEST_NAME).exists():
        raise FileExistsError(f"{out / MANIFEST_NAME} exists: choose another folder, or remove it to prepare again")


def inspect(
    recording: Recording, out: Path, *, min_seconds: float, min_speech: float, header_only: bool, convert: bool
) -> Inspected:
    """Look into one file; an AudioError says why it cannot be used."""
    file = recording.file
    if not file.is_file():
        raise FileNotFoundError(f"no audio file {file}")
    if convert or file.suffix.lower() not in SUFFIXES or is_unsized_wav(file):
        file = decoded(recording, out)
    with AudioFile(file) as audio:
        begin = round(recording.start_s * SAMPLE_RATE_HZ)
        end = audio.frames if recording.end_s is None else round(recording.end_s * SAMPLE_RATE_HZ)
        if end > audio.frames + SAMPLE_RATE_HZ // 10:
            raise AudioError(f"ends at {audio.frames / SAMPLE_RATE_HZ:.2f} s, before its segment does")
        frames = min(end, audio.frames) - begin
        if frames < max(1, min_seconds * SAMPLE_RATE_HZ):
            raise AudioError(f"{max(frames, 0) / SAMPLE_RATE_HZ:.2f} s is too short: wanted {min_seconds:g} s")
        if header_only:
            return Inspected(file, frames / SAMPLE_RATE_HZ, audio.native_rate_hz, None, None)
        samples, rate = audio.read(begin, frames), audio.native_rate_hz
    if float(np.abs(samples).max()) > INTEGERS_FROM:
        file, rate = decoded(recording, out), SAMPLE_RATE_HZ
        samples = read_audio(file, start=begin, frames=frames)
    if not samples.any():
        raise AudioError("silent")
    if is_silent(samples):
        raise AudioError(f"near-silent: {level_dbfs(samples):.0f} dBFS")
    speech_s = speech_seconds(samples, enough=max(min_speech, LITTLE_SPEECH_S))
    if speech_s < min_speech:
        raise AudioError(f"{speech_s:.2f} s of speech is too little: wanted {min_speech:g} s")
    digest = blake2b(samples.tobytes(), digest_size=16).digest()
    return Inspected(file, frames / SAMPLE_RATE_HZ, rate, digest, speech_s)


def decoded(recording: Recording, out: Path) -> Path:
    """Decode a recording's file to a WAV file below `out`, if that isn't there yet."""
    source = recording.file
    name = Path(recording.id) if recording.end_s is None else source  # segments share one file
    parts = [part for part in name.parts if part not in (name.anchor, "..")]
    target = out.joinpath("audio", *parts[:-1], parts[-1].removesuffix(".wav") + ".wav")
    if not target.is_file():
        samples, _ = decode(source)
        if not np.isfinite(samples).all():
            raise AudioError(f"{source} has NaN or infinite samples")
        write_audio(target, full_scale(samples))
    return target


def drop_duplicates(
    results: Sequence[tuple[Recording, Inspected | Skipped]],
) -> tuple[list[tuple[Recording, Inspected]], list[Skipped]]:
    """Keep the first of recordings with the same audio; none of them if they are under two speakers."""
    speakers: dict[bytes, dict[str, str]] = {}
    for recording, result in results:
        if isinstance(result, Inspected) and result.digest is not None:
            speakers.setdefault(result.digest, {}).setdefault(recording.speaker, recording.id)
    kept: list[tuple[Recording, Inspected]] = []
    skipped: list[Skipped] = []
    for recording, result in results:
        if isinstance(result, Skipped):
            skipped.append(result)
            continue
        same = speakers.get(result.digest, {}) if result.digest is not None else {}
        if len(same) > 1:
            listed = ", ".join(f"{identity} ({speaker})" for speaker, identity in same.items())
            skipped.append(Skipped(str(recording.file), f"the same audio under several speakers: {listed}"))
        elif same and same[recording.speaker] != recording.id:
            skipped.append(Skipped(str(recording.file), f"the same audio as {same[recording.speaker]}"))
        else:
            kept.append((recording, result))
    return kept, skipped


def assign_splits(recordings: Sequence[Recording], *, dev: float, test: float, seed: int) -> dict[str, str]:
    """Share the speakers out to "train", "dev" and "test"; who has a split keeps it, and who is unknown.

    A share above 0 takes at least 2 speakers, since trials need two.

    Raises
    ------
    ValueError
        A speaker is in two splits, or the speakers are too few for the shares.
    """
    splits: dict[str, str] = {}
    for recording in recordings:
        if not recording.speaker:
            continue
        if splits.setdefault(recording.speaker, recording.split) != recording.split:
            both = f"{splits[recording.speaker] or 'no split'!r} and {recording.split or 'no split'!r}"
            raise ValueError(f"speaker {recording.speaker!r} is in {both}: verification needs unseen speakers")
    if not 0 <= dev + test < 1 or min(dev, test) < 0:
        raise ValueError(f"wanted shares of speakers 0 <= dev + test < 1, got {dev} and {test}")
    free = sorted(speaker for speaker, split in splits.items() if not split)
    order = [free[i] for i in generator(seed, "splits").permutation(len(free))]
    sizes = {name: max(2, round(share * len(free))) if share else 0 for name, share in (("test", test), ("dev", dev))}
    if free and sum(sizes.values()) >= len(free):
        raise ValueError(
            f"{len(free)} speaker{'s' * (len(free) != 1)} without a split are too few for {sizes['test']} test and "
            f"{sizes['dev']} dev speakers beside training ones: --test 0 --dev 0, or give splits in a manifest"
        )
    for name, size in sizes.items():
        splits.update((speaker, name) for speaker in order[:size])
        order = order[size:]
    splits.update((speaker, "train") for speaker in order)
    return splits


def utterance(recording: Recording, found: Inspected, split: str, out: Path) -> Utterance:
    """The manifest's entry of a recording, with the path relative to the corpus where the file lies in it."""
    file, root = found.file.resolve(), out.resolve()
    return Utterance(
        recording.id,
        file.relative_to(root).as_posix() if file.is_relative_to(root) else file.as_posix(),
        recording.speaker,
        recording.source,
        recording.language,
        recording.session,
        split,
        duration_s=found.duration_s,
        start_s=recording.start_s,
        sample_rate_hz=found.sample_rate_hz,
    )


def write_skipped(out: Path, skipped: Sequence[Skipped], *, name: str = SKIPPED_NAME) -> None:
    """Write the report of what was left out: a JSON object with path and reason a line."""
    with atomic_path(out / name) as temporary, temporary.open("w", encoding="utf-8") as lines:
        for entry in skipped:
            lines.write(json.dumps({"path": entry.path, "reason": entry.reason}, ensure_ascii=False) + "\n")
