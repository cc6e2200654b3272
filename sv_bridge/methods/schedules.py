"""When a step happens, and numbers that move while training goes on: margins, momenta, temperatures."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, PositiveFloat, Tag
from pydantic_core import PydanticCustomError

from sv_bridge.sections import Section

__all__ = ["Moment", "Ramp", "ScheduledFraction", "ScheduledNonNegative", "ScheduledPositive", "at"]


@dataclass(frozen=True)
class Moment:
    """A step of a run, before it is taken.

    Attributes
    ----------
    step : steps of the optimiser taken so far, of all epochs.
    steps_per_epoch, epochs : how many there will be.
    part : number of the part of an accumulated step.

    Examples
    --------
    >>> Moment(step=150, steps_per_epoch=100, epochs=4).epoch
    1.5
    """

    step: int
    steps_per_epoch: int
    epochs: int
    part: int = 0

    @property
    def epoch(self) -> float:
        """Epochs that have passed."""
        return self.step / self.steps_per_epoch

    @property
    def steps(self) -> int:
        """Steps of the whole training."""
        return self.epochs * self.steps_per_epoch


class Ramp(Section):
    """A number that goes from `start` to `end` within `over_epochs`, the whole training if not given, and stays there.

    ``"linear"``: start + (end − start)·t at the share t of the way; ``"cosine"``: with (1 − cos πt)/2 in place of t.

    Examples
    --------
    >>> warmup = Ramp(start=0, end=0.2, over_epochs=4)
    >>> [at(warmup, Moment(step, steps_per_epoch=10, epochs=20)) for step in (0, 10, 40, 90)]
    [0.0, 0.05, 0.2, 0.2]
    """

    start: float
    end: float
    shape: Literal["linear", "cosine"] = "linear"
    over_epochs: PositiveFloat | None = None


def at(value: float | Ramp, moment: Moment) -> float:
    """Value in force at a moment."""
    if not isinstance(value, Ramp):
        return value
    share = min(1.0, moment.epoch / (value.over_epochs or moment.epochs))
    if value.shape == "cosine":
        share = (1 - math.cos(math.pi * share)) / 2
    return value.start + (value.end - value.start) * share


def _kind(value: Any) -> str:
    return "<ramp>" if isinstance(value, Mapping | Ramp) else "<number>"


def _within(low: float, high: float, wanted: str) -> AfterValidator:
    def check(value: float | Ramp) -> float | Ramp:
        ends = (value.start, value.end) if isinstance(value, Ramp) else (value,)
        if not all(low <= end <= high for end in ends):
            raise PydanticCustomError("range", "Input should be {wanted}", {"wanted": wanted})
        return value

    return AfterValidator(check)


Scheduled = Annotated[
    Annotated[float, Tag("<number>")] | Annotated[Ramp, Tag("<ramp>")],
    Discriminator(_kind),
]
_LARGEST, _SMALLEST = 1.7976931348623157e308, 5e-324
ScheduledFraction = Annotated[Scheduled, _within(0, 1, "between 0 and 1")]
ScheduledNonNegative = Annotated[Scheduled, _within(0, _LARGEST, "greater than or equal to 0, and finite")]
ScheduledPositive = Annotated[Scheduled, _within(_SMALLEST, _LARGEST, "greater than 0, and finite")]
