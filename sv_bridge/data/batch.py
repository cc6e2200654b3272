"""Several crops of each of some utterances: as they are read, and as training hands them to a method."""

from typing import NamedTuple

import torch
from torch import Tensor

__all__ = ["Batch", "Crops"]


class Batch(NamedTuple):
    """Crops of utterances, of one or of several lengths.

    Attributes
    ----------
    views : one tensor (batch, samples) a view, float32; views may differ in length.
    utterances : (batch,) position of each utterance in the corpus.
    speakers : (batch,) index of each utterance's speaker.
    """

    views: tuple[Tensor, ...]
    utterances: Tensor
    speakers: Tensor

    def to(self, device: torch.device) -> "Batch":
        """The same on a device."""
        return Batch(
            tuple(view.to(device, non_blocking=True) for view in self.views),
            self.utterances.to(device, non_blocking=True),
            self.speakers.to(device, non_blocking=True),
        )


class Crops(NamedTuple):
    """Crops as they were read, and what was drawn for them; `sv_bridge.data.playback` makes a `Batch` of them.

    Attributes
    ----------
    views : one tensor (batch, needed samples) a view, float32.
    utterances, speakers : (batch,) as in a `Batch`.
    speeds : (batch,) number of each utterance's speed.
    augmented : of each view, the (k,) rows that are augmented.
    drawn : of each view, what the augmentation drew for them: tensors with k rows.
    """

    views: tuple[Tensor, ...]
    utterances: Tensor
    speakers: Tensor
    speeds: Tensor
    augmented: tuple[Tensor, ...]
    drawn: tuple[dict[str, Tensor], ...]
