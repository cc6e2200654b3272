"""A normalised run embeds with its weights and the matrix, everywhere, and trains on as if it weren't."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors import torch as safetensors
from scipy.linalg import sqrtm

from sv_bridge.models.embedding import EmbeddingOptions, embed
from sv_bridge.models.export import OnnxEncoder, export_onnx
from sv_bridge.models.systems import embeddings_of
from sv_bridge.training.checkpoint import CheckpointError, load_encoder, used_checkpoints
from sv_bridge.training.loop import train
from sv_bridge.training.normalisation import normalise
from sv_bridge.verification.transforms import within_class_normalisation
from tests.sv_bridge.training_runs import small_config, write_corpus


@pytest.fixture(scope="module")
def tones(tmp_path_factory):
    return write_corpus(tmp_path_factory.mktemp("tones") / "corpus", speakers=4, utterances=3)


@pytest.fixture
def run(tones, tmp_path):
    return train(small_config("tiny-snt", "epochs=1", "validate_epochs=0"), tones, tmp_path / "run", progress_bar=False)


def unnamed(corpus):
    return replace(corpus, utterances=tuple(replace(utterance, speaker="") for utterance in corpus))


def spread(vectors, classes):
    """Mean outer product of unit vectors less the mean of their class, class by class."""
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    apart = np.concatenate([unit[classes == c] - unit[classes == c].mean(axis=0) for c in np.unique(classes)])
    return apart.T @ apart / len(apart)


@pytest.mark.parametrize("shrinkage", [0.1, 0.5, 1])
def test_the_matrix_is_the_inverse_root_of_the_shrunk_covariance(shrinkage):
    rng = np.random.default_rng(0)
    vectors, classes = rng.normal(size=(60, 5)) * [1, 2, 3, 4, 5], np.repeat(np.arange(12), 5)
    covariance = spread(vectors, classes)
    shrunk = (1 - shrinkage) * covariance + shrinkage * np.trace(covariance) / 5 * np.eye(5)
    np.testing.assert_allclose(
        within_class_normalisation(vectors, classes, shrinkage=shrinkage), np.linalg.inv(sqrtm(shrunk)), rtol=1e-9
    )


def test_what_cannot_be_normalised_is_refused():
    for shrinkage in (0, 1.5):
        with pytest.raises(ValueError, match="shrinkage above 0"):
            within_class_normalisation(np.eye(2), "aa", shrinkage=shrinkage)
    with pytest.raises(ValueError, match="nothing varies within the 2 classes"):
        within_class_normalisation(np.eye(2), ["a", "b"])
    with pytest.raises(ValueError, match="3 classes for 2 vectors"):
        within_class_normalisation(np.eye(2), ["a", "b", "b"])


@pytest.mark.parametrize("named", [True, False])
def test_classes_are_speakers_or_copies_of_one_utterance(named, tones, run):
    speech = (tones if named else unnamed(tones)).split("train")
    raw = load_encoder(run)
    copies = [embed(raw, speech, EmbeddingOptions(cross_channels=seed)) for seed in (None, 1, 2)]
    matrix = safetensors.load_file(normalise(run, speech))["matrix"].numpy()
    names = copies[0].speakers if named else copies[0].ids
    vectors = np.concatenate([each.vectors for each in copies]).astype(float)
    expected = within_class_normalisation(vectors, np.tile(names, 3))
    np.testing.assert_allclose(matrix, expected, rtol=1e-5, atol=1e-5 * np.abs(expected).max())


def test_every_door_to_the_run_normalises(tones, run, tmp_path):
    speech, waveforms = tones.split("dev"), torch.randn(2, 8000)
    before = embeddings_of(str(run), speech).vectors
    matrix = safetensors.load_file(normalise(run, tones.split("train")))["matrix"]
    encoder, raw = load_encoder(run), load_encoder(run, normalised=False)
    unit = torch.nn.functional.normalize(raw(waveforms))
    torch.testing.assert_close(encoder(waveforms), unit @ matrix)
    after = embeddings_of(str(run), speech).vectors  # not those that the run kept
    expected = before / np.linalg.norm(before, axis=1, keepdims=True) @ matrix.numpy()
    np.testing.assert_allclose(after, expected, rtol=1e-4, atol=1e-4)
    export_onnx(encoder, tmp_path / "run.onnx")
    torch.testing.assert_close(OnnxEncoder(tmp_path / "run.onnx")(waveforms), encoder(waveforms), rtol=1e-3, atol=1e-3)
    first = (used_checkpoints(run)[0][0] / "normalisation.safetensors").read_bytes()
    again = normalise(run, tones.split("train"))
    assert again.read_bytes() == first  # of the raw embeddings again
    assert again.stat().st_mode == (again.parent / "model.safetensors").stat().st_mode  # others may read both or none


def test_training_starts_from_the_weights_alone(tones, run, tmp_path):
    def next_run(name):
        config = small_config("tiny-snt", "epochs=1", "validate_epochs=0", f"start_from={run}")
        return load_encoder(train(config, tones, tmp_path / name, progress_bar=False)).state_dict()

    plain = next_run("plain")
    normalise(run, tones.split("train"))
    after = next_run("after")
    assert plain.keys() == after.keys()
    assert all(torch.equal(plain[name], after[name]) for name in plain)


def test_a_rule_for_decisions_would_no_longer_hold(tones, run):
    (run / "decision.json").write_text("{}", encoding="utf-8")
    with pytest.raises(CheckpointError, match=r"remove that file, normalise, and run `sv-bridge calibrate` again"):
        normalise(run, tones.split("train"))


def test_nothing_varies_without_channels_and_names(tones, run):
    with pytest.raises(ValueError, match="wanted channels ≥ 1, or speakers"):
        normalise(run, unnamed(tones).split("train"), channels=0)


def test_some_names_are_not_enough(tones, run):
    some = replace(tones, utterances=(replace(tones.utterances[0], speaker=""), *tones.utterances[1:]))
    with pytest.raises(ValueError, match="1 of the 12 utterances"):
        normalise(run, some.split("train"))


def test_the_command_names_the_file(tones, run, sv_bridge):
    said = sv_bridge("normalise", run, "--corpus", tones.root, "--quiet")
    assert said.strip().endswith("normalisation.safetensors")
