"""Exhaustion leaves nothing out: as many instances as brute force finds, ranked as direct evaluation ranks them."""

from itertools import product

import numpy as np
import pytest

from cqm import axioms
from cqm.axioms.exhaustion import exhaust
from cqm.axioms.instances import Instance, non_trivial_partitions
from cqm.axioms.lattice import lattice
from cqm.axioms.subjects import subject_of
from tests.cqm.axioms.planted import PLANTED, separation


def test_instances_up_to_isomorphism_are_as_many_as_there_should_be():
    subject = subject_of("dunn")
    # 3 points: one type of clustering, in which the two across distances may be exchanged: m·m(m + 1)/2
    assert len(lattice(subject, 3, (1, 2, 3, 4)).instances) == 4 * 4 * 5 // 2
    assert len(lattice(subject, 4, (1, 2)).instances) == brute_force_orbits()


def brute_force_orbits():
    from itertools import permutations

    seen = set()
    for labels, bits in product(non_trivial_partitions(4), product((1, 2), repeat=6)):
        rows = matrix(4, bits)
        forms = []
        for order in permutations(range(4)):
            names = list(dict.fromkeys(labels[x] for x in order))
            relabelled = tuple(names.index(labels[x]) for x in order)
            forms.append((relabelled, tuple(tuple(rows[x][y] for y in order) for x in order)))
        seen.add(min(forms))
    return len(seen)


def matrix(n, condensed):
    rows = [[0] * n for _ in range(n)]
    for pair, value in zip(((x, y) for x in range(n) for y in range(x)), condensed, strict=True):
        rows[pair[0]][pair[1]] = rows[pair[1]][pair[0]] = value
    return tuple(map(tuple, rows))


@pytest.mark.parametrize("name", ["weakest_link", "silhouette", "c_index"])
def test_ranks_order_all_instances_as_their_values_do(name):
    subject = subject_of(name)
    grid = lattice(subject, 4, (1, 3))
    values, ranks = [], []
    for i, labels in enumerate(non_trivial_partitions(4)):
        for index in product(range(2), repeat=6):
            values.append(float(subject.exact(Instance("distances", grid.rows(index), labels))))
            ranks.append(grid.ranks[i][index])
    values, ranks = np.array(values), np.array(ranks)
    defined = ~np.isnan(values)
    np.testing.assert_array_equal(ranks == -1, ~defined)
    expected = np.unique(np.round(values[defined], 12), return_inverse=True)[1]
    np.testing.assert_array_equal(ranks[defined], expected)


@pytest.mark.parametrize("axiom", [name for name in PLANTED if axioms.AXIOMS[name].comparison is not None])
def test_planted_violations_are_found_on_a_lattice(axiom):
    subject = subject_of(PLANTED[axiom], better="higher", generic=True)
    statement = axioms.AXIOMS[axiom]
    outcome = exhaust(subject, statement, 4, (1, 2, 3))
    assert outcome.found is not None
    assert statement.judge([subject.exact(frame) for frame in outcome.found.frames], "higher") > 0


def test_a_measure_that_depends_on_the_order_of_points_is_not_compared_up_to_isomorphism():
    subject = subject_of(PLANTED["isomorphism_invariance"], better="higher", generic=True)
    assert exhaust(subject, axioms.isomorphism_invariance, 3, (1, 2)).found is not None
    assert exhaust(subject, axioms.consistency, 3, (1, 2)) is None


@pytest.mark.parametrize("axiom", ["consistency", "scale_invariance", "isomorphism_invariance", "non_negativity"])
def test_a_sound_measure_survives(axiom):
    outcome = exhaust(subject_of(separation, better="higher", generic=True), axioms.AXIOMS[axiom], 4, (1, 2))
    assert outcome.found is None
    assert outcome.compared > 60
