"""Batch normalisation over the whole batch, where several processes share it."""

from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from sv_bridge import distributed

__all__ = ["synchronise_batch_norm"]


def synchronise_batch_norm(module: nn.Module, device: torch.device) -> nn.Module:
    """Let every batch normalisation of a module see the batch of all processes, in place of this process's share.

    On a GPU that is torch's `SyncBatchNorm`, which knows no CPU; there it is `GatheredBatchNorm`.
    """
    if device.type != "cpu":
        return nn.SyncBatchNorm.convert_sync_batchnorm(module)  # type: ignore[no-untyped-call]
    for name, child in module.named_children():
        if isinstance(child, _BatchNorm):
            gathered = GatheredBatchNorm(
                child.num_features, eps=child.eps, momentum=child.momentum, affine=child.affine
            )
            gathered.load_state_dict(child.state_dict())
            for parameter, former in zip(gathered.parameters(), child.parameters(), strict=True):
                parameter.requires_grad_(former.requires_grad)
            setattr(module, name, gathered)
        else:
            synchronise_batch_norm(child, device)
    return module


class GatheredBatchNorm(_BatchNorm):
    """Batch normalisation of (batch, channels, …) whose mean and variance are those of all processes' rows.

    Every process must have as many rows as any other. Gradients flow through the mean and variance to all processes.
    """

    def _check_input_dim(self, input: Tensor) -> None:  # noqa: A002
        pass

    def forward(self, input: Tensor) -> Any:  # noqa: A002
        """Of the input's shape and type."""
        if not self.training:
            return super().forward(input)
        x = input.float()
        others = [axis for axis in range(x.ndim) if axis != 1]
        shape = [1, -1] + [1] * (x.ndim - 2)
        share = torch.stack(torch.var_mean(x, dim=others, correction=0))  # (2, channels): variance, mean
        variances, means = distributed.gather(share[None]).unbind(1)  # (processes, channels) each
        mean = means.mean(0)
        variance = (variances + (means - mean).square()).mean(0)
        count = x.numel() // x.shape[1] * len(means)
        with torch.no_grad():
            cast(Tensor, self.num_batches_tracked).add_(1)
            momentum = cast(float, self.momentum)
            cast(Tensor, self.running_mean).lerp_(mean, momentum)
            cast(Tensor, self.running_var).lerp_(variance * count / (count - 1), momentum)
        y = (x - mean.view(shape)) * torch.rsqrt(variance + self.eps).view(shape)
        if self.affine:
            y = y * self.weight.view(shape) + self.bias.view(shape)
        return y.to(input.dtype)
