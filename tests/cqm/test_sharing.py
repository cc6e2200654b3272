import numpy as np
import pytest

from cqm.sharing import once, shared_work


@pytest.fixture
def counted():
    calls = []

    @once
    def double(array, times=1):
        calls.append(times)
        return array * 2 * times

    return double, calls


def test_work_is_shared_inside_and_only_there(counted):
    double, calls = counted
    array = np.ones(2)
    double(array)
    double(array)
    assert len(calls) == 2
    with shared_work():
        assert double(array) is double(array)
    assert len(calls) == 3
    double(array)
    assert len(calls) == 4


def test_inner_contexts_share_with_outer_ones_unless_they_are_apart(counted):
    double, calls = counted
    array = np.ones(2)
    with shared_work():
        double(array)
        with shared_work():
            double(array, times=3)
        double(array, times=3)
        assert calls == [1, 3]
        with shared_work(apart=True):
            double(array)
            double(array, times=5)
        assert calls == [1, 3, 1, 5]
        double(array)
        double(array, times=5)
        assert calls == [1, 3, 1, 5, 5]


def test_equal_arrays_are_not_the_same_argument_but_equal_numbers_are(counted):
    double, calls = counted
    with shared_work():
        double(np.ones(2))
        double(np.ones(2))
        assert len(calls) == 2
        array = np.ones(2)
        double(array, times=3)
        double(array, times=3)
        double(array, times=4)
        assert calls == [1, 1, 3, 4]


def test_equal_numbers_of_different_types_are_different_arguments():
    @once
    def described(value):
        return repr(value)

    with shared_work():
        assert [described(value) for value in (1, True, 1.0, "1", None)] == ["1", "True", "1.0", "'1'", "None"]


def test_the_same_value_under_another_name_is_another_argument():
    @once
    def quotient(over=1, under=1):
        return over / under

    with shared_work():
        assert [quotient(over=2), quotient(under=2), quotient(2), quotient(1, 2)] == [2, 0.5, 2, 0.5]


def test_functions_do_not_get_each_others_results():
    double, triple = once(lambda number: 2 * number), once(lambda number: 3 * number)
    with shared_work():
        assert [double(1), triple(1)] == [2, 3]


def test_shared_results_cannot_be_changed_by_one_of_their_users(counted):
    double, _ = counted
    with shared_work(), pytest.raises(ValueError, match="read-only"):
        double(np.ones(2))[0] = 5


def test_nothing_is_kept_after_an_error(counted):
    double, calls = counted
    array = np.ones(2)

    def fail():
        with shared_work():
            double(array)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    double(array)
    assert len(calls) == 2


def test_what_fails_is_not_tried_again():
    calls = []

    @once
    def fail(array):
        calls.append(array)
        raise ValueError("wanted a budget that suffices")

    array = np.ones(2)
    with shared_work():
        for _ in range(3):
            with pytest.raises(ValueError, match="budget"):
                fail(array)
    assert len(calls) == 1
