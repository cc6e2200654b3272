"""Utterances as contrastive training items: several crops each, the same for any number of workers or ranks."""

import logging
from collections.abc import Sequence
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import Dataset

from sv_bridge.data.audio import SAMPLE_RATE_HZ, AudioError, AudioFile
from sv_bridge.data.batch import Batch
from sv_bridge.data.crops import crop_starts, wrapped
from sv_bridge.data.manifest import Corpus, Utterance
from sv_bridge.data.randomness import generator

__all__ = ["Augmentation", "ContrastiveDataset"]

logger = logging.getLogger(__name__)

ATTEMPTS = 10


class Augmentation(Protocol):
    """Waveform → waveform of the same length; all chance comes from `rng`."""

    def __call__(
        self, waveform: NDArray[np.float32], rng: np.random.Generator, utterance: Utterance
    ) -> NDArray[np.float32]:
        """Augment one crop of `utterance`."""
        ...


class ContrastiveDataset(Dataset[Batch]):
    """Item i → its `Batch`: a waveform (samples,) float32 a view, utterance index, speaker index.

    Everything drawn depends on (seed, epoch, utterance id, view) and on nothing else. `crops.crop_starts` says what
    happens to short utterances. A file that cannot be read, or a crop of digital silence, is logged as a warning and
    replaced by another utterance of the corpus, drawn from the same key: the indices returned are the replacement's.

    Parameters
    ----------
    corpus : utterances to train on, usually one split.
    sample_rate_hz : rate of the waveforms.
    view_seconds : length of each crop of an utterance.
    non_overlapping : whether the crops of an utterance must not overlap (where it is long enough), or are independent.
    augmentation : applied to each view by itself; None leaves the crops as they are.
    speeds : factors of which each utterance draws one an epoch, for all its crops: pitch and formants move with the
        tempo. It is then another voice: with factor k (counted from 0), speaker s is s + k · speakers.
    memory_hours : decode each of the corpus' first utterances, up to this much speech in all, only once and keep it in
        memory (0.23 GB an hour, for each speed, in each worker). Compressed audio decodes slower than a small network
        trains.
    seed : all chance starts here.
    """

    def __init__(
        self,
        corpus: Corpus,
        *,
        sample_rate_hz: int = SAMPLE_RATE_HZ,
        view_seconds: Sequence[float] = (2.0, 2.0),
        non_overlapping: bool = True,
        augmentation: Augmentation | None = None,
        speeds: Sequence[float] = (1.0,),
        memory_hours: float = 0.0,
        seed: int = 0,
    ) -> None:
        if len(corpus) == 0:
            raise ValueError("the corpus has no utterances")
        if not view_seconds or not min(view_seconds) > 0:
            raise ValueError(f"wanted view_seconds > 0, at least one, got {view_seconds}")
        if not speeds or not min(speeds) > 0:
            raise ValueError(f"wanted speeds > 0, got {speeds}")
        self.corpus = corpus
        self.sample_rate_hz = sample_rate_hz
        self.view_frames = tuple(round(seconds * sample_rate_hz) for seconds in view_seconds)
        self.non_overlapping = non_overlapping
        self.augmentation = augmentation
        self.speeds = tuple(speeds)
        self.seed = seed
        # Which utterances are kept depends on the corpus alone: some codecs decode slightly other samples after a seek,
        # and a resumed run must see the same ones.
        hours = np.cumsum([utterance.duration_s for utterance in corpus]) / 3600
        self.kept_utterances = int(np.searchsorted(hours, memory_hours, side="right"))
        self._kept: dict[tuple[int, int], NDArray[np.float32]] = {}
        # shared memory: workers that live on between epochs see the new epoch too
        self._epoch = torch.zeros((), dtype=torch.int64).share_memory_()  # type: ignore[no-untyped-call]

    @property
    def epoch(self) -> int:
        """The epoch whose crops the items are."""
        return int(self._epoch)

    def set_epoch(self, epoch: int) -> None:
        """Draw the crops of this epoch from now on; call it before iterating a loader."""
        self._epoch.fill_(epoch)

    def __len__(self) -> int:
        return len(self.corpus)

    def __getitem__(self, index: int) -> Batch:
        epoch = self.epoch
        chosen = index
        for attempt in range(ATTEMPTS):
            try:
                views, speed = self._views(chosen, epoch)
            except (AudioError, FileNotFoundError) as error:
                logger.warning("%s; another utterance takes its place", error)
                substitute = generator(self.seed, epoch, self.corpus[index].id, "substitute", attempt)
                chosen = int(substitute.integers(len(self.corpus)))
            else:
                speaker = int(self.corpus.speaker_indices[chosen]) + speed * len(self.corpus.speakers)
                return Batch(tuple(map(torch.from_numpy, views)), torch.tensor(chosen), torch.tensor(speaker))
        raise AudioError(f"{ATTEMPTS} utterances in a row were unusable, {self.corpus[index].path} first")

    def _views(self, index: int, epoch: int) -> tuple[list[NDArray[np.float32]], int]:
        """Read the crops of an utterance and augment them; and say which of the speeds they have."""
        utterance = self.corpus[index]
        rng = generator(self.seed, epoch, utterance.id, "crops")
        speed = int(rng.integers(len(self.speeds)))
        if (index, speed) in self._kept:
            views = self._cut(self._kept[index, speed], rng)
        else:
            rate = round(self.sample_rate_hz / self.speeds[speed])  # read at this rate, played at ours
            with AudioFile(self.corpus.path(utterance), sample_rate_hz=rate) as file:
                speech = Stretch(file, utterance)
                if index < self.kept_utterances:
                    self._kept[index, speed] = speech[: len(speech)]
                views = self._cut(self._kept.get((index, speed), speech), rng)
        if not all(view.any() for view in views):
            raise AudioError(f"{self.corpus.path(utterance)} has a silent crop")
        if self.augmentation is not None:
            for number, view in enumerate(views):
                rng = generator(self.seed, epoch, utterance.id, number)
                views[number] = self.augmentation(view, rng, utterance)
        return views, speed

    def _cut(self, speech: "NDArray[np.float32] | Stretch", rng: np.random.Generator) -> list[NDArray[np.float32]]:
        frames, lengths = len(speech), self.view_frames
        starts = crop_starts(frames, lengths, rng, non_overlapping=self.non_overlapping).tolist()
        return [
            np.array(speech[start : start + length]) if length <= frames else wrapped(speech[:frames], start, length)
            for start, length in zip(starts, lengths, strict=True)
        ]


class Stretch:
    """The samples of one utterance in its open file, read as they are sliced."""

    def __init__(self, file: AudioFile, utterance: Utterance) -> None:
        self.file = file
        self.begin = round(utterance.start_s * file.sample_rate_hz)
        self.frames = min(round(utterance.duration_s * file.sample_rate_hz), file.frames - self.begin)
        if self.frames <= 0:
            raise AudioError(f"{file.path} has no samples")

    def __len__(self) -> int:
        return self.frames

    def __getitem__(self, piece: slice) -> NDArray[np.float32]:
        start, stop, _ = piece.indices(self.frames)
        return self.file.read(self.begin + start, stop - start)
