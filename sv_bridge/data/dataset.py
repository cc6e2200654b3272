"""Utterances as contrastive training items: several crops each, the same for any number of workers or ranks."""

import logging
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset

from sv_bridge.data.audio import SAMPLE_RATE_HZ, AudioError, AudioFile
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


class ContrastiveDataset(Dataset[tuple[Tensor, int, int]]):
    """Item i → (waveforms (views, samples) float32, utterance index, speaker index).

    Everything drawn depends on (seed, epoch, utterance id, view) and on nothing else. `crops.crop_starts` says what
    happens to short utterances. A file that cannot be read, or a crop of digital silence, is logged as a warning and
    replaced by another utterance of the corpus, drawn from the same key: the indices returned are the replacement's.

    Parameters
    ----------
    corpus : utterances to train on, usually one split.
    sample_rate_hz : rate of the waveforms.
    crop_seconds : length of a crop.
    views : crops an utterance.
    non_overlapping : whether the crops of an utterance must not overlap (where it is long enough), or are independent.
    augmentation : applied to each view by itself; None leaves the crops as they are.
    seed : all chance starts here.
    """

    def __init__(
        self,
        corpus: Corpus,
        *,
        sample_rate_hz: int = SAMPLE_RATE_HZ,
        crop_seconds: float = 2.0,
        views: int = 2,
        non_overlapping: bool = True,
        augmentation: Augmentation | None = None,
        seed: int = 0,
    ) -> None:
        if len(corpus) == 0:
            raise ValueError("the corpus has no utterances")
        if not crop_seconds > 0 or views < 1:
            raise ValueError(f"wanted crop_seconds > 0 and views >= 1, got {crop_seconds} and {views}")
        self.corpus = corpus
        self.sample_rate_hz = sample_rate_hz
        self.crop_frames = round(crop_seconds * sample_rate_hz)
        self.views = views
        self.non_overlapping = non_overlapping
        self.augmentation = augmentation
        self.seed = seed
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

    def __getitem__(self, index: int) -> tuple[Tensor, int, int]:
        epoch = self.epoch
        chosen, substitutes = index, generator(self.seed, epoch, self.corpus[index].id, "substitute")
        for _ in range(ATTEMPTS):
            utterance = self.corpus[chosen]
            try:
                views = self._views(utterance, epoch)
            except (AudioError, FileNotFoundError) as error:
                logger.warning("%s; another utterance takes its place", error)
                chosen = int(substitutes.integers(len(self.corpus)))
            else:
                return torch.from_numpy(views), chosen, int(self.corpus.speaker_indices[chosen])
        raise AudioError(f"{ATTEMPTS} utterances in a row were unusable, {self.corpus[index].path} first")

    def _views(self, utterance: Utterance, epoch: int) -> NDArray[np.float32]:
        """Read the (views, samples) crops of the utterance and augment them."""
        rng = generator(self.seed, epoch, utterance.id, "crops")
        views = np.empty((self.views, self.crop_frames), dtype=np.float32)
        with AudioFile(self.corpus.path(utterance), sample_rate_hz=self.sample_rate_hz) as file:
            begin = round(utterance.start_s * self.sample_rate_hz)
            frames = min(round(utterance.duration_s * self.sample_rate_hz), file.frames - begin)
            if frames <= 0:
                raise AudioError(f"{file.path} has no samples")
            starts = crop_starts(frames, self.crop_frames, self.views, rng, non_overlapping=self.non_overlapping)
            whole = file.read(begin, frames) if frames < self.crop_frames else None
            for view, start in enumerate(starts.tolist()):
                if whole is None:
                    views[view] = file.read(begin + start, self.crop_frames)
                else:
                    views[view] = wrapped(whole, start, self.crop_frames)
        if not views.any(axis=1).all():
            raise AudioError(f"{file.path} has a silent crop")
        if self.augmentation is not None:
            for view in range(self.views):
                rng = generator(self.seed, epoch, utterance.id, view)
                views[view] = self.augmentation(views[view], rng, utterance)
        return views
