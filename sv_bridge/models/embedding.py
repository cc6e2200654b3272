"""Audio → embeddings: what an encoder makes of the utterances of a corpus."""

import os
import shutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from cqm.atomic import atomic_path
from sv_bridge import distributed
from sv_bridge.data.audio import AudioError, AudioFile
from sv_bridge.data.channels import crossed
from sv_bridge.data.crops import wrapped
from sv_bridge.data.dataset import Stretch
from sv_bridge.data.manifest import Corpus
from sv_bridge.data.voice_activity import is_silent, level_dbfs
from sv_bridge.distributed import choose_device
from sv_bridge.embeddings import Embeddings, columns_of
from sv_bridge.memory import keep_freed_memory

__all__ = ["DEFAULT_OPTIONS", "EmbeddingOptions", "Sample", "embed", "remove_parts"]

SHORTEST_SECONDS = 0.5
"""Whole utterances below this are repeated up to it: encoders need some frames of context."""
LONGEST_SECONDS = 600.0
"""Whole utterances beyond this are refused: their activations would take gigabytes."""
TYPICAL_SECONDS = 4.0
"""A batch holds no more speech than `batch_size` utterances of this length."""
STEP_SECONDS = 0.5
"""Padded batches last a multiple of this: few shapes, since the first batch of a shape costs some preparation."""
PART_UTTERANCES = 1024
"""So many finished utterances are written as one part."""


@dataclass(frozen=True, slots=True)
class EmbeddingOptions:
    """How utterances are embedded.

    Attributes
    ----------
    crops : how many crops an utterance, from its beginning to its end at equal steps; None embeds whole utterances.
    crop_seconds : length of a crop; shorter utterances are repeated up to it.
    average_last : checkpoints of a run whose weights are averaged.
    cross_channels : seed of channels, one for each utterance, that they are sent through first (crossed trials, see
        `sv_bridge.data.channels.crossed`); None embeds them as they were recorded.
    device : where the encoder runs, see `sv_bridge.distributed.choose_device`.
    batch_size : utterances of 4 s, or crops, that run through the encoder together; None for 8 on the CPU, whose
        caches hold no more, and 64 on other devices.
    workers : processes that read audio; None for none on the CPU, and all cores but one (14 at most) on other devices.
    progress : whether to show a progress bar.

    Raises
    ------
    ValueError
        `crops` and `crop_seconds` don't come together, or a number is out of range.
    """

    crops: int | None = None
    crop_seconds: float | None = None
    average_last: int = 1
    device: str = "auto"
    batch_size: int | None = None
    workers: int | None = None
    progress: bool = False
    cross_channels: int | None = None

    def __post_init__(self) -> None:
        if (self.crops is None) != (self.crop_seconds is None):
            raise ValueError(f"`crops` and `crop_seconds` belong together, got {self.crops} and {self.crop_seconds}")
        if self.crops is not None and self.crop_seconds is not None and not (self.crops >= 1 and self.crop_seconds > 0):
            raise ValueError(f"wanted crops >= 1 and crop_seconds > 0, got {self.crops} and {self.crop_seconds}")
        for name, least in (("average_last", 1), ("batch_size", 1), ("workers", 0)):
            value = getattr(self, name)
            if value is not None and value < least:
                raise ValueError(f"wanted {name} >= {least}, got {value}")

    def together(self, device: torch.device) -> int:
        """`batch_size` on a device."""
        return self.batch_size or (8 if device.type == "cpu" else 64)

    @property
    def identity(self) -> tuple[Any, ...]:
        """The options that embeddings depend on; the others change only how fast they come."""
        return self.crops, self.crop_seconds, self.average_last, self.cross_channels


DEFAULT_OPTIONS = EmbeddingOptions()

Sample = tuple[int, Tensor | None, str]
"""(position in the corpus, its (crops, samples), ""), or (position, None, reason)."""


def embed(
    encoder: nn.Module,
    corpus: Corpus,
    options: EmbeddingOptions = DEFAULT_OPTIONS,
    *,
    parts: Path | None = None,
    memory: dict[int, Sample] | None = None,
) -> Embeddings:
    """Embed every utterance of a corpus, whole or as evenly spaced crops.

    Utterances of similar lengths share a batch. An encoder with a true attribute `padded` is called with waveforms and
    `lengths` (see `sv_bridge.models.encoders.SpeakerEncoder`), so that each embedding is that of the utterance alone;
    any other gets utterances of exactly one length at a time.

    With several processes (torchrun) each embeds its share, and all return the whole.

    Parameters
    ----------
    encoder : waveforms (batch, samples) → (batch, dim), with an attribute `sample_rate_hz` (16,000 without); any
        module. It is moved to the device, and left in its mode (training or evaluation).
    corpus : what to embed.
    options : crops, device and the like.
    parts : folder where embeddings are written as they come; a later call with the same folder, encoder, corpus and
        options goes on from there. Delete it when what is returned is safe.
    memory : what this process read, by position in the corpus: an empty dictionary is filled, and a later call with the
        same corpus and options reads nothing again. (Reading processes keep nothing.)

    Returns
    -------
    Embeddings
        In the order of the corpus. `vectors` is (n, dim) for whole utterances and for one crop, (n, crops, dim) for
        several. Utterances whose audio is unusable (corrupt, empty, silent) are left out and listed in
        `skipped`.

    Raises
    ------
    ValueError
        No utterance is usable, one is too long to be embedded whole, or the encoder returns NaN.
    MemoryError
        A batch doesn't fit in memory.
    """
    if options.crops is None:
        _check_lengths(corpus)
    device = choose_device(options.device)
    done = {} if parts is None else dict(_read_parts(parts))
    if len(set(distributed.gather_objects(len(done)))) > 1:  # and nobody writes before all have read
        raise ValueError(f"the processes do not see the same files in {parts}: choose a folder that all of them share")
    remaining = [
        batch
        for batch in _batches(corpus, options.crops, options.together(device))
        if not all(index in done for index in batch)
    ]
    mine = remaining[distributed.rank() :: distributed.world_size()]
    found, reasons = _embedded(encoder, corpus, options, device, mine, parts, memory)
    for others, theirs in distributed.gather_objects((found, reasons)):
        done |= others
        reasons |= theirs
    reasons = {index: reason for index, reason in reasons.items() if index not in done}
    if not done:
        first = reasons[min(reasons)] if reasons else "no audio"
        raise ValueError(f"none of the {len(corpus)} utterances could be embedded; {first}")
    kept = sorted(done)
    vectors = np.stack([done[index] for index in kept])  # (n, crops, dim)
    chosen = [corpus[index] for index in kept]
    return Embeddings(
        ids=np.array([utterance.id for utterance in chosen], dtype=np.str_),
        vectors=vectors[:, 0] if vectors.shape[1] == 1 else vectors,
        speakers=np.array([utterance.speaker for utterance in chosen], dtype=np.str_),
        columns=columns_of(chosen),
        skipped=tuple(f"{corpus[index].id}: {reasons[index]}" for index in sorted(reasons)),
    )


def _check_lengths(corpus: Corpus) -> None:
    """Raise before anything is embedded when an utterance is too long for it."""
    long = [utterance for utterance in corpus if utterance.duration_s > LONGEST_SECONDS]
    if long:
        raise ValueError(
            f"{long[0].id} lasts {long[0].duration_s:,.0f} s and would be embedded as a whole"
            + (f", and {len(long) - 1} more like it" if len(long) > 1 else "")
            + f"; {LONGEST_SECONDS:.0f} s are the most: cut it into utterances by start_s and "
            "duration_s in the manifest, or embed crops (--crops 10 --crop-seconds 4, say)"
        )


def _batches(corpus: Corpus, crops: int | None, together: int) -> list[list[int]]:
    """Positions of utterances that run together: alike in length, longest first, so that what won't fit fails soon."""
    durations = np.array([utterance.duration_s for utterance in corpus])
    if crops is not None:
        size = max(1, together // crops)
        return [list(range(first, min(first + size, len(corpus)))) for first in range(0, len(corpus), size)]
    batches: list[list[int]] = []
    budget = together * TYPICAL_SECONDS
    for index in np.argsort(-durations, kind="stable").tolist():
        longest = float(durations[batches[-1][0]]) if batches else 0.0
        if batches and len(batches[-1]) < 4 * together and (len(batches[-1]) + 1) * longest <= budget:
            batches[-1].append(index)
        else:
            batches.append([index])
    return batches


def _embedded(
    encoder: nn.Module,
    corpus: Corpus,
    options: EmbeddingOptions,
    device: torch.device,
    batches: list[list[int]],
    parts: Path | None,
    memory: dict[int, Sample] | None,
) -> tuple[dict[int, NDArray[np.float32]], dict[int, str]]:
    """Position → (crops, dim) embeddings of the batches, and position → reason where there are none."""
    rate = int(getattr(encoder, "sample_rate_hz", 16_000))
    if device.type == "cpu":
        keep_freed_memory()
    workers = options.workers
    if workers is None:
        workers = 0 if device.type == "cpu" else max(0, min(14, (os.cpu_count() or 1) - 1))
    dataset = _Waveforms(corpus, rate, options, memory)
    loader: Any = DataLoader(
        dataset, batch_sampler=batches, num_workers=workers, collate_fn=list, pin_memory=device.type == "cuda"
    )
    if options.progress and distributed.rank() == 0:
        loader = track(loader, description="embedding", console=Console(stderr=True), transient=True)
    found: dict[int, NDArray[np.float32]] = {}
    reasons: dict[int, str] = {}
    unwritten: list[int] = []
    was_training = encoder.training
    encoder.eval().to(device)
    try:
        for batch in loader:
            reasons |= {index: reason for index, waveforms, reason in batch if waveforms is None}
            for index, vectors in _run(encoder, batch, device, rate, corpus):
                found[index] = vectors
                unwritten.append(index)
            if parts is not None and len(unwritten) >= PART_UTTERANCES:
                _write_part(parts, {index: found[index] for index in unwritten})
                unwritten = []
    finally:
        encoder.train(was_training)
        if parts is not None and unwritten:
            _write_part(parts, {index: found[index] for index in unwritten})
    return found, reasons


@torch.inference_mode()
def _run(
    encoder: nn.Module, batch: list[Sample], device: torch.device, rate: int, corpus: Corpus
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """(position, (crops, dim) embeddings) of the readable samples of a batch."""
    readable = [(index, waveforms) for index, waveforms, _ in batch if waveforms is not None]
    for together in _of_one_call(readable, padded=bool(getattr(encoder, "padded", False))):
        rows = torch.cat([waveforms for _, waveforms in together]) if len(together) == 1 else _padded(together, rate)
        lengths = torch.tensor([w.shape[1] for _, w in together for _ in range(len(w))])
        try:
            if bool((lengths == rows.shape[1]).all()):
                embeddings = encoder(rows.to(device, non_blocking=True))
            else:
                embeddings = encoder(rows.to(device, non_blocking=True), lengths.to(device))
        except (MemoryError, RuntimeError) as error:
            if not isinstance(error, MemoryError | torch.OutOfMemoryError) and "can't allocate" not in str(error):
                raise
            raise MemoryError(
                f"{len(rows)} crops of {rows.shape[1] / rate:.1f} s do not fit in memory, {corpus[together[0][0]].id} "
                "among them: choose a smaller --batch-size, or --crops and --crop-seconds for long utterances"
            ) from None
        if not isinstance(embeddings, Tensor) or embeddings.ndim != 2 or len(embeddings) != len(rows):
            shape = tuple(embeddings.shape) if isinstance(embeddings, Tensor) else type(embeddings).__name__
            raise ValueError(
                f"{type(encoder).__name__} made {shape} of {len(rows)} waveforms: wanted ({len(rows)}, dim), one "
                "embedding a waveform"
            )
        found = embeddings.float().cpu().numpy()
        sizes = np.cumsum([len(waveforms) for _, waveforms in together])[:-1]
        yield from zip((index for index, _ in together), np.split(found, sizes), strict=True)


def _of_one_call(samples: list[tuple[int, Tensor]], *, padded: bool) -> list[list[tuple[int, Tensor]]]:
    """Samples that go through the encoder together: all, or those of exactly one length."""
    if padded:
        return [samples] if samples else []
    groups: dict[int, list[tuple[int, Tensor]]] = defaultdict(list)
    for index, waveforms in samples:
        groups[waveforms.shape[1]].append((index, waveforms))
    return list(groups.values())


def _padded(samples: list[tuple[int, Tensor]], rate: int) -> Tensor:
    """Rows (crops of all, samples) of one length: zeros continue the shorter ones."""
    lengths = {waveforms.shape[1] for _, waveforms in samples}
    step = round(STEP_SECONDS * rate)
    longest = max(lengths) if len(lengths) == 1 else -(-max(lengths) // step) * step
    rows = torch.zeros(sum(len(waveforms) for _, waveforms in samples), longest)
    first = 0
    for _, waveforms in samples:
        rows[first : first + len(waveforms), : waveforms.shape[1]] = waveforms
        first += len(waveforms)
    return rows


class _Waveforms(Dataset[Sample]):
    """Utterance → `Sample`."""

    def __init__(
        self, corpus: Corpus, sample_rate_hz: int, options: EmbeddingOptions, memory: dict[int, Sample] | None
    ) -> None:
        self.corpus, self.memory = corpus, memory
        self.sample_rate_hz = sample_rate_hz
        self.crops = options.crops
        self.cross_channels = options.cross_channels
        self.crop_frames = None if options.crop_seconds is None else round(options.crop_seconds * sample_rate_hz)

    def __len__(self) -> int:
        return len(self.corpus)

    def __getitem__(self, index: int) -> Sample:
        if self.memory is None:
            return self._sample(index)
        if index not in self.memory:
            self.memory[index] = self._sample(index)
        return self.memory[index]

    def _sample(self, index: int) -> Sample:
        utterance = self.corpus[index]
        try:
            with AudioFile(self.corpus.path(utterance), sample_rate_hz=self.sample_rate_hz) as file:
                speech: Stretch | NDArray[np.float32] = Stretch(file, utterance)
                if self.cross_channels is not None:
                    whole, rate = speech[: len(speech)], self.sample_rate_hz
                    speech = crossed(whole, utterance.id, seed=self.cross_channels, sample_rate_hz=rate)
                waveforms = self._read(speech)
        except (AudioError, FileNotFoundError) as error:
            return index, None, str(error)
        if is_silent(waveforms.ravel()):
            return index, None, f"{utterance.path} is silent: {level_dbfs(waveforms.ravel()):.0f} dBFS"
        return index, torch.from_numpy(waveforms), ""

    def _read(self, speech: Stretch | NDArray[np.float32]) -> NDArray[np.float32]:
        frames = len(speech)
        if self.crops is None or self.crop_frames is None:
            return wrapped(speech[:frames], 0, max(frames, round(SHORTEST_SECONDS * self.sample_rate_hz)))[None]
        if frames <= self.crop_frames:
            return np.tile(wrapped(speech[:frames], 0, self.crop_frames), (self.crops, 1))
        starts = np.linspace(0, frames - self.crop_frames, self.crops).round().astype(int)
        return np.stack([speech[start : start + self.crop_frames] for start in starts.tolist()])


def _write_part(folder: Path, found: dict[int, NDArray[np.float32]]) -> None:
    """Write embeddings of some positions; the name is that of the first, which no other part holds."""
    positions = np.array(list(found), dtype=np.int64)
    with atomic_path(folder / f"{positions[0]:09d}.npz") as temporary:
        np.savez(temporary, positions=positions, vectors=np.stack(list(found.values())))


def _read_parts(folder: Path) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Positions and their embeddings in the parts of an earlier call."""
    for path in sorted(folder.glob("[0-9]*.npz")):
        with np.load(path, allow_pickle=False) as part:
            yield from zip(part["positions"].tolist(), part["vectors"], strict=True)


def remove_parts(folder: Path) -> None:
    """Delete the folder of parts, by one process."""
    distributed.barrier()
    if distributed.rank() == 0:
        shutil.rmtree(folder, ignore_errors=True)
