"""From crops as they were read to a batch, where the batch is: their speeds, then augmentation, all crops at once."""

from collections.abc import Sequence

import torch
from torch import Tensor

from sv_bridge.data.augmentation import Augmentation
from sv_bridge.data.batch import Batch, Crops
from sv_bridge.data.speeds import Speeds

__all__ = ["Playback"]


class Playback:
    """Plays crops at their speeds and augments them on a device.

    Parameters
    ----------
    speeds : that the crops were read for.
    augmentation : that drew for them; None where none did.
    view_frames : length of each view's crops in samples.
    device : where the batch is made.
    """

    def __init__(
        self, speeds: Speeds, augmentation: Augmentation | None, view_frames: Sequence[int], device: torch.device
    ) -> None:
        self.speeds, self.view_frames, self.device = speeds, tuple(view_frames), device
        self.augmentation = None if augmentation is None else augmentation.to(device)

    @torch.no_grad()
    def __call__(self, crops: Crops) -> Batch:
        """Make the batch of these crops."""
        views = tuple(self._view(crops, number) for number in range(len(self.view_frames)))
        return Batch(views, crops.utterances, crops.speakers).to(self.device)

    def _view(self, crops: Crops, number: int) -> Tensor:
        read = crops.views[number].to(self.device, non_blocking=True)
        waveforms = self.speeds(read, crops.speeds, self.view_frames[number])
        rows, drawn = crops.augmented[number], crops.drawn[number]
        if self.augmentation is None or not len(rows):
            return waveforms
        if len(rows) == len(waveforms):
            return self.augmentation(waveforms, drawn)
        rows = rows.to(self.device, non_blocking=True)
        return waveforms.index_copy_(0, rows, self.augmentation(waveforms[rows], drawn))
