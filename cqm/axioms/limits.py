"""A limit on time that holds inside every loop: every evaluation of a judged function asks first whether it passed."""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

__all__ = ["OutOfTime", "check_time", "deadline", "time_left", "time_limit", "until"]

_deadline: ContextVar[float] = ContextVar("deadline", default=math.inf)


class OutOfTime(Exception):  # noqa: N818 - a signal to stop, not an error
    """The limit has passed."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Let `check_time` raise inside the block once so much time has passed, or a limit around it is over."""
    with until(min(deadline(), time.monotonic() + seconds)):
        yield


@contextmanager
def until(moment: float) -> Iterator[None]:
    """Set the limit inside the block to a moment, be it earlier or later than the one around it."""
    token = _deadline.set(moment)
    try:
        yield
    finally:
        _deadline.reset(token)


def deadline() -> float:
    """When the limit passes."""
    return _deadline.get()


def time_left() -> float:
    """Seconds until the limit; infinite where there is none."""
    return deadline() - time.monotonic()


def check_time() -> None:
    """Raise `OutOfTime` where the limit has passed."""
    if time_left() < 0:
        raise OutOfTime
