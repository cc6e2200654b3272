"""Audio → embeddings: what an encoder makes of the utterances of a corpus."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from sv_bridge.data.audio import AudioError, AudioFile
from sv_bridge.data.crops import wrapped
from sv_bridge.data.dataset import Stretch
from sv_bridge.data.manifest import Corpus, Utterance
from sv_bridge.distributed import choose_device
from sv_bridge.embeddings import Embeddings

__all__ = ["DEFAULT_OPTIONS", "EmbeddingOptions", "embed"]

SHORTEST_SECONDS = 0.5
"""Whole utterances below this are repeated up to it: encoders need some frames of context."""


@dataclass(frozen=True, slots=True)
class EmbeddingOptions:
    """How utterances are embedded.

    Attributes
    ----------
    crops : how many crops an utterance, from its beginning to its end at equal steps; None embeds whole utterances,
        one at a time since their lengths differ.
    crop_seconds : length of a crop; shorter utterances are repeated up to it.
    average_last : checkpoints of a run whose weights are averaged.
    device : where the encoder runs, see `sv_bridge.distributed.choose_device`.
    batch_size : crops that run through the encoder together.
    workers : processes that read audio.
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
    batch_size: int = 64
    workers: int = 0
    progress: bool = False

    def __post_init__(self) -> None:
        if (self.crops is None) != (self.crop_seconds is None):
            raise ValueError(f"`crops` and `crop_seconds` belong together, got {self.crops} and {self.crop_seconds}")
        if self.crops is not None and self.crop_seconds is not None and not (self.crops >= 1 and self.crop_seconds > 0):
            raise ValueError(f"wanted crops >= 1 and crop_seconds > 0, got {self.crops} and {self.crop_seconds}")
        for name, least in (("average_last", 1), ("batch_size", 1), ("workers", 0)):
            if getattr(self, name) < least:
                raise ValueError(f"wanted {name} >= {least}, got {getattr(self, name)}")

    @property
    def identity(self) -> tuple[Any, ...]:
        """The options that embeddings depend on; the others change only how fast they come."""
        return self.crops, self.crop_seconds, self.average_last


DEFAULT_OPTIONS = EmbeddingOptions()


def embed(encoder: nn.Module, corpus: Corpus, options: EmbeddingOptions = DEFAULT_OPTIONS) -> Embeddings:
    """Embed every utterance of a corpus, whole or as evenly spaced crops.

    Parameters
    ----------
    encoder : waveforms (batch, samples) → (batch, dim), with an attribute `sample_rate_hz`; a `SpeakerEncoder`, say. It
        is moved to the device, and left in its mode (training or evaluation).
    corpus : what to embed.
    options : crops, device and the like.

    Returns
    -------
    Embeddings
        `vectors` is (n, dim) for whole utterances and for one crop, (n, crops, dim) for several. Utterances whose
        audio is unusable (corrupt, empty, digital silence) are left out and listed in `skipped`.

    Raises
    ------
    ValueError
        No utterance is usable, or the encoder returns NaN.
    """
    dataset = _Waveforms(corpus, int(getattr(encoder, "sample_rate_hz", 16_000)), options)
    per_batch = max(1, options.batch_size // options.crops) if options.crops else 1
    loader: Any = DataLoader(dataset, batch_size=per_batch, num_workers=options.workers, collate_fn=list)
    device = choose_device(options.device)
    if options.progress:
        loader = track(loader, description="embedding", console=Console(stderr=True), transient=True)
    was_training = encoder.training
    encoder.eval().to(device)
    try:
        done = list(_run(encoder, loader, device))
    finally:
        encoder.train(was_training)
    kept = [index for index, vectors, _ in done if vectors is not None]
    if not kept:
        raise ValueError(
            f"none of the {len(corpus)} utterances could be embedded; {done[0][2] if done else 'no audio'}"
        )
    vectors = np.stack([vectors for _, vectors, _ in done if vectors is not None])
    chosen = [corpus[index] for index in kept]
    return Embeddings(
        ids=_column(chosen, "id"),
        vectors=vectors[:, 0] if vectors.shape[1] == 1 else vectors,
        speakers=_column(chosen, "speaker"),
        sources=_column(chosen, "source"),
        languages=_column(chosen, "language"),
        skipped=tuple(f"{corpus[index].id}: {reason}" for index, vectors, reason in done if vectors is None),
    )


class _Waveforms(Dataset[tuple[int, Tensor | None, str]]):
    """Utterance i → (i, its (crops, samples), "") or (i, None, reason)."""

    def __init__(self, corpus: Corpus, sample_rate_hz: int, options: EmbeddingOptions) -> None:
        self.corpus = corpus
        self.sample_rate_hz = sample_rate_hz
        self.crops = options.crops
        self.crop_frames = None if options.crop_seconds is None else round(options.crop_seconds * sample_rate_hz)

    def __len__(self) -> int:
        return len(self.corpus)

    def __getitem__(self, index: int) -> tuple[int, Tensor | None, str]:
        utterance = self.corpus[index]
        try:
            with AudioFile(self.corpus.path(utterance), sample_rate_hz=self.sample_rate_hz) as file:
                waveforms = self._read(Stretch(file, utterance))
        except (AudioError, FileNotFoundError) as error:
            return index, None, str(error)
        if not waveforms.any():
            return index, None, f"{utterance.path} is silent"
        return index, torch.from_numpy(waveforms), ""

    def _read(self, speech: Stretch) -> NDArray[np.float32]:
        frames = len(speech)
        if self.crops is None or self.crop_frames is None:
            return wrapped(speech[:frames], 0, max(frames, round(SHORTEST_SECONDS * self.sample_rate_hz)))[None]
        if frames <= self.crop_frames:
            return np.tile(wrapped(speech[:frames], 0, self.crop_frames), (self.crops, 1))
        starts = np.linspace(0, frames - self.crop_frames, self.crops).round().astype(int)
        return np.stack([speech[start : start + self.crop_frames] for start in starts.tolist()])


@torch.inference_mode()
def _run(
    encoder: nn.Module, batches: Iterable[list[tuple[int, Tensor | None, str]]], device: torch.device
) -> Iterator[tuple[int, NDArray[np.float32] | None, str]]:
    """Run the encoder: (utterance, its (crops, dim) embeddings, "") or (utterance, None, reason)."""
    for batch in batches:
        readable = [waveforms for _, waveforms, _ in batch if waveforms is not None]
        results: Iterator[NDArray[np.float32]] = iter(())
        if readable:
            stacked = torch.stack(readable).to(device)  # (batch, crops, samples)
            embeddings = encoder(stacked.flatten(0, 1)).float().unflatten(0, stacked.shape[:2])
            results = iter(embeddings.cpu().numpy())
        for index, waveforms, reason in batch:
            yield index, None if waveforms is None else next(results), reason


def _column(utterances: list[Utterance], name: str) -> NDArray[np.str_]:
    return np.array([getattr(utterance, name) for utterance in utterances], dtype=np.str_)
