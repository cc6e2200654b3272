"""Tasks on every core: in order, not nested, and none begun after an error."""

from threading import get_ident
from time import sleep

import pytest
from threadpoolctl import threadpool_limits

from cqm.parallel import AHEAD, in_order


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_the_order_of_tasks(workers):
    with threadpool_limits(workers):
        assert list(in_order(lambda task: task * task, range(50))) == [task * task for task in range(50)]


def test_tasks_of_tasks_run_on_the_thread_of_theirs():
    def outer(_):
        return get_ident(), list(in_order(lambda _: get_ident(), range(3)))

    with threadpool_limits(2):
        for thread, threads in in_order(outer, range(4)):
            assert threads == [thread] * 3


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
