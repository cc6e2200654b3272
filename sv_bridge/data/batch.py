"""What training hands to a method: several crops of each of some utterances."""

from typing import NamedTuple

import torch
from torch import Tensor

__all__ = ["Batch"]


class Batch(NamedTuple):
    """Crops of utterances, of one or of several lengths; without the batch dimension it is an item of the dataset.

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
