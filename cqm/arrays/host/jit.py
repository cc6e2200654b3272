"""Compiled functions: what is compiled, when, with which options, and where the result is kept.

Compiling all kernels takes some twenty seconds, so a kernel is compiled when that pays: for large arrays at once, for
small ones when it has run for a while as plain Python, which gives the same bits. What was compiled is kept on disk:
in NUMBA_CACHE_DIR where that is set, else beside the source, else in the user's cache, and nowhere if none of these can
be written. It counts as stale when any file with kernels has changed, as kernels contain each other.

numba itself takes half a second to import, so that waits until the first kernel runs.
"""

import hashlib
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, cached_property, update_wrapper
from inspect import isfunction
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["compiled_at_once", "kernel"]

# No fast-math: NaN and infinity mean something, and sums must not depend on how a compiler reorders them.
# nogil: tiles run on a thread pool. numpy's error model: x/0 is ±∞ instead of an exception, which lets loops vectorise.
OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy"}

SMALL = 2**16
"""Array entries up to which a kernel may run as plain Python."""
PATIENCE_SECONDS = 0.1
"""Time that a kernel may run as plain Python in all: less than its compilation takes."""

PACKAGE = Path(__file__).parents[2]
ANNOUNCEMENT = "cqm: compiling for the first use, some seconds that later runs save; `cqm warmup` compiles everything"
UNKEPT = "cqm: what is compiled cannot be kept for later runs: set NUMBA_CACHE_DIR to a folder that can be written"

_here = threading.local()


class kernel:  # noqa: N801 - a decorator
    """Decorator of a function on arrays and numbers that numba can compile."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self._spent = 0.0  # seconds as plain Python, without those of other kernels that it called
        self._sought = False  # whether an earlier compilation was looked for
        self._ready = False
        update_wrapper(self, function)

    def __call__(self, *arguments: Any) -> Any:
        """Run the function, compiled if that pays."""
        if self._ready and not getattr(_here, "interpreting", False):
            return self.compiled(*arguments)
        start, others = time.thread_time(), getattr(_here, "inside", 0.0)
        _here.inside = 0.0
        try:
            if self._ready or self._pays(arguments):
                self._ready = True
                return self.compiled(*arguments)
            began = time.thread_time()
            try:
                return self._interpreted(arguments)
            finally:
                self._spent += time.thread_time() - began - _here.inside
        finally:
            _here.inside = others + time.thread_time() - start

    @cached_property
    def compiled(self) -> Any:
        """What numba makes of the function; it is compiled when it is first called."""
        return _compilable(self._function)

    def _pays(self, arguments: tuple[Any, ...]) -> bool:
        """Whether to compile: at once where it was done before, else for what is large or has run for long."""
        if self._spent > PATIENCE_SECONDS or _entries(arguments) > SMALL or isfunction(self.compiled):
            return True
        if self._sought:
            return False
        self._sought = True
        return _load(self.compiled, arguments)

    def _interpreted(self, arguments: tuple[Any, ...]) -> Any:
        if getattr(_here, "interpreting", False):
            return self._function(*arguments)
        _here.interpreting = True
        try:
            with np.errstate(all="ignore"):
                return self._function(*arguments)
        finally:
            _here.interpreting = False


@contextmanager
def compiled_at_once() -> Iterator[None]:
    """Inside, every kernel is compiled when it is first called."""
    global SMALL
    small, SMALL = SMALL, -1
    try:
        yield
    finally:
        SMALL = small


def _entries(arguments: Any) -> int:
    """Number of entries of all arrays."""
    return sum(x.size if isinstance(x, np.ndarray) else _entries(x) if isinstance(x, tuple) else 0 for x in arguments)


class _NotCompiledBeforeError(Exception):
    pass


def _load(compilable: Any, arguments: tuple[Any, ...]) -> bool:
    """Whether the result of an earlier compilation for such arguments was found."""
    from numba import typeof

    _here.loading = True
    try:
        compilable.compile(tuple(typeof(argument) for argument in arguments))
    except _NotCompiledBeforeError:
        return False
    finally:
        _here.loading = False
    return True


def _compilable(function: Callable[..., Any]) -> Any:
    from numba import config, njit

    if config.DISABLE_JIT:
        return np.errstate(all="ignore")(function)  # compiled code says nothing of infinities either
    _teach_numba()
    try:
        dispatcher = njit(cache=True, **OPTIONS)(function)
    except RuntimeError:  # there is no folder to keep it in
        _say(UNKEPT)
        return njit(**OPTIONS)(function)
    kept = dispatcher._cache._cache_file  # its stamp is that of one file
    kept._source_stamp = (kept._source_stamp, _stamp())
    return dispatcher


@cache
def _stamp() -> str:
    """Hash of all files with kernels."""
    texts = (path.read_bytes() for path in sorted(PACKAGE.rglob("*.py")))
    return hashlib.sha256(b"".join(text for text in texts if b"import kernel\n" in text)).hexdigest()


@cache
def _teach_numba() -> None:
    """Let kernels call each other when they are compiled, and let us know of compilations before they begin."""
    from numba import types
    from numba.core import event
    from numba.extending import typeof_impl

    class Listener(event.Listener):  # type: ignore[misc]
        def on_start(self, event: Any) -> None:
            if getattr(_here, "loading", False):
                raise _NotCompiledBeforeError
            if str(event.data["dispatcher"].py_func.__module__).startswith("cqm."):
                _say(ANNOUNCEMENT)

        def on_end(self, event: Any) -> None:
            pass

    event.register("numba:compile", Listener())

    @typeof_impl.register(kernel)
    def _(value: kernel, _context: Any) -> Any:
        return types.Dispatcher(value.compiled)


@cache
def _say(text: str) -> None:
    """Once a process."""
    print(text, file=sys.stderr)
