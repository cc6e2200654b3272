import numpy as np
import pytest

from sv_bridge.compactness.label_free import view_criteria
from sv_bridge.compactness.reading import better
from sv_bridge.reports.selection import COMMITTEE, RULE, Heard, select


def heard(name, noise, *, seed=0, **other):
    """A system whose two views of an utterance differ by so much noise."""
    rng = np.random.default_rng(seed)
    voices = rng.normal(size=(80, 10))
    first, second = (voices + noise * rng.normal(size=voices.shape) for _ in range(2))
    criteria = dict.fromkeys(COMMITTEE, 0.0) | view_criteria(first, second) | other
    return Heard(name, voices, first, second, 2, criteria)


def test_a_clear_difference_is_decided_by_the_rule():
    systems = [heard("poor", 3.0), heard("good", 0.2), heard("middling", 1.0)]
    found = select(systems)
    assert found.ranking == ("good", "middling", "poor")
    assert found.decided_by == RULE
    assert found.steady == {"good": pytest.approx(1.0)}
    assert found.statement.startswith("good: ")
    assert "100%" in found.statement


def test_where_the_rule_is_unsure_the_mean_rank_decides():
    others = [name for name in COMMITTEE if name != RULE]
    twins = [heard("a", 1.0, seed=1), heard("b", 1.0, seed=2)]
    criteria = [dict(twin.criteria) for twin in twins]
    preferred = int(np.argmin([values[RULE] for values in criteria]))
    systems = []
    for position, (twin, values) in enumerate(zip(twins, criteria, strict=True)):
        for name in others:
            values[name] = float((position == preferred) == (better(name) == "lower"))
        systems.append(Heard(twin.name, twin.whole, twin.first, twin.second, 2, values))
    found = select(systems)
    assert max(found.steady.values()) < 0.8
    assert found.decided_by == "mean rank"
    assert found.ranking[0] == twins[1 - preferred].name  # the others outvote the rule
    assert found.preferred[RULE] == twins[preferred].name
    assert "not sure" in found.statement


def test_the_same_systems_in_another_order_are_ranked_alike():
    systems = [heard(str(i), noise, seed=i) for i, noise in enumerate((0.9, 0.5, 2.0, 1.1))]
    assert select(systems).ranking == select(systems[::-1]).ranking


def test_nothing_and_the_same_twice_are_errors():
    with pytest.raises(ValueError, match="nothing to choose from"):
        select([])
    with pytest.raises(ValueError, match="x is named twice"):
        select([heard("x", 1.0), heard("x", 1.0)])
