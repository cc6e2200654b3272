"""Tasks on every core: in order, not nested, and none begun after an error."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event, get_ident
from time import sleep

import pytest
from threadpoolctl import ThreadpoolController, threadpool_info, threadpool_limits

from cqm import parallel
from cqm.parallel import AHEAD, in_order, threads


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_the_order_of_tasks(workers):
    with threadpool_limits(workers):
        assert list(in_order(lambda task: task * task, range(50))) == [task * task for task in range(50)]


@pytest.mark.parametrize(("cores", "limit", "wanted"), [(8, 3, 3), (2, 3, 2)])
def test_as_many_threads_as_blas_may_use_on_the_cores_there_are(cores, limit, wanted, monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(cores), raising=False)
    with threadpool_limits(limit, user_api="blas"):
        assert threads() == wanted


@pytest.fixture
def two_cores(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    with threadpool_limits(2):
        yield


def test_two_tasks_run_at_the_same_time(two_cores):
    both = Barrier(2)
    assert sorted(in_order(lambda _: both.wait(60), range(2))) == [0, 1]


def test_a_single_task_needs_no_other_thread(two_cores):
    assert list(in_order(lambda _: get_ident(), [0])) == [get_ident()]


def test_tasks_of_tasks_run_on_the_thread_of_theirs():
    def outer(_):
        return get_ident(), list(in_order(lambda _: get_ident(), range(3)))

    with threadpool_limits(2):
        for thread, threads in in_order(outer, range(4)):
            assert threads == [thread] * 3


def test_tasks_of_tasks_do_so_beside_a_blas_that_nobody_knows(monkeypatch):
    """As on macOS: Accelerate says of itself neither that it is there nor how many threads it takes."""
    monkeypatch.setattr(parallel, "_controller", lambda: ThreadpoolController().select(user_api="none"))
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    assert threads() == 2
    test_tasks_of_tasks_run_on_the_thread_of_theirs()


def test_after_an_error_no_task_begins():
    begun = []

    def work(task):
        begun.append(task)
        if task == 0:
            raise ValueError("at the first task")
        sleep(0.1)

    with threadpool_limits(2), pytest.raises(ValueError, match="at the first task"):
        list(in_order(work, range(1000)))
    assert len(begun) < 2 * AHEAD  # as many were waiting


def test_after_an_error_no_task_goes_on(two_cores):
    both, done = Barrier(2), []

    def work(task):
        both.wait(60)
        if task == 0:
            raise ValueError("at the first task")
        sleep(0.1)
        done.append(task)

    with pytest.raises(ValueError, match="at the first task"):
        list(in_order(work, range(2)))
    assert done == [1]


def test_threads_are_kept_for_the_next_tasks(two_cores):
    def together():
        both = Barrier(2)
        return set(in_order(lambda _: both.wait(60) * 0 or get_ident(), range(2)))

    assert together() == together()


def test_a_forked_process_starts_threads_of_its_own():
    code = """
import os, signal
from cqm.parallel import in_order
os.sched_getaffinity = lambda _: {0, 1}
work = lambda: list(in_order(abs, range(9)))
expected = work()
child = os.fork()
if child == 0:
    signal.alarm(60)
    os._exit(work() != expected)
raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True)


def blas_threads():
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


def test_blas_keeps_to_one_thread_until_the_last_caller_is_done():
    leave = {"first": Event(), "last": Event()}

    def caller(name):
        tasks = in_order(lambda task: task, [0])
        next(tasks)
        entered[name].set()
        assert leave[name].wait(60)
        list(tasks)

    entered = {"first": Event(), "last": Event()}
    with threadpool_limits(2), ThreadPoolExecutor(2) as callers:
        assert blas_threads() == {2}
        running = {name: callers.submit(caller, name) for name in leave}
        assert all(event.wait(60) for event in entered.values())
        seen = []
        for name in ("first", "last"):
            seen.append((blas_threads(), threads()))
            leave[name].set()
            running[name].result()
        assert seen == [({1}, 1), ({1}, 1)]
        assert blas_threads() == {2}
        assert threads() == min(2, len(os.sched_getaffinity(0)))


def test_a_blas_that_an_import_brings_later_keeps_to_one_thread_too():
    code = """
from threadpoolctl import threadpool_info, threadpool_limits
from cqm.parallel import in_order
list(in_order(abs, [0]))
import scipy.linalg
with threadpool_limits(2):
    tasks = in_order(abs, [0])
    next(tasks)
    seen = [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]
raise SystemExit(set(seen) != {1})
"""
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True)


def test_any_thread_may_limit_blas_afterwards():
    def limited():
        with threadpool_limits(3, user_api="blas"):
            return blas_threads()

    list(in_order(lambda task: task, [0]))
    with ThreadPoolExecutor(1) as other:
        assert other.submit(limited).result() == {3}
