import numpy as np
import pytest

from sv_bridge.verification.confidence import speaker_bootstrap
from sv_bridge.verification.error_rates import equal_error_rate


def scored_trials(speakers, utterances, spread, rng):
    """All trials of `speakers` people whose personal ease differs by `spread`: scores and both sides' speakers."""
    owner = np.repeat(np.arange(speakers), utterances)
    i, j = np.triu_indices(len(owner), k=1)
    ease = rng.normal(1.5, spread, speakers)
    same = owner[i] == owner[j]
    return np.where(same, ease[owner[i]], 0) + rng.normal(size=len(i)), same, owner[i], owner[j]


def test_interval_holds_the_estimate_and_depends_on_the_seed_alone():
    trials = scored_trials(12, 5, 0.5, np.random.default_rng(0))
    interval = speaker_bootstrap(*trials, replicates=200)
    assert interval.lower < equal_error_rate(trials[0][trials[1]], trials[0][~trials[1]]) < interval.upper
    assert interval == speaker_bootstrap(*trials, replicates=200)
    assert interval != speaker_bootstrap(*trials, replicates=200, seed=1)


def test_interval_covers_the_population_value():
    """Of 40 experiments with 20 speakers each, 90 % intervals should hold the population's EER about 36 times.

    Fewer than 29 would happen by chance less than once in 1,000 (binomial); resampling trials as if they were
    independent covers far less often, since the speakers' ease varies.
    """
    rng = np.random.default_rng(5)
    scores, same, *_ = scored_trials(400, 4, 0.8, rng)
    truth = equal_error_rate(scores[same], scores[~same])
    covered = 0
    for _ in range(40):
        interval = speaker_bootstrap(*scored_trials(20, 4, 0.8, rng), level=0.9, replicates=60)
        covered += interval.lower <= truth <= interval.upper
    assert covered >= 29


def test_another_metric_can_be_resampled():
    trials = scored_trials(8, 4, 0.5, np.random.default_rng(0))
    interval = speaker_bootstrap(*trials, metric=lambda curve: curve.min_cost(p_target=0.05).value, replicates=50)
    assert 0 <= interval.lower <= interval.upper <= 1


def test_unusable_input_is_named():
    with pytest.raises(ValueError, match="trial 1 of 'a' and 'b' is labelled True"):
        speaker_bootstrap([1.0, 0.5, 0.2], [True, True, False], ["a", "a", "a"], ["a", "b", "c"])
    with pytest.raises(ValueError, match="3 scores, 1 labels"):
        speaker_bootstrap([1.0, 0.5, 0.2], [True], ["a"], ["a"])
    with pytest.raises(ValueError, match="there are no nontarget trials"):
        speaker_bootstrap([1.0], [True], ["a"], ["a"])
    with pytest.raises(ValueError, match="`level`"):
        speaker_bootstrap([1.0, 0.0], [True, False], ["a", "a"], ["a", "b"], level=1.0)
