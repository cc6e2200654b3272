"""Learning rate as a function of time, so that resuming needs no scheduler state."""

import math

from sv_bridge.config import TrainingConfig

__all__ = ["learning_rate"]


def learning_rate(training: TrainingConfig, epoch: float) -> float:
    """Learning rate after `epoch` epochs, which may be a fraction.

    ``"step"`` multiplies by `decay` every `every_epochs` epochs; ``"cosine"`` falls to 0 at the end; all rise linearly
    from 0 during `warmup_epochs` first.

    Examples
    --------
    >>> training = TrainingConfig(epochs=20, batch_size=1, learning_rate=1.0)
    >>> [learning_rate(training, epoch) for epoch in (0, 9.9, 10)]
    [1.0, 1.0, 0.95]
    """
    schedule = training.schedule
    if epoch < schedule.warmup_epochs:
        return training.learning_rate * epoch / schedule.warmup_epochs
    match schedule.kind:
        case "constant":
            factor = 1.0
        case "step":
            factor = schedule.decay ** (epoch // schedule.every_epochs)
        case "cosine":
            progress = (epoch - schedule.warmup_epochs) / max(training.epochs - schedule.warmup_epochs, 1e-9)
            factor = (1 + math.cos(math.pi * min(progress, 1.0))) / 2
    return training.learning_rate * factor
