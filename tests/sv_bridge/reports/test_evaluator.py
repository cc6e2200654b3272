import json

import numpy as np
import pytest

from sv_bridge.models.embedding import embed
from sv_bridge.models.systems import load_system
from sv_bridge.reports.evaluator import Evaluator, fused
from sv_bridge.verification.error_rates import equal_error_rate
from sv_bridge.verification.fusion import learn_fusion
from sv_bridge.verification.score_files import read_scores
from sv_bridge.verification.scoring import score_trials, scoring_vectors
from sv_bridge.verification.transforms import center
from sv_bridge.verification.trials import generate_trials, write_trials


def test_drawn_trials_are_scored_over_the_split(speech):
    evaluation = Evaluator("log-mel", speech)("test")
    test = speech.split("test")
    trials = generate_trials(test)
    scores = score_trials(embed(load_system("log-mel"), test), trials)
    np.testing.assert_allclose(evaluation.scores, scores, atol=1e-12)
    assert evaluation.results[0].equal_error_rate == equal_error_rate(scores[trials.labels], scores[~trials.labels])
    assert evaluation.assessment().values()["EER %"] == 100 * evaluation.results[0].equal_error_rate


def test_a_list_embeds_only_what_it_names(tmp_path, speech):
    trials = generate_trials(speech.split("dev"), per_speaker=1)
    write_trials(tmp_path / "trials.txt", trials)
    evaluation = Evaluator("log-mel", speech)("all", trials=tmp_path / "trials.txt")
    assert set(evaluation.embeddings.ids.tolist()) == set(trials.ids)


def test_unknown_utterances_are_named_before_anything_is_embedded(tmp_path, speech):
    (tmp_path / "trials.txt").write_text("1 nobody/0 nobody/1\n")
    with pytest.raises(ValueError, match="2 of the 2 utterances of the trials are unknown: 'nobody/0'"):
        Evaluator("no-such-run", speech)("test", trials=tmp_path / "trials.txt")


def test_mean_subtraction_and_score_normalisation_use_other_splits(speech):
    plain = Evaluator("log-mel", speech)("test")
    centred = Evaluator("log-mel", speech, backend="center")("test")
    normalised = Evaluator("log-mel", speech, backend="as-norm:top=5")("test")
    train = embed(load_system("log-mel"), speech.split("train"))
    np.testing.assert_allclose(centred.scores, score_trials(center(plain.embeddings, train), plain.trials), rtol=1e-9)
    np.testing.assert_allclose(
        normalised.scores, score_trials(plain.embeddings, plain.trials, cohort=train, top=5), rtol=1e-9
    )


def test_qualities_are_learned_on_dev_and_applied_to_test(speech):
    evaluator = Evaluator("log-mel", speech, backend="qmf")
    backend = evaluator.backend
    sides = {}
    for split in ("dev", "test"):
        corpus = speech.split(split)
        trials = generate_trials(corpus)
        seconds = {utterance.id: utterance.duration_s for utterance in corpus}
        sides[split] = backend.columns(evaluator.embeddings_of_split(split), trials, seconds), trials.labels
    fusion = learn_fusion(*sides["dev"])
    np.testing.assert_allclose(evaluator("test").scores, fusion(sides["test"][0]))
    assert (sides["test"][0][:, 1] <= sides["test"][0][:, 2]).all()


def test_fusion_is_learned_on_dev_trials_of_the_same_pairs(speech):
    one = Evaluator("log-mel", speech)
    systems = [one, one.with_backend("center")]
    dev, test = ([system(split) for system in systems] for split in ("dev", "test"))
    together = fused(dev, test)
    columns = [np.stack([part.scores for part in group], axis=1) for group in (dev, test)]
    np.testing.assert_allclose(together.scores, learn_fusion(columns[0], dev[0].trials.labels)(columns[1]))
    assert together.warnings == ()
    assert "the set that fusion is learned on has 4 of 4 speakers" in fused(test, test).warnings[0]
    with pytest.raises(ValueError, match="on the same trials"):
        fused(dev, [test[0], one("dev")])


def test_everything_is_written(tmp_path, speech):
    evaluator = Evaluator("log-mel", speech)
    evaluation = evaluator("test")
    calibrated = evaluation.calibrated(evaluator("dev"))
    assert set(calibrated) == {"actual DCF .01", "actual DCF .05", "Cllr"}
    evaluation.write(tmp_path, calibrated)
    read = read_scores(tmp_path / "scores.txt")
    np.testing.assert_array_equal(read.scores, evaluation.scores)
    np.testing.assert_array_equal(read.labels, evaluation.trials.labels)
    record = json.loads((tmp_path / "results.json").read_text())
    assert record["results"][0]["equal_error_rate"] == evaluation.results[0].equal_error_rate
    assert (tmp_path / "det.png").read_bytes().startswith(b"\x89PNG")


def test_what_flatters_an_evaluation_is_said(tmp_path, speech):
    evaluation = Evaluator("log-mel", speech, backend="center:on=test+as-norm:on=test:top=5")("test")
    mean, cohort = evaluation.warnings
    assert cohort.startswith("the cohort of AS-norm has 4 of 4 speakers that are evaluated")
    assert mean.startswith("the mean that is subtracted has 4 of 4 speakers that are evaluated")
    assert Evaluator("log-mel", speech, backend="center+as-norm:on=dev:top=5")("test").warnings == ()
    evaluator = Evaluator("log-mel", speech)
    test = evaluator("test")
    assert test.calibration_warnings(evaluator("dev")) == []
    assert "the calibration set has 4 of 4 speakers" in test.calibration_warnings(test)[0]
    test.write(tmp_path, {})
    assert "of 4 speakers, split test" in json.loads((tmp_path / "results.json").read_text())["looked_at"]


def test_a_list_may_name_copies_elsewhere_and_models_of_several_utterances(tmp_path, speech):
    test = speech.split("test")
    by_speaker = {name: [u.id for u in test if u.speaker == name] for name in test.speakers}
    (a, first), (b, second) = list(by_speaker.items())[:2]
    (tmp_path / "map").write_text(f"{a}-model {first[0]} ./{first[1]}\n{b}-model {second[0]}\n")
    lines = [
        f"{a}-model /elsewhere/{first[2]} target",
        f"{a}-model {second[1]} nontarget",
        f"{b}-model {second[1]} target",
    ]
    (tmp_path / "trials").write_text("\n".join(lines) + "\n")
    evaluation = Evaluator("log-mel", speech)("test", trials=tmp_path / "trials", enrolment=tmp_path / "map")
    every = embed(load_system("log-mel"), test)
    unit = dict(zip(every.ids.tolist(), scoring_vectors(every.vectors), strict=True))
    model = scoring_vectors((unit[first[0]] + unit[first[1]])[None])[0]
    expected = [model @ unit[first[2]], model @ unit[second[1]], unit[second[0]] @ unit[second[1]]]
    np.testing.assert_allclose(evaluation.scores, expected, atol=1e-5)
    (tmp_path / "trials").write_text(f"{a}-model {second[1]} target\n{a}-model {first[2]} target\n")
    with pytest.raises(ValueError, match=f"1 of 2 trials contradict the corpus: {a}-model and"):
        Evaluator("log-mel", speech)("test", trials=tmp_path / "trials", enrolment=tmp_path / "map")
