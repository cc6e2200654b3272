"""Work on every core with the same bits for any number of them: tasks run on a thread pool, results come in order."""

import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import cache, lru_cache
from itertools import chain, islice
from threading import Lock
from typing import Any, TypeVar

from threadpoolctl import OpenBLASController, ThreadpoolController

__all__ = ["in_order", "one_blas_thread", "threads"]

Task = TypeVar("Task")
Result = TypeVar("Result")

# Tasks that may be finished before the first of them is consumed: enough to keep every thread busy.
AHEAD = 4

_lock = Lock()
_holders = 0
_limit: Any = None


def in_order(function: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[Result]:
    """`map(function, tasks)`, computed on as many threads as BLAS may use.

    BLAS itself runs on one thread meanwhile: how it splits a product between threads could change the last bits. Tasks
    that come here themselves do their work one after the other, as the threads are taken; so small tasks cost little.
    """
    tasks = iter(tasks)
    first = list(islice(tasks, 2))
    workers = threads() if len(first) > 1 else 1
    tasks = chain(first, tasks)
    with one_blas_thread():
        if workers == 1:
            yield from map(function, tasks)
            return
        pending: deque[Future[Result]] = deque()
        try:
            for task in tasks:
                pending.append(_pool(workers).submit(function, task))
                if len(pending) >= AHEAD * workers:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        finally:  # after an error, tasks that have not begun never do, and none goes on behind the caller's back
            wait([future for future in pending if not future.cancel()])


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """A context in which the last bits of a product do not depend on the number of cores.

    The limit is the whole process's: of several threads that ask for it, the last to leave lifts it. threadpoolctl
    obeys whichever thread set a limit first and ignores all others; so we take that role over, and give it up.
    """
    global _holders, _limit
    with _lock:
        if not _holders:
            OpenBLASController.clear_controlling_thread(force=True)
            _limit = _controller().limit(limits=1, user_api="blas")
        _holders += 1
    try:
        yield
    finally:
        with _lock:
            _holders -= 1
            if not _holders:
                OpenBLASController.clear_controlling_thread(force=True)
                _limit.restore_original_limits()
                OpenBLASController.clear_controlling_thread(force=True)


def threads() -> int:
    """Threads that BLAS may use: the cores, unless OMP_NUM_THREADS or `threadpoolctl.threadpool_limits` says less.

    One, while `one_blas_thread` holds.
    """
    if _holders:
        return 1
    pools = [pool["num_threads"] for pool in _controller().info() if pool["user_api"] == "blas"]
    return min([*pools, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1])


def _controller() -> ThreadpoolController:
    return _controller_of(len(sys.modules))


@lru_cache(maxsize=1)
def _controller_of(modules: int) -> ThreadpoolController:
    """What knows every BLAS in the process: looked for anew after an import, which may have brought one."""
    return ThreadpoolController()


@cache
def _pool(workers: int) -> ThreadPoolExecutor:
    """Threads that wait for the next tasks: to start them takes longer than a pass over some megabytes."""
    return ThreadPoolExecutor(workers, thread_name_prefix="cqm")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.cache_clear)  # a child has none of its parent's threads
