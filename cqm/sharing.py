"""Work that several measures need is done once while `evaluate` runs, and every time otherwise."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

import numpy as np

__all__ = ["once", "shared_work"]

P = ParamSpec("P")
R = TypeVar("R")

# Key → (arguments, result, or the error in its place). The arguments are kept, so that no other object can get the
# identity of one of them.
_results: ContextVar[dict[Any, tuple[Any, Any]] | None] = ContextVar("results", default=None)


@contextmanager
def shared_work(*, apart: bool = False) -> Iterator[None]:
    """Inside, functions marked with `once` are called once for the same arguments.

    Results are kept until the outermost such context ends; with `apart`, until this one does.
    """
    if _results.get() is not None and not apart:
        yield
        return
    token = _results.set({})
    try:
        yield
    finally:
        _results.reset(token)


def once(function: Callable[P, R]) -> Callable[P, R]:
    """Share a function's result, or its error, inside `shared_work`; its arrays become read-only there.

    Arguments count as the same when they are one object; plain values, when they are equal.
    """

    @wraps(function)
    def shared(*args: P.args, **kwargs: P.kwargs) -> R:
        results = _results.get()
        if results is None:
            return function(*args, **kwargs)
        arguments = (*args, *kwargs.values())
        key = (function, tuple(kwargs), *map(_identity, arguments))
        if key not in results:
            try:
                result = function(*args, **kwargs)
            except Exception as error:
                results[key] = (arguments, error)
                raise
            for array in result if isinstance(result, tuple | list) else [result]:
                if isinstance(array, np.ndarray):
                    array.flags.writeable = False
            results[key] = (arguments, result)
        found = results[key][1]
        if isinstance(found, Exception):
            raise found
        return cast(R, found)

    return shared


def _identity(argument: Any) -> Any:
    if isinstance(argument, bool | int | float | str | None):
        return type(argument), argument
    return id(argument)
