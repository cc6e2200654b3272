from dataclasses import replace

import numpy as np
import pytest

from sv_bridge.reports.rows import result_rows
from sv_bridge.verification.error_rates import equal_error_rate, min_dcf
from sv_bridge.verification.evaluation import SpeakerErrors, breakdown, evaluate, speaker_errors
from sv_bridge.verification.trials import Trials

rng = np.random.default_rng(0)


@pytest.fixture
def world(make_embeddings):
    """Six speakers of two languages and two sources, four utterances each, with every trial and random scores."""
    n = 24
    speaker = np.arange(n) // 4
    embeddings = make_embeddings(
        rng.normal(size=(n, 3)),
        speaker,
        source=np.array(["x", "y"])[speaker % 2],
        language=[f"l{s // 3}" for s in speaker],
    )
    i, j = np.triu_indices(n, k=1)
    trials = Trials.from_pairs((bool(speaker[a] == speaker[b]), f"u{a}", f"u{b}") for a, b in zip(i, j, strict=True))
    return rng.normal(size=len(trials)) + trials.labels, trials, embeddings


def test_each_condition_measures_its_own_trials(world):
    scores, trials, embeddings = world
    results = {result.condition: result for result in breakdown(scores, trials, embeddings)}
    assert list(results) == [
        "all trials", "same language", "same source", "same source and language",
        "source x", "source y", "language l0", "language l1",
    ]  # fmt: skip
    attributes = dict(
        zip(embeddings.ids, zip(embeddings.column("source"), embeddings.column("language"), strict=True), strict=True)
    )
    chosen = {
        "all trials": lambda a, b: True,
        "same source": lambda a, b: a[0] == b[0],
        "source y": lambda a, b: a[0] == b[0] == "y",
        "language l0": lambda a, b: a[1] == b[1] == "l0",
    }
    for condition, belongs in chosen.items():
        mask = np.array(
            [
                belongs(attributes[trials.ids[a]], attributes[trials.ids[b]])
                for a, b in zip(trials.enrol, trials.test, strict=True)
            ]
        )
        targets, nontargets = scores[mask & trials.labels], scores[mask & ~trials.labels]
        result = results[condition]
        assert (result.targets, result.nontargets) == (len(targets), len(nontargets))
        assert result.equal_error_rate == equal_error_rate(targets, nontargets)
        assert result.min_dcf_05 == min_dcf(targets, nontargets, p_target=0.05)


def test_unknown_sources_and_languages_make_no_conditions(world, make_embeddings):
    scores, trials, embeddings = world
    plain = make_embeddings(embeddings.vectors, embeddings.speakers)
    assert [result.condition for result in breakdown(scores, trials, plain)] == ["all trials"]


def test_intervals_are_added_when_asked_for(world):
    result = breakdown(*world, intervals=True)[0]
    assert result.interval.lower < result.equal_error_rate < result.interval.upper
    header, rows = result_rows([result])
    assert header[-1] == "95 % interval"
    assert len(rows[0]) == len(header)
    assert rows[0][3] == f"{100 * result.equal_error_rate:.2f}"


def test_one_class_only_is_named(make_embeddings):
    embeddings = make_embeddings(np.eye(2), "ab")
    with pytest.raises(ValueError, match="there are no target trials"):
        breakdown(np.array([0.0]), Trials.from_pairs([(False, "u0", "u1")]), embeddings)
    with pytest.raises(ValueError, match="1 scores but 2 labels"):
        evaluate(np.zeros(1), np.array([True, False]))


def test_any_column_breaks_trials_down(world):
    scores, trials, embeddings = world
    gender = np.array(["m", "f"])[np.unique(embeddings.speakers, return_inverse=True)[1] % 2]
    told = replace(embeddings, columns={**embeddings.columns, "gender": gender})
    results = {result.condition: result for result in breakdown(scores, trials, told, by=("gender",), priors=(0.5,))}
    assert set(results) == {"all trials", "same gender", "gender f", "gender m"}
    enrol, test = told.rows(trials)
    for value in "fm":
        mask = (gender[enrol] == value) & (gender[test] == value)
        expected = evaluate(scores[mask], trials.labels[mask], condition=f"gender {value}", priors=(0.5,))
        assert results[f"gender {value}"] == expected
        targets, nontargets = scores[mask & trials.labels], scores[mask & ~trials.labels]
        assert expected.min_dcf == {0.5: min_dcf(targets, nontargets, p_target=0.5)}
    with pytest.raises(ValueError, match=r"says nothing of 'dialect' .* its columns are source, language"):
        breakdown(scores, trials, embeddings, by=("dialect",))


def test_worst_speakers_by_hand(make_embeddings):
    embeddings = make_embeddings(np.eye(4), ["a", "a", "b", "c"])
    trials = Trials.from_pairs([(True, "u0", "u1"), (False, "u0", "u2"), (False, "u2", "u3"), (False, "u1", "u3")])
    worst, *others = speaker_errors(np.array([0.1, 0.9, 0.2, 0.1]), trials, embeddings, threshold=0.5)
    assert worst == SpeakerErrors("a", 1, 2, 1.0, 0.5)
    assert [(s.speaker, s.targets, s.nontargets, s.false_alarm) for s in others] == [("b", 0, 2, 0.5), ("c", 0, 2, 0.0)]
    assert all(np.isnan(s.miss) for s in others)
