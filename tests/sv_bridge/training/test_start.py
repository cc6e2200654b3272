"""Runs that start from another run's weights."""

import json
import re
import shutil

import pytest
import torch

from sv_bridge.config import ConfigError
from sv_bridge.methods.method import TrainingSet
from sv_bridge.training.checkpoint import CheckpointError, checkpoints, read_config, read_start
from sv_bridge.training.loop import train
from sv_bridge.training.trainer import Trainer, started
from tests.sv_bridge.training_runs import SMALL, small_config, write_corpus

SIZE = TrainingSet(16, 8)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return write_corpus(tmp_path_factory.mktemp("data") / "corpus")


@pytest.fixture(scope="module")
def runs(corpus, tmp_path_factory):
    """A finished run of SimCLR with a projector, and one of MoCo."""
    folder, projector = tmp_path_factory.mktemp("runs"), "projector={hidden_dim: 9, output_dim: 7}"
    for name, preset in (("simclr", "tiny-am"), ("moco", "tiny-moco")):
        config = small_config(preset, "epochs=1", projector, *(["momentum=0.5"] if name == "moco" else []))
        train(config, corpus, folder / name, device="cpu", progress_bar=False)
    return folder


def equal(module, other):
    return all(
        torch.equal(a, b) for a, b in zip(module.state_dict().values(), other.state_dict().values(), strict=True)
    )


def from_run(run, preset, *overrides):
    start = read_start(run)
    return started(small_config(preset, "seed=5", *overrides), SIZE, start), started(start.config, SIZE, start), start


def test_the_same_method_starts_from_all_that_it_carries(runs):
    projector = "projector={hidden_dim: 9, output_dim: 7}"
    for name, preset in (("simclr", "tiny-aam"), ("moco", "tiny-moco-am")):
        method, source, start = from_run(runs / name, preset, projector, "margin=0.3", "crop_seconds=0.4")
        for module in method.carried:
            assert equal(method.get_submodule(module), source.get_submodule(module))
        assert torch.equal(method.encoder.backbone.stem[0].weight, start.tensors["encoder.backbone.stem.0.weight"])
        assert method.config.margin == 0.3
    assert not equal(method.encoder, method.key_encoder)  # each from its own
    assert torch.equal(method.key_encoder.backbone.stem[0].weight, start.tensors["key_encoder.backbone.stem.0.weight"])
    assert (method.queue_utterances == -1).all()  # utterances of another corpus mean nothing here


def test_another_method_starts_from_the_encoder_alone(runs):
    method, _, start = from_run(runs / "simclr", "tiny-moco")
    assert torch.equal(method.encoder.backbone.stem[0].weight, start.tensors["encoder.backbone.stem.0.weight"])
    assert equal(method.encoder, method.key_encoder)


def test_what_does_not_fit_starts_fresh_and_is_named(runs, caplog):
    method, _, _ = from_run(runs / "simclr", "tiny-am", "projector={hidden_dim: 5, output_dim: 7}")
    assert caplog.messages == [f"the projector of {runs / 'simclr'} does not fit: it starts fresh"]
    assert method.projector[0].out_features == 5


def test_another_encoder_is_refused_with_both_values(runs):
    with pytest.raises(ConfigError, match=r"has encoder\.channels=8, not 12: an encoder that is started from is kept"):
        from_run(runs / "simclr", "tiny-am", "encoder.channels=12")
    with pytest.raises(ConfigError, match=r"has encoder\.features\.normalise=level, not mean"):
        from_run(runs / "simclr", "tiny-am", "normalise=mean")


def weights(run):
    return (checkpoints(run / "checkpoints")[-1] / "model.safetensors").read_bytes()


class KilledError(Exception):
    pass


@pytest.mark.parametrize("dies_at", [1, 6])
def test_fine_tuning_is_recorded_and_resumes_bit_identical(corpus, runs, tmp_path, monkeypatch, dies_at):
    source = tmp_path / "source"
    shutil.copytree(runs / "simclr", source)
    config = small_config("tiny-am", "margin=0.3", f"start_from={source}")
    whole = train(config, corpus, tmp_path / "whole", device="cpu", progress_bar=False)
    recorded = json.loads((whole / "environment.json").read_text())["started_from"]
    assert recorded == read_start(source).description
    assert (recorded["run"], recorded["checkpoint"]) == (str(source), "epoch-0001")
    assert weights(whole) != weights(train(small_config("tiny-am", "margin=0.3"), corpus, tmp_path / "x", device="cpu"))
    step = Trainer.step

    def interrupted(self, parts, moment):
        if moment.step == dies_at:
            raise KilledError
        return step(self, parts, moment)

    monkeypatch.setattr(Trainer, "step", interrupted)
    with pytest.raises(KilledError):
        train(config, corpus, tmp_path / "parts", device="cpu", progress_bar=False)
    monkeypatch.undo()
    if dies_at == 6:  # its own checkpoint is there by then
        shutil.rmtree(source)
    parts = train(config, corpus, tmp_path / "parts", device="cpu", progress_bar=False)
    assert weights(parts) == weights(whole)


def test_a_source_that_has_changed_is_refused(corpus, runs, tmp_path, monkeypatch):
    source = tmp_path / "source"
    shutil.copytree(runs / "simclr", source)
    config = small_config("tiny-am", f"start_from={source}")
    monkeypatch.setattr(Trainer, "step", lambda *_: (_ for _ in ()).throw(KilledError))
    with pytest.raises(KilledError):
        train(config, corpus, tmp_path / "run", device="cpu", progress_bar=False)
    shutil.copytree(runs / "moco" / "checkpoints", source / "checkpoints", dirs_exist_ok=True)
    with pytest.raises(ConfigError, match=r"was started from epoch-0001 of .*source, which has changed since then"):
        train(config, corpus, tmp_path / "run", device="cpu", progress_bar=False)


def test_a_source_that_is_none_is_named(corpus, tmp_path):
    config = small_config("tiny-am", f"start_from={tmp_path}")
    with pytest.raises(CheckpointError, match=re.escape(f"{tmp_path} is not a run directory: it has no config.yaml")):
        train(config, corpus, tmp_path / "run", device="cpu", progress_bar=False)
    assert not (tmp_path / "run").exists()


def test_the_recipe_of_a_run_is_a_preset_for_fine_tuning(corpus, runs, tmp_path, sv_bridge):
    run = runs / "simclr"
    settings = [word for setting in (*SMALL, "margin=0.4", "epochs=1") for word in ("--set", setting)]
    words = ["--from", run, "--corpus", corpus.root, "--out", tmp_path / "tuned", "--device", "cpu", "--quiet"]
    sv_bridge("train", run / "config.yaml", *words, *settings)
    config = read_config(tmp_path / "tuned")
    assert (config.start_from, config.method.margin, config.preset) == (str(run), 0.4, "tiny-am")
