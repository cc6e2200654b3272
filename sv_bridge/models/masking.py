"""Utterances of different lengths in one batch: a mask says where each ends, and no layer sees beyond it.

A mask is 1 within an utterance and 0 beyond its end, (batch, 1, frames) or (batch, 1, 1, frames). Convolutions pad the
end of an utterance with zeros; so what lies beyond an end is set to zero before each of them, and left out of each mean
over time. Then every utterance of a batch gets the embedding that it gets alone.
"""

import torch
from torch import Tensor, nn

__all__ = ["MaskedModule", "MaskedSequential", "frame_mask", "masked_mean"]


def frame_mask(frames: Tensor, longest: int) -> Tensor:
    """Mask (batch, 1, longest) of utterances with so many `frames` (batch,).

    >>> frame_mask(torch.tensor([1, 3]), 3).tolist()
    [[[1.0, 0.0, 0.0]], [[1.0, 1.0, 1.0]]]
    """
    return (torch.arange(longest, device=frames.device) < frames[:, None, None]).float()


def masked_mean(x: Tensor, mask: Tensor | None) -> Tensor:
    """Mean over the last axis, time, of (batch, …, frames), within each utterance."""
    return x.mean(dim=-1) if mask is None else (x * mask).sum(dim=-1) / mask.sum(dim=-1)


class MaskedModule(nn.Module):
    """A module of (x, mask) → (x, mask), the mask being that of x's frames, or None where nothing is padded."""

    def forward(self, x: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
        """(x, mask) after the module."""
        raise NotImplementedError


class MaskedSequential(nn.Sequential):
    """Layers in a row, of which convolutions and `MaskedModule`s heed the mask."""

    def forward(self, x: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
        """(x, mask) after the last layer."""
        for layer in self:
            if isinstance(layer, MaskedModule | MaskedSequential):
                x, mask = layer(x, mask)
            elif mask is not None and isinstance(layer, nn.Conv1d | nn.Conv2d):
                x = layer(x * mask if layer.kernel_size[-1] > 1 else x)
                # frames are centred on every stride-th one, so the mask of the output is every stride-th of the input's
                mask = mask[..., :: layer.stride[-1]]
            else:
                x = layer(x)
        return x, mask
