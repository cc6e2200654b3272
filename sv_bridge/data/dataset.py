"""Utterances as contrastive training items: several crops each, the same for any number of workers or ranks."""

import logging
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset, get_worker_info

from sv_bridge.data.audio import SAMPLE_RATE_HZ, AudioError, AudioFile
from sv_bridge.data.augmentation import Chain
from sv_bridge.data.batch import Crops
from sv_bridge.data.crops import crop_starts, wrapped
from sv_bridge.data.manifest import Corpus, Utterance
from sv_bridge.data.playback import Playback
from sv_bridge.data.randomness import generator
from sv_bridge.data.shards import MappedFile, Shards
from sv_bridge.data.speeds import Speeds
from sv_bridge.data.voice_activity import is_silent

__all__ = ["ContrastiveDataset", "Stretch"]

logger = logging.getLogger(__name__)

ATTEMPTS = 10


class ContrastiveDataset(Dataset[Crops]):
    """Items i, j, … → their `Crops`: what is read of each utterance, and what is drawn for each crop.

    Everything drawn depends on (seed, epoch, utterance id, view) and on nothing else. `crops.crop_starts` says what
    happens to short utterances. A file that cannot be read, or a crop of silence (see `voice_activity.SILENT_DBFS`), is
    logged as a warning and replaced by another utterance of the corpus, drawn from the same key: the indices returned
    are the replacement's.

    Nothing is computed here: `playback` makes the batch, on the device where it is needed.

    Parameters
    ----------
    corpus : utterances to train on, usually one split.
    sample_rate_hz : rate of the waveforms.
    view_seconds : length of each crop of an utterance.
    non_overlapping : whether the crops of an utterance must not overlap (where it is long enough), or are independent.
    across_utterances : the second view is of another utterance of the speaker, at the same speed, if there is one.
    augmentation : of each view by itself; None leaves the crops as they are.
    speeds : factors of which each utterance draws one an epoch, for all its crops: pitch and formants move with the
        tempo. It is then another voice: with factor k (counted from 0), speaker s is s + k · speakers.
    memory_hours : decode each of the corpus' first utterances, up to this much speech in all, only once and keep it in
        memory (0.23 GB an hour, in each worker). Compressed audio decodes slower than a small network trains; a
        packed corpus (`packing.pack`) needs none.
    seed : all chance starts here.
    """

    def __init__(
        self,
        corpus: Corpus,
        *,
        sample_rate_hz: int = SAMPLE_RATE_HZ,
        view_seconds: Sequence[float] = (2.0, 2.0),
        non_overlapping: bool = True,
        across_utterances: bool = False,
        augmentation: Chain | None = None,
        speeds: Sequence[float] = (1.0,),
        memory_hours: float = 0.0,
        seed: int = 0,
    ) -> None:
        if len(corpus) == 0:
            raise ValueError("the corpus has no utterances")
        if not view_seconds or not min(view_seconds) > 0:
            raise ValueError(f"wanted view_seconds > 0, at least one, got {view_seconds}")
        self.corpus = corpus
        self.sample_rate_hz = sample_rate_hz
        self.view_frames = tuple(round(seconds * sample_rate_hz) for seconds in view_seconds)
        self.non_overlapping = non_overlapping
        self.augmentation = augmentation
        self.speeds = Speeds(speeds)
        self.seed = seed
        # Which utterances are kept depends on the corpus alone: some codecs decode slightly other samples after a seek,
        # and a resumed run must see the same ones.
        hours = np.cumsum([utterance.duration_s for utterance in corpus]) / 3600
        self.kept_utterances = int(np.searchsorted(hours, memory_hours, side="right"))
        self._utterances_of: list[NDArray[np.intp]] = []  # each speaker's
        if across_utterances:
            owners = corpus.speaker_indices
            self._utterances_of = [np.flatnonzero(owners == speaker) for speaker in range(len(corpus.speakers))]
        self._kept: dict[int, NDArray[np.float32]] = {}
        self._shards = Shards(corpus)
        # shared memory: workers that live on between epochs see the new epoch too
        self._epoch = torch.zeros((), dtype=torch.int64).share_memory_()  # type: ignore[no-untyped-call]

    @property
    def epoch(self) -> int:
        """The epoch whose crops the items are."""
        return int(self._epoch)

    def set_epoch(self, epoch: int) -> None:
        """Draw the crops of this epoch from now on; call it before iterating a loader."""
        self._epoch.fill_(epoch)

    def playback(self, device: torch.device) -> Playback:
        """What makes a batch of these crops on a device."""
        return Playback(self.speeds, self.augmentation, self.view_frames, device)

    def __len__(self) -> int:
        return len(self.corpus)

    def __getitem__(self, index: int) -> Crops:
        return self.__getitems__([index])

    def __getitems__(self, indices: Sequence[int]) -> Crops:
        """Read a whole batch: what `torch.utils.data.DataLoader` asks for where a dataset has it."""
        epoch = self.epoch
        views = tuple(torch.empty(len(indices), self.speeds.needed(length)) for length in self.view_frames)
        utterances, speeds = zip(*self._read_all(indices, epoch, [view.numpy() for view in views]), strict=True)
        speakers = self.corpus.speaker_indices[list(utterances)] + np.array(speeds) * len(self.corpus.speakers)
        augmented, drawn = zip(
            *(self._draw(utterances, view, epoch) for view in range(len(self.view_frames))), strict=True
        )
        return Crops(
            views,
            torch.tensor(utterances),
            torch.from_numpy(speakers),
            torch.tensor(speeds),
            augmented,
            drawn,
        )

    def _draw(self, utterances: Sequence[int], view: int, epoch: int) -> tuple[Tensor, dict[str, Tensor]]:
        """Rows of a view that are augmented, and what is drawn for them."""
        if self.augmentation is None:
            return torch.empty(0, dtype=torch.int64), {}
        draws = [
            self.augmentation.draw_for_some(
                self.view_frames[view], generator(self.seed, epoch, self.corpus[index].id, view), self.corpus[index]
            )
            for index in utterances
        ]
        rows = [row for row, drawn in enumerate(draws) if drawn is not None]
        drawn = [drawn for drawn in draws if drawn is not None]
        stacked = {name: torch.from_numpy(np.stack([each[name] for each in drawn])) for name in (drawn or [{}])[0]}
        return torch.tensor(rows, dtype=torch.int64), stacked

    def _read_all(
        self, indices: Sequence[int], epoch: int, views: Sequence[NDArray[np.float32]]
    ) -> list[tuple[int, int]]:
        """Read utterances into the rows of the views, on every core where no other processes do."""
        rows = list(zip(*views, strict=True))
        if get_worker_info() is not None or all(index in self._kept for index in indices):
            return [self._usable(index, epoch, crops) for index, crops in zip(indices, rows, strict=True)]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return list(pool.map(lambda index, crops: self._usable(index, epoch, crops), indices, rows))

    def _usable(self, index: int, epoch: int, crops: Sequence[NDArray[np.float32]]) -> tuple[int, int]:
        """Read the crops of an utterance, or of one in its place: its index and its speed."""
        chosen = index
        for attempt in range(ATTEMPTS):
            try:
                return chosen, self._read(chosen, epoch, crops)
            except (AudioError, FileNotFoundError) as error:
                logger.warning("%s; another utterance takes its place", error)
                substitute = generator(self.seed, epoch, self.corpus[index].id, "substitute", attempt)
                chosen = int(substitute.integers(len(self.corpus)))
        raise AudioError(f"{ATTEMPTS} utterances in a row were unusable, {self.corpus[index].path} first")

    def _read(self, index: int, epoch: int, crops: Sequence[NDArray[np.float32]]) -> int:
        """Draw the speed of an utterance and read its crops."""
        rng = generator(self.seed, epoch, self.corpus[index].id, "crops")
        speed = int(rng.integers(len(self.speeds)))
        self._fill(index, speed, rng, crops)
        if self._utterances_of:
            own = self._utterances_of[self.corpus.speaker_indices[index]]
            if len(own) > 1:
                place = np.searchsorted(own, index) + 1 + rng.integers(len(own) - 1)
                self._fill(int(own[place % len(own)]), speed, rng, (np.empty_like(crops[0]), *crops[1:]))
        return speed

    def _fill(self, index: int, speed: int, rng: np.random.Generator, crops: Sequence[NDArray[np.float32]]) -> None:
        """Read crops of an utterance."""
        utterance = self.corpus[index]
        if index in self._kept:
            self._cut(self._kept[index], speed, rng, utterance, crops)
            return
        with self._open(utterance) as file:
            speech = Stretch(file, utterance)
            if index < self.kept_utterances:
                self._kept[index] = speech[: len(speech)]
            self._cut(self._kept.get(index, speech), speed, rng, utterance, crops)

    def _open(self, utterance: Utterance) -> AudioFile | MappedFile:
        if utterance.path in self._shards and self.sample_rate_hz == MappedFile.sample_rate_hz:
            return self._shards.open(utterance.path)
        return AudioFile(self.corpus.path(utterance), sample_rate_hz=self.sample_rate_hz)

    def _cut(
        self,
        speech: "NDArray[np.float32] | Stretch",
        speed: int,
        rng: np.random.Generator,
        utterance: Utterance,
        crops: Sequence[NDArray[np.float32]],
    ) -> None:
        """Fill the crop of each view, with what its speed needs before and after it; silence beyond the utterance."""
        frames, played = len(speech), self.speeds[speed]
        spans = [played.spanned(length) for length in self.view_frames]
        starts = crop_starts(frames, spans, rng, non_overlapping=self.non_overlapping).tolist()
        for start, span, crop in zip(starts, spans, crops, strict=True):
            begin, needed = start - played.before, len(crop)
            if span > frames:
                crop[:] = wrapped(speech[:frames], begin, needed)
            else:
                first, last = max(begin, 0), min(begin + needed, frames)
                crop[: first - begin] = 0
                crop[first - begin : last - begin] = speech[first:last]
                crop[last - begin :] = 0
            if is_silent(crop[played.before : played.before + span]):
                raise AudioError(f"{self.corpus.path(utterance)} has a silent crop")


class Stretch:
    """The samples of one utterance in its open file, read as they are sliced."""

    def __init__(self, file: AudioFile | MappedFile, utterance: Utterance) -> None:
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
