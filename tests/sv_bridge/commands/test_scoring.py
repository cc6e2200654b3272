"""`calibrate` and `score`: from two recordings to an answer."""

import json

import numpy as np
import pytest
from scipy.special import expit, logit

from sv_bridge.embeddings import Embeddings
from sv_bridge.models.systems import embeddings_of
from sv_bridge.reports.evaluator import Evaluator
from sv_bridge.verification.decision import DecisionRule
from sv_bridge.verification.enrolment import enrolled, read_enrolment
from sv_bridge.verification.scoring import scoring_vectors


@pytest.fixture
def rule(tmp_path, speech, sv_bridge):
    out = tmp_path / "decision.json"
    said = sv_bridge("calibrate", "log-mel", "--corpus", speech.root, "--false-alarm-rate", 0.25, "--out", out)
    assert "false alarms" in said
    return out


def files(speech, count):
    test = speech.split("test")
    return [test.path(test[i]) for i in range(count)]


def test_two_recordings_give_score_threshold_and_probability(tmp_path, speech, sv_bridge, rule):
    first, second = files(speech, 2)
    out = tmp_path / "answer.json"
    said = sv_bridge("score", "log-mel", first, second, "--decision", rule, "--prior", 0.2, "--json", out)
    (answer,) = json.loads(out.read_text())["pairs"]
    vectors = scoring_vectors(embeddings_of("log-mel", speech.split("test")).vectors)
    assert answer["score"] == pytest.approx(vectors[0] @ vectors[1], abs=1e-5)
    learned = DecisionRule.from_json(rule.read_text())
    assert answer["threshold"] == learned.threshold
    assert answer["same_speaker"] == (answer["score"] >= learned.threshold)
    llr = learned.calibration.scale * answer["score"] + learned.calibration.offset
    assert answer["probability"] == pytest.approx(expit(llr + logit(0.2)))
    assert f"threshold {learned.threshold:.4f}" in said
    assert "no threshold" in sv_bridge("score", "log-mel", first, second)


def test_a_rule_that_accepts_nobody_is_warned_of(tmp_path, speech, sv_bridge):
    command = ("calibrate", "log-mel", "--corpus", speech.root, "--out", tmp_path / "d.json")
    for prior, warned in ((1e-9, True), (0.5, False)):
        assert ("warning: no target is accepted" in sv_bridge(*command, "--p-target", prior)) == warned


def test_a_rule_holds_what_it_promises_on_the_trials_it_was_learned_on(speech, rule):
    evaluation = Evaluator("log-mel", speech)("dev")
    learned = DecisionRule.from_json(rule.read_text())
    accepted = evaluation.scores >= learned.threshold
    labels = evaluation.trials.labels
    assert learned.false_alarm == pytest.approx(accepted[~labels].mean())
    assert learned.miss == pytest.approx((~accepted[labels]).mean())
    assert learned.false_alarm <= 0.25
    # no lower threshold does: the next one accepts more
    below = evaluation.scores[evaluation.scores < learned.threshold].max()
    assert (evaluation.scores[~labels] >= below).mean() > 0.25


def test_pairs_from_a_list_and_models_of_several_recordings(tmp_path, speech, sv_bridge):
    names = [path.relative_to(speech.root) for path in files(speech, 4)]
    (speech.root / "pairs.txt").write_text(f"model {names[3]}\n{names[0]} {names[1]}\n")
    (tmp_path / "spk2utt").write_text(f"model {names[0]} {names[1]}\n")
    out = tmp_path / "answers.json"
    sv_bridge(
        "score", "log-mel", "--pairs", speech.root / "pairs.txt", "--enrolment", tmp_path / "spk2utt", "--json", out
    )
    vectors = scoring_vectors(embeddings_of("log-mel", speech.split("test")).vectors)
    model = (vectors[0] + vectors[1]) / np.linalg.norm(vectors[0] + vectors[1])
    scores = [answer["score"] for answer in json.loads(out.read_text())["pairs"]]
    np.testing.assert_allclose(scores, [model @ vectors[3], vectors[0] @ vectors[1]], atol=1e-5)
    together = sv_bridge("score", "log-mel", *(speech.root / name for name in (names[0], names[1], names[3])))
    assert f"score {model @ vectors[3]:.4f}" in together


def test_models_are_checked(tmp_path, make_embeddings):
    embeddings = make_embeddings(np.eye(3), ["a", "a", "b"])
    (tmp_path / "map").write_text("m u0\nm u1\n\nn u2\n")
    models = read_enrolment(tmp_path / "map")
    assert models == {"m": ["u0", "u1"], "n": ["u2"]}
    table: Embeddings = enrolled(embeddings, models)
    assert table.ids.tolist() == ["u0", "u1", "u2", "m", "n"]
    assert table.speakers.tolist()[3:] == ["a", "b"]
    np.testing.assert_allclose(table.vectors[3], [0.5, 0.5, 0])
    with pytest.raises(ValueError, match="model 'm' is enrolled from speakers a, b: wanted one"):
        enrolled(embeddings, {"m": ["u0", "u2"]})
    with pytest.raises(ValueError, match="'u0' is the name of a model and of an utterance"):
        enrolled(embeddings, {"u0": ["u1"]})
    (tmp_path / "map").write_text("m\n")
    with pytest.raises(ValueError, match="map:1: wanted `model utterance …`, got 'm'"):
        read_enrolment(tmp_path / "map")


@pytest.mark.parametrize("backend", ["as-norm:top=20", "center+whiten:dimensions=4+length+plda"])
def test_a_rule_remembers_its_back_end(tmp_path, speech, sv_bridge, backend):
    out, answers = tmp_path / "decision.json", tmp_path / "answers.json"
    said = sv_bridge("calibrate", "log-mel", "--corpus", speech.root, "--backend", backend, "--out", out)
    assert f"kept in {out} and {tmp_path / 'decision.train.npz'}" in said
    rule = DecisionRule.from_json(out.read_text())
    assert (rule.backend, rule.cosine_threshold) == (backend, None)
    evaluation = Evaluator("log-mel", speech, backend=backend)("test")
    enrol, test = evaluation.embeddings.rows(evaluation.trials)
    test_speech = speech.split("test")
    first, second = (test_speech.path(test_speech[int(side[0])]) for side in (enrol, test))
    sv_bridge("score", "log-mel", first, second, "--decision", out, "--json", answers)
    (answer,) = json.loads(answers.read_text())["pairs"]
    assert answer["score"] == pytest.approx(evaluation.scores[0], rel=1e-3)
    assert answer["same_speaker"] == (answer["score"] >= rule.threshold)
    (tmp_path / "decision.train.npz").unlink()
    with pytest.raises(FileNotFoundError, match=r"no .*decision\.train\.npz, which .* of decision\.json is fitted on"):
        sv_bridge("score", "log-mel", first, second, "--decision", out)


def test_a_back_end_that_calibrates_is_not_calibrated(tmp_path, speech, sv_bridge):
    out = tmp_path / "decision.json"
    with pytest.raises(ValueError, match="'as-norm\\+qmf': qmf is a calibration itself, leave it out"):
        sv_bridge("calibrate", "log-mel", "--corpus", speech.root, "--backend", "as-norm+qmf", "--out", out)
    assert list(tmp_path.iterdir()) == []


def test_too_few_recordings_are_named(speech, sv_bridge):
    with pytest.raises(ValueError, match="wanted two recordings"):
        sv_bridge("score", "log-mel", *files(speech, 1))


def test_a_system_that_is_not_there_is_missed_before_a_place_for_its_rule(speech, sv_bridge):
    with pytest.raises(ValueError, match="nowhere is not a run directory, nor a file of embeddings"):
        sv_bridge("calibrate", "nowhere", "--corpus", speech.root)
    with pytest.raises(ValueError, match="log-mel is no run directory to keep the rule in: name a file with --out"):
        sv_bridge("calibrate", "log-mel", "--corpus", speech.root)
