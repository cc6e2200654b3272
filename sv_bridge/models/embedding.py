"""Utterances → embeddings, with who speaks in each: in memory and on disk."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from sv_bridge.atomic import atomic_path
from sv_bridge.data.audio import AudioError, AudioFile
from sv_bridge.data.crops import wrapped
from sv_bridge.data.dataset import Stretch
from sv_bridge.data.manifest import Corpus, Utterance
from sv_bridge.data.trials import Trials

__all__ = ["Embeddings", "embed"]

SHORTEST_SECONDS = 0.5
"""Whole utterances below this are repeated up to it: encoders need some frames of context."""


@dataclass(frozen=True)
class Embeddings:
    """Embeddings of n utterances, in the order of the corpus.

    Attributes
    ----------
    ids : (n,) unique utterance names, as trial lists use them.
    vectors : (n, dim), or (n, crops, dim) with several crops an utterance; float32, finite.
    speakers, sources, languages : (n,) names; empty strings when unknown.
    skipped : utterances that have no embedding because their audio is unusable, each as "id: reason".
    """

    ids: NDArray[np.str_]
    vectors: NDArray[np.float32]
    speakers: NDArray[np.str_]
    sources: NDArray[np.str_]
    languages: NDArray[np.str_]
    skipped: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.vectors.ndim not in (2, 3):
            raise ValueError(f"`vectors` must be (n, dim) or (n, crops, dim), got shape {self.vectors.shape}")
        for name in ("ids", "speakers", "sources", "languages"):
            column = getattr(self, name)
            if column.shape != self.vectors.shape[:1]:
                raise ValueError(f"`{name}` has shape {column.shape} but there are {len(self.vectors)} vectors")
        if len(set(self.ids.tolist())) < len(self.ids):
            names, counts = np.unique(self.ids, return_counts=True)
            raise ValueError(f"utterance {str(names[counts > 1][0])!r} is embedded twice: ids must be unique")
        finite: NDArray[np.bool_] = np.all(np.isfinite(self.vectors.reshape(len(self.vectors), -1)), axis=1)
        if not finite.all():
            raise ValueError(
                f"{np.count_nonzero(~finite)} of {len(finite)} embeddings hold NaN or infinity, first that of "
                f"{str(self.ids[~finite][0])!r}: the model has diverged, use an earlier checkpoint"
            )

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def dim(self) -> int:
        """Length of one embedding."""
        return int(self.vectors.shape[-1])

    def rows(self, trials: Trials) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Find the (trials,) rows of the enrolment and test utterances; a clear error when one has no embedding."""
        try:
            return trials.rows(self.ids.tolist())
        except ValueError as error:
            if not self.skipped:
                raise
            raise ValueError(f"{error}; skipped for unusable audio: {', '.join(self.skipped[:3])}") from None

    def where(self, keep: NDArray[np.bool_]) -> "Embeddings":
        """Keep the rows that are true in the (n,) mask."""
        columns = {f.name: getattr(self, f.name)[keep] for f in fields(self) if f.name != "skipped"}
        return replace(self, **columns)

    def save(self, path: Path | str) -> None:
        """Write an .npz without pickled objects, atomically."""
        if Path(path).suffix != ".npz":
            raise ValueError(f"embeddings are saved as .npz, got {path}")
        columns: dict[str, Any] = {f.name: getattr(self, f.name) for f in fields(self)}
        columns["skipped"] = np.array(self.skipped, dtype=np.str_)
        with atomic_path(path) as temporary:
            np.savez(temporary, **columns)

    @classmethod
    def load(cls, path: Path | str) -> "Embeddings":
        """Read what `save` wrote, or any .npz with arrays `vectors` and `speakers`; the rest is optional."""
        if not Path(path).is_file():
            raise FileNotFoundError(f"no embeddings at {path}: make them with `sv-bridge embed`")
        try:
            with np.load(path, allow_pickle=False) as archive:
                columns: dict[str, Any] = dict(archive)
        except (ValueError, OSError, AttributeError) as error:
            raise ValueError(f"{path} is not an .npz of plain arrays: {error}") from None
        if missing := [name for name in ("vectors", "speakers") if name not in columns]:
            raise ValueError(f"{path} has no array {missing[0]!r}: it has {', '.join(columns) or 'none'}")
        n = len(columns["vectors"])
        return cls(
            ids=columns.get("ids", np.arange(n)).astype(np.str_),
            vectors=columns["vectors"].astype(np.float32, copy=False),
            speakers=columns["speakers"].astype(np.str_),
            sources=columns.get("sources", np.full(n, "")).astype(np.str_),
            languages=columns.get("languages", np.full(n, "")).astype(np.str_),
            skipped=tuple(columns.get("skipped", np.empty(0, np.str_)).tolist()),
        )


def embed(
    encoder: nn.Module,
    corpus: Corpus,
    *,
    crops: int | None = None,
    crop_seconds: float | None = None,
    device: torch.device | str = "cpu",
    batch_size: int = 64,
    workers: int = 0,
    progress: bool = False,
) -> Embeddings:
    """Embed every utterance of a corpus, whole or as evenly spaced crops.

    Parameters
    ----------
    encoder : waveforms (batch, samples) → (batch, dim), with an attribute `sample_rate_hz`; a `SpeakerEncoder`, say.
    corpus : what to embed.
    crops : how many crops an utterance, from its beginning to its end at equal steps; None embeds whole utterances,
        one at a time since their lengths differ.
    crop_seconds : length of a crop; shorter utterances are repeated up to it.
    device : where the encoder runs; it is moved there, and left in its mode (training or evaluation).
    batch_size : crops that run through the encoder together.
    workers : processes that read audio.
    progress : whether to show a progress bar.

    Returns
    -------
    Embeddings
        `vectors` is (n, dim) for whole utterances and for one crop, (n, crops, dim) for several. Utterances whose
        audio is unusable (corrupt, empty, digital silence) are left out and listed in `skipped`.

    Raises
    ------
    ValueError
        No utterance is usable, `crops` and `crop_seconds` don't come together, or the encoder returns NaN.
    """
    if (crops is None) != (crop_seconds is None):
        raise ValueError(f"`crops` and `crop_seconds` belong together, got {crops} and {crop_seconds}")
    if crops is not None and crop_seconds is not None and not (crops >= 1 and crop_seconds > 0):
        raise ValueError(f"wanted crops >= 1 and crop_seconds > 0, got {crops} and {crop_seconds}")
    dataset = _Waveforms(corpus, int(getattr(encoder, "sample_rate_hz", 16_000)), crops, crop_seconds)
    per_batch = max(1, batch_size // crops) if crops else 1
    loader: Any = DataLoader(dataset, batch_size=per_batch, num_workers=workers, collate_fn=list)
    if progress:
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

    def __init__(self, corpus: Corpus, sample_rate_hz: int, crops: int | None, crop_seconds: float | None) -> None:
        self.corpus = corpus
        self.sample_rate_hz = sample_rate_hz
        self.crops = crops
        self.crop_frames = None if crop_seconds is None else round(crop_seconds * sample_rate_hz)

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
    encoder: nn.Module, batches: Iterable[list[tuple[int, Tensor | None, str]]], device: torch.device | str
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
