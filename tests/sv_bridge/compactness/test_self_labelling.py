"""Rounds of clustering and training, on tones that a fresh network already tells apart."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from sv_bridge.compactness import self_labelling
from sv_bridge.compactness.pseudo_speakers import PseudoSpeakers, find_pseudo_speakers
from sv_bridge.compactness.self_labelling import pseudo_labelled, self_label
from sv_bridge.config import ConfigError
from sv_bridge.data.manifest import Corpus, read_corpus
from sv_bridge.models.embedding import DEFAULT_OPTIONS
from sv_bridge.models.encoders import Normalisation
from sv_bridge.training.checkpoint import load_encoder, read_config
from tests.sv_bridge.training_runs import SMALL, small_config, write_corpus

ONE_EPOCH = ("speeds=[1.0, 1.1]", "epochs=1", "validate_epochs=0")
CONFIG = small_config("tiny-aam-softmax", *ONE_EPOCH)


@pytest.fixture(scope="module")
def tones(tmp_path_factory):
    return write_corpus(tmp_path_factory.mktemp("tones") / "corpus", speakers=4, utterances=5)


def test_the_recipe_for_found_speakers_takes_both_views_of_one_speaker(tones, tmp_path):
    config = small_config("small-snt-speakers", *ONE_EPOCH, "crop_seconds=0.2")
    assert config.method.across_utterances
    (first,) = self_label("log-mel", unnamed(tones), tmp_path, [config], progress_bar=False)
    assert load_encoder(first.run).embedding_dim == 6


def unnamed(corpus):
    """The same utterances, each of a speaker of its own."""
    return Corpus(corpus.root, tuple(replace(utterance, speaker=utterance.id) for utterance in corpus))


def test_rounds_train_on_what_they_found_and_start_from_each_other(tones, tmp_path):
    rounds = list(self_label("log-mel", unnamed(tones), tmp_path, [CONFIG], rounds=2, progress_bar=False))
    first = rounds[0]
    assert first.run == tmp_path / "round-1" / "run"
    assert read_config(first.run).start_from is None
    assert load_encoder(first.run).embedding_dim == 6
    listed = read_corpus(tmp_path / "round-1" / "pseudo_speakers.csv", check_files=False)
    assert len(listed.speakers) == first.found.speakers
    for later, before in zip(rounds[1:], rounds, strict=False):
        assert read_config(later.run).start_from == str(before.run.resolve())
        assert later.found.value > before.found.value


def test_a_repeated_call_ends_in_the_same_files(tones, tmp_path):
    def once():
        rounds = list(self_label("log-mel", tones, tmp_path, [CONFIG], progress_bar=False))
        return {path: path.read_bytes() for path in rounds[0].run.rglob("*.safetensors")}

    assert once() == once() != {}


def two_are_found(monkeypatch, values):
    """The first and the last ten utterances, in every round, with a silhouette that is given."""
    left, labels = iter(values), np.repeat([0, 1], 10)
    monkeypatch.setattr(
        self_labelling,
        "find_pseudo_speakers",
        lambda embeddings, **_: PseudoSpeakers(labels, 2, "silhouette", {2: next(left)}),
    )


def test_rounds_end_when_the_measure_no_longer_gets_better(tones, tmp_path, monkeypatch):
    two_are_found(monkeypatch, [0.2, 0.4, 0.4, 0.9])
    assert len(list(self_label("log-mel", tones, tmp_path, [CONFIG], rounds=9, progress_bar=False))) == 2


def test_each_round_has_its_recipe_whatever_the_measure_says(tones, tmp_path, monkeypatch):
    two_are_found(monkeypatch, [0.4, 0.2, 0.3, 0.2])
    contrastive = small_config("small-snt-speakers", *ONE_EPOCH, "crop_seconds=0.2")
    rounds = list(self_label("log-mel", tones, tmp_path / "three", [contrastive, CONFIG], rounds=9, progress_bar=False))
    assert [read_config(each.run).method.name for each in rounds] == ["simclr", "aam_softmax", "aam_softmax"]
    assert read_config(rounds[1].run).start_from == str(rounds[0].run.resolve())
    assert [utterance.speaker for utterance in rounds[0].labelled][::10] == ["pseudo-00000", "pseudo-00001"]


def test_the_number_of_clusters_can_be_given(tones, tmp_path):
    (only,) = self_label("log-mel", tones, tmp_path, [CONFIG], numbers=[3], progress_bar=False)
    assert only.found.clusters == 3
    assert set(only.found.values) == {3}


def test_utterances_that_are_not_trusted_are_left_out(tones):
    speech = tones.split("train")
    found = PseudoSpeakers(np.r_[[-1] * 5, [0] * 7, [1] * 8], 3, "silhouette", {3: 0.5})
    labelled = pseudo_labelled(speech, found)
    assert [utterance.id for utterance in labelled] == [utterance.id for utterance in speech][5:]
    assert labelled.speakers == ("pseudo-00000", "pseudo-00001")


def test_the_command_says_what_it_found(tones, tmp_path, sv_bridge):
    settings = [part for setting in (*SMALL, *ONE_EPOCH) for part in ("--set", setting)]
    command = ("self-label", "log-mel", "--corpus", tones.root, "--out", tmp_path, "--rounds", 1, "--quiet", *settings)
    said = sv_bridge(*command)
    assert "round 1:" in said
    assert "pseudo-speakers with" in said
    assert said.strip().endswith(str(tmp_path / "round-1" / "run"))
    run = tmp_path / "round-1" / "run"
    assert isinstance(load_encoder(run).normalisation, Normalisation)
    (run / "decision.json").write_text("{}", encoding="utf-8")
    assert sv_bridge(*command).strip().endswith(str(run))  # again: nothing is left to do


def test_a_folder_of_recordings_is_all_that_it_takes(tones, tmp_path, sv_bridge):
    recordings = tmp_path / "recordings"
    recordings.mkdir()
    for utterance in tones.split("train"):
        shutil.copy(tones.path(utterance), recordings)
    small = [*SMALL, *ONE_EPOCH]
    settings = [part for setting in small for part in ("--set", setting, "--set-first", setting)]
    arguments = ("learn", recordings, "--out", tmp_path / "out", "--min-seconds", 0.5, "--rounds", 1, "--quiet")
    arguments += (*settings,)
    said = sv_bridge(*arguments)
    assert "20 recordings" in said
    assert str(tmp_path / "out" / "round-1" / "run") in said
    corpus = read_corpus(tmp_path / "out" / "corpus")
    assert {utterance.speaker for utterance in corpus} == {""}
    assert "20 recordings" not in sv_bridge(*arguments)  # it goes on from what is there


def test_spectra_are_whitened_and_what_a_network_made_is_not(make_embeddings, monkeypatch):
    """Loudness varies most, whoever speaks."""
    rng = np.random.default_rng(0)
    people = np.repeat(np.arange(12), 20)
    vectors = rng.normal(size=(12, 8))[people] + 0.2 * rng.normal(size=(240, 8))
    vectors[:, 0] += 30 * rng.normal(size=240)
    embeddings = make_embeddings(vectors, people)
    monkeypatch.setattr(self_labelling, "embeddings_of", lambda *_: embeddings)
    spectra, made = (self_labelling._embedded(system, range(240), DEFAULT_OPTIONS) for system in ("log-mel", "run"))
    np.testing.assert_allclose(np.cov(spectra.vectors.T), np.eye(8), atol=1e-4)
    np.testing.assert_array_equal(made.vectors, embeddings.vectors)
    assert abs(find_pseudo_speakers(spectra).clusters - 12) <= 2


def test_a_method_that_does_not_look_at_speakers_is_refused(tones, tmp_path):
    contrastive = small_config("tiny-snt", *ONE_EPOCH)
    with pytest.raises(ConfigError, match="simclr learns nothing from speakers"):
        next(self_label("log-mel", tones, tmp_path, [CONFIG, contrastive]))
