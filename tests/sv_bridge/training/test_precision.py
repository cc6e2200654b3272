"""What recipes do on a GPU by default: bfloat16 and channels last."""

import numpy as np
import pytest
import torch

from sv_bridge.methods.schedules import Moment
from sv_bridge.presets import load_config, preset_names
from sv_bridge.training.loop import Batches
from sv_bridge.training.trainer import Trainer, precision_on
from tests.sv_bridge.training_runs import ALONE, SMALL, trainer_of, write_corpus

QUICK = ["crop_seconds=0.2", "augmentation=none", "workers=0", "batch_size=8", "mels=20"]
RECIPES = {
    "tiny-am": ["epochs=5", *SMALL[:3]],
    "odyssey2024-am": ["epochs=3", "base_channels=8", "embedding_dim=16"],
}


@pytest.fixture(scope="module")
def speech(tmp_path_factory):
    return write_corpus(tmp_path_factory.mktemp("speech") / "corpus").split("train")


def losses(recipe, speech, precision, seed):
    """Mean loss of each epoch of a short run."""
    config = load_config(recipe, [*QUICK, *RECIPES[recipe], f"precision={precision}", f"seed={seed}"])
    batches, epochs = Batches(config, speech, ALONE), config.training.epochs
    trainer = Trainer(config, ALONE, batches.speech)
    moments = (Moment(step, batches.steps, epochs) for step in range(epochs * batches.steps))
    steps = [trainer.step(parts, next(moments))[0].item() for epoch in range(epochs) for parts in batches.epoch(epoch)]
    return np.reshape(steps, (epochs, -1)).mean(axis=1)


@pytest.mark.parametrize("recipe", RECIPES)
def test_losses_in_bfloat16_are_those_in_float32_but_for_less_than_another_seed_changes(recipe, speech):
    exact, rounded = (losses(recipe, speech, precision, seed=0) for precision in ("float32", "bfloat16"))
    other = losses(recipe, speech, "float32", seed=1)
    assert 0 < np.abs(rounded - exact).mean() < np.abs(other - exact).mean() / 3


def test_recipes_of_the_papers_say_how_they_run_on_a_gpu():
    large = [name for name in preset_names() if name.startswith(("interspeech", "odyssey"))]
    assert len(large) > 10
    for name in large:
        training = load_config(name).training
        assert (training.precision, training.channels_last) == ("auto", True)


def test_automatic_precision_is_that_of_the_device(monkeypatch):
    assert precision_on(torch.device("cpu"), "auto") == "float32"
    assert precision_on(torch.device("cuda"), "float16") == "float16"
    for has_it, expected in ((True, "bfloat16"), (False, "float32")):
        monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda has_it=has_it, **options: has_it)
        assert precision_on(torch.device("cuda"), "auto") == expected


@pytest.mark.parametrize("last", [False, True])
def test_convolutions_lie_as_they_are_told(last):
    config = load_config("odyssey2024-am", [*QUICK, "base_channels=8", f"channels_last={str(last).lower()}"])
    weights = [w for w in trainer_of(config).method.encoder.parameters() if w.ndim == 4 and w.shape[2] > 1 < w.shape[1]]
    order = torch.channels_last if last else torch.contiguous_format
    assert len(weights) == 32
    assert all(w.is_contiguous(memory_format=order) for w in weights)
