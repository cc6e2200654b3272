import logging

import pytest
import torch

from sv_bridge.config import ConfigError
from sv_bridge.training.health import Health, few_steps
from sv_bridge.training.loop import train
from sv_bridge.training.run_directory import read_metrics
from tests.sv_bridge.training_runs import batch_of, moment, small_config, trainer_of, write_corpus


def collapsed(preset):
    """A trainer whose encoder gives everything one embedding, and what it says after a step."""
    trainer = trainer_of(small_config(preset, "learning_rate=1e-9"))
    for encoder in {trainer.method.encoder, getattr(trainer.method, "key_encoder", trainer.method.encoder)}:
        torch.nn.init.zeros_(encoder.backbone.output[-1].weight)
        torch.nn.init.ones_(encoder.backbone.output[-1].bias)
    generator = torch.Generator().manual_seed(0)
    for number in range(2):  # MoCo's first step has no negatives
        rows = torch.arange(4 * number, 4 * number + 4)
        loss, _ = trainer.step([batch_of(torch.randn(4, 2, 3200, generator=generator), rows, rows)], moment(number))
    said = trainer.describe(moment(20))
    if preset != "tiny-moco-am":
        return trainer, {"epoch": 2, "loss": loss.item(), **said}
    trainer.method.queue_utterances[-4:] = -1  # as many negatives as the step had
    return trainer, {"epoch": 2, "loss": loss.item(), **said}


@pytest.mark.parametrize("preset", ["tiny-simclr", "tiny-snt", "tiny-am", "tiny-aam", "tiny-moco-am"])
def test_a_collapse_is_said_once_by_both_signs(preset, caplog):
    trainer, metrics = collapsed(preset)
    assert metrics["effective_rank"] == pytest.approx(1, abs=1e-3)
    alike = trainer.method.collapsed_loss(4, moment(20))
    assert metrics["loss"] == pytest.approx(alike, rel=1e-4)
    health = Health()
    for _ in range(2):
        health.look(metrics, alike)
    rank, loss = caplog.messages
    assert "epoch 2: the embeddings have collapsed to a line, their effective rank is 1.00; try" in rank
    assert f"the loss {metrics['loss']:.3f} is that of embeddings that are all alike" in loss


def test_what_learns_is_not_called_a_collapse(tmp_path, caplog):
    corpus = write_corpus(tmp_path / "corpus")
    run = train(small_config("tiny-am"), corpus, tmp_path / "run", device="cpu", progress_bar=False)
    assert all(line["effective_rank"] > 1.5 for line in read_metrics(run))
    assert caplog.messages == ["16 utterances make 4 steps of 4 an epoch: lower batch_size"]


def test_few_steps_and_utterances_left_out_are_said():
    assert few_steps(300, 128, 2).startswith("300 utterances make 2 steps of 128 an epoch, and 44 are left out of each")
    assert few_steps(9, 4, 2).endswith(", and 1 is left out of each (11 %): lower batch_size")
    assert few_steps(2_000, 190, 10) == ""  # 5 % are left out
    assert few_steps(2_300, 190, 10).endswith("and 400 are left out of each (17 %): lower batch_size")
    assert few_steps(100_000, 128, 781) == ""


@pytest.mark.parametrize("preset", ["tiny-snt", "tiny-moco"])
@pytest.mark.parametrize("settings", [["batch_size=1"], ["batch_size=4", "accumulate=4"]])
def test_parts_of_one_utterance_are_refused(preset, settings, tmp_path, caplog):
    caplog.set_level(logging.WARNING)
    with pytest.raises(ConfigError, match="makes parts of one utterance, which has no negatives and teaches nothing"):
        train(small_config(preset, *settings), write_corpus(tmp_path / "c"), tmp_path / "run", device="cpu")
    assert not (tmp_path / "run").exists()
