import json
import math
import os
import signal
import subprocess
import sys
import time

import pytest
import torch

from sv_bridge.config import ConfigError
from sv_bridge.data.manifest import read_corpus
from sv_bridge.models.embedding import EmbeddingOptions
from sv_bridge.reports.evaluator import Evaluator
from sv_bridge.training.checkpoint import checkpoints, load_encoder, read_config
from sv_bridge.training.loop import Batches, train
from sv_bridge.training.run_directory import read_metrics
from sv_bridge.training.trainer import Trainer, TrainingError
from tests.sv_bridge.training_runs import ALONE, SMALL, batch_of, moment, small_config, trainer_of, write_corpus


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return write_corpus(tmp_path_factory.mktemp("data") / "corpus")


@pytest.fixture(autouse=True)
def one_thread():
    """Threads share out sums differently; these networks are too small to gain from a second one."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def weights(run):
    return (checkpoints(run / "checkpoints")[-1] / "model.safetensors").read_bytes()


def numbers(run):
    timed = {"seconds", "utterances_per_second"}
    return [{name: value for name, value in line.items() if name not in timed} for line in read_metrics(run)]


def test_a_run_leaves_config_environment_metrics_and_a_checkpoint(corpus, tmp_path):
    run = train(small_config(), corpus, tmp_path / "run", device="cpu", progress_bar=False)
    assert read_config(run) == small_config()
    environment = json.loads((run / "environment.json").read_text())
    assert environment["torch"] == torch.__version__
    assert environment["corpus"].startswith("16 utterances, 8 speakers")
    lines = read_metrics(run)
    assert [line["epoch"] for line in lines] == [1, 2, 3]
    assert all(0 <= line["dev_eer"] <= 1 and line["utterances_per_second"] > 0 for line in lines)
    assert all(math.isfinite(line["loss"]) for line in lines)
    assert [path.name for path in checkpoints(run / "checkpoints")] == ["epoch-0003"]
    assert list((run / "tensorboard").glob("events*"))
    assert load_encoder(run)(torch.randn(1, 8000)).shape == (1, 6)


def test_development_speakers_are_looked_at_in_both_conditions(corpus, tmp_path):
    settings = ["epochs=2", "validate_crossed=3", "memory_hours=1"]
    run = train(small_config("tiny-snt", *settings), corpus, tmp_path / "run", device="cpu", progress_bar=False)
    lines = read_metrics(run)
    evaluator = Evaluator(str(run), corpus, EmbeddingOptions(crops=1, crop_seconds=4.0, device="cpu", cross_channels=3))
    # so few speakers have so few trials that both look at all of them
    assert lines[-1]["dev_eer_crossed"] == pytest.approx(evaluator("dev").results[0].equal_error_rate)
    assert lines[0]["dev_eer"] < 0.3  # tones of their own pitch
    assert all(0 <= line["dev_eer_crossed"] <= 1 for line in lines)


@pytest.mark.parametrize("preset", ["tiny-simclr", "tiny-snt", "tiny-aam", "tiny-moco", "tiny-moco-am"])
def test_training_lowers_the_loss(corpus, preset):
    overrides = ["batch_size=8", "learning_rate=0.003", "scale=10", "prevent_collisions=true"]
    overrides += ["momentum=0.5", "queue_size=32"] if "moco" in preset else []
    config = small_config(preset, *overrides)
    trainer, batches = trainer_of(config), Batches(config, corpus.split("train"), ALONE)
    always = list(next(iter(batches.epoch(0))))
    losses = [trainer.step(always, moment(10 + step))[0].item() for step in range(20)]
    assert max(losses[-5:]) < 0.4 * max(losses[:2])  # MoCo's very first loss is 0: its queue is empty


def test_same_seed_same_run_and_another_seed_another(corpus, tmp_path):
    runs = [
        train(
            small_config("tiny-am", f"seed={seed}", "epochs=1"),
            corpus,
            tmp_path / name,
            progress_bar=False,
            device="cpu",
        )
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    ]
    assert weights(runs[0]) == weights(runs[1]) != weights(runs[2])


def test_number_of_workers_changes_nothing(corpus, tmp_path):
    runs = [
        train(
            small_config("tiny-am", f"workers={n}", "epochs=2"),
            corpus,
            tmp_path / str(n),
            progress_bar=False,
            device="cpu",
        )
        for n in (0, 2)
    ]
    assert weights(runs[0]) == weights(runs[1])


class KilledError(Exception):
    pass


@pytest.mark.parametrize(
    ("preset", "overrides", "dies_at"),
    [
        ("tiny-am", [], 7),
        ("tiny-am", ["checkpoint_steps=1"], 6),
        ("tiny-am", ["checkpoint_steps=2", "accumulate=2"], 2),
        ("tiny-moco", ["checkpoint_steps=2"], 7),
        ("tiny-moco", ["bidirectional=true", "accumulate=2"], 5),
        ("tiny-am", ["positives={name: neighbours, from_epoch: 1, nearest: 2}", "checkpoint_steps=1"], 7),
        ("tiny-am", ["positives={name: clusters, from_epoch: 1, clusters: 4}", "checkpoint_steps=3"], 10),
        ("tiny-moco", ["positives={name: clusters, from_epoch: 1, clusters: 4, nearby: 0}"], 9),
    ],
)
def test_a_run_interrupted_at_any_step_ends_bit_identical(corpus, tmp_path, monkeypatch, preset, overrides, dies_at):
    config = small_config(preset, "margin_learnable=true", "margin=0.1", *overrides)
    whole = train(config, corpus, tmp_path / "whole", device="cpu", progress_bar=False)

    step = Trainer.step

    def interrupted(self, parts, moment):
        if moment.step == dies_at:
            raise KilledError
        return step(self, parts, moment)

    monkeypatch.setattr(Trainer, "step", interrupted)
    with pytest.raises(KilledError):
        train(config, corpus, tmp_path / "parts", device="cpu", progress_bar=False)
    monkeypatch.undo()
    parts = train(config, corpus, tmp_path / "parts", device="cpu", progress_bar=False)
    assert weights(parts) == weights(whole)
    assert numbers(parts) == numbers(whole)


def test_killed_with_sigkill_and_continued_it_ends_bit_identical(corpus, tmp_path):
    settings = [*SMALL, "epochs=6", "checkpoint_steps=2", "validate_epochs=6"]
    command = [sys.executable, "-m", "sv_bridge", "train", "tiny-am", "--corpus", str(corpus.root), "--device", "cpu"]
    command += ["--quiet", "--out", str(tmp_path / "killed"), *(part for s in settings for part in ("--set", s))]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(command, env=environment)
    while process.poll() is None and not list((tmp_path / "killed").glob("checkpoints/epoch-0001-step*")):
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    subprocess.run(command, env=environment, check=True, capture_output=True)
    whole = train(small_config("tiny-am", *settings), corpus, tmp_path / "whole", device="cpu", progress_bar=False)
    assert weights(tmp_path / "killed") == weights(whole)
    assert numbers(tmp_path / "killed") == numbers(whole)
    assert not list((tmp_path / "killed" / "checkpoints").glob(".*"))


def test_a_finished_run_stays_as_it_is(corpus, tmp_path):
    run = train(small_config(), corpus, tmp_path / "run", device="cpu", progress_bar=False)
    before = weights(run), (run / "metrics.jsonl").read_text()
    train(small_config(), corpus, tmp_path / "run", device="cpu", progress_bar=False)
    assert (weights(run), (run / "metrics.jsonl").read_text()) == before


def test_a_run_is_not_continued_with_other_settings_or_another_corpus(corpus, tmp_path):
    run = train(small_config("tiny-am", "epochs=1"), corpus, tmp_path / "run", device="cpu", progress_bar=False)
    with pytest.raises(ConfigError, match=r"started with method\.margin=0\.1, now method\.margin=0\.4"):
        train(small_config("tiny-am", "epochs=1", "margin=0.4"), corpus, run, device="cpu")
    other = write_corpus(tmp_path / "other", utterances=5)
    with pytest.raises(ConfigError, match="started on another corpus"):
        train(small_config("tiny-am", "epochs=1"), other, run, device="cpu")
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter1.tex").touch()
    with pytest.raises(ConfigError, match="not empty and not a run directory"):
        train(small_config(), corpus, tmp_path / "thesis", device="cpu")


@pytest.mark.parametrize("victim", ["loss", "gradient"])
def test_a_loss_or_gradient_that_is_not_finite_stops_with_the_last_good_checkpoint(
    corpus, tmp_path, monkeypatch, victim
):
    step = Trainer.step

    def diverging(self, parts, moment):
        loss, norm = step(self, parts, moment)
        if moment.step < 5:
            return loss, norm
        return (loss * math.nan, norm) if victim == "loss" else (loss, norm * math.inf)

    monkeypatch.setattr(Trainer, "step", diverging)
    with pytest.raises(TrainingError, match=r"in epoch 2, .*; the checkpoint epoch-0001 is from before that\. Try"):
        train(small_config("tiny-am", "checkpoint_steps=2"), corpus, tmp_path / "run", device="cpu", progress_bar=False)
    assert [path.name for path in checkpoints(tmp_path / "run" / "checkpoints")] == ["epoch-0001"]


def test_diverging_before_the_first_checkpoint_says_that_there_is_none(corpus, tmp_path):
    config = small_config("tiny-am", "learning_rate=1e30", "schedule.warmup_epochs=0")
    with pytest.raises(TrainingError, match=r"finite in epoch 1, .*; there is no checkpoint yet\. Try a lower"):
        train(config, corpus, tmp_path / "run", device="cpu", progress_bar=False)


def test_accumulated_parts_average_their_gradients(corpus):
    """Two parts of 4 are two losses of 4, averaged: not one loss of 8, whose negatives would cross the border."""
    waveforms = torch.randn(8, 2, 3200, generator=torch.Generator().manual_seed(0))
    speakers, indices = torch.arange(8), torch.arange(8)
    parts = [batch_of(waveforms[rows], indices[rows], speakers[rows]) for rows in (slice(0, 4), slice(4, 8))]
    trainer = trainer_of(small_config("tiny-snt", "learning_rate=1e-3", "clip_norm=null"))
    trainer.method.eval()  # batch statistics would tie the halves together
    expected = [trainer.method(part, moment()) for part in parts]
    (sum(expected) / 2).backward()
    norm = torch.nn.utils.get_total_norm([p.grad for p in trainer.parameters])
    trainer.optimiser.zero_grad()
    loss, got_norm = trainer.step(parts, moment())
    assert loss.item() == pytest.approx(sum(expected).item() / 2, rel=1e-6)
    assert got_norm.item() == pytest.approx(norm.item(), rel=1e-5)


@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_mixed_precision_trains(corpus, tmp_path, precision):
    run = train(
        small_config("tiny-am", f"precision={precision}"), corpus, tmp_path / "run", device="cpu", progress_bar=False
    )
    assert all(math.isfinite(line["loss"]) for line in read_metrics(run))


def test_last_checkpoints_are_kept_and_averaged(corpus, tmp_path):
    run = train(
        small_config("tiny-am", "keep_checkpoints=2"), corpus, tmp_path / "run", device="cpu", progress_bar=False
    )
    kept = checkpoints(run / "checkpoints")
    assert [path.name for path in kept] == ["epoch-0002", "epoch-0003"]
    one, two = (load_encoder(path).state_dict() for path in kept)
    mean = load_encoder(run, average_last=2).state_dict()
    for name, tensor in mean.items():
        if tensor.is_floating_point():
            assert torch.allclose(tensor, (one[name] + two[name]) / 2)
    with pytest.raises(ValueError, match="has 2 checkpoints, wanted 3; train with a larger keep_checkpoints"):
        load_encoder(run, average_last=3)


def test_margin_and_learning_rate_follow_their_schedules(corpus, tmp_path):
    config = small_config("tiny-am", "margin={start: 0, end: 0.4, over_epochs: 2}", "epochs=3")
    run = train(config, corpus, tmp_path / "run", device="cpu", progress_bar=False)
    assert [line["margin"] for line in read_metrics(run)] == pytest.approx([0.2, 0.4, 0.4])
    rates = [line["learning_rate"] for line in read_metrics(run)]
    assert rates == sorted(rates, reverse=True)


def test_a_learnable_margin_moves_and_stays_non_negative(corpus, tmp_path):
    config = small_config("tiny-am", "margin=0.02", "margin_learnable=true", "epochs=8", "learning_rate=0.01")
    run = train(config, corpus, tmp_path / "run", device="cpu", progress_bar=False)
    margins = [line["margin"] for line in read_metrics(run)]
    assert margins[0] != 0.02
    assert min(margins) >= 0


def test_validation_never_looks_at_training_or_test_speakers(corpus, tmp_path):
    mixed = write_corpus(tmp_path / "mixed")
    text = (mixed.root / "manifest.csv").read_text().replace(",s9,", ",s0,")
    (mixed.root / "manifest.csv").write_text(text)
    with pytest.raises(ValueError, match="1 speakers are in both train and dev, 's0' for one"):
        train(small_config(), read_corpus(mixed.root), tmp_path / "run", device="cpu")


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("accumulate=3", r"must be a multiple of processes × accumulate = 1 × 3"),
        ("min_seconds=0.7", r"no training utterance is as long as `data.min_seconds` = 0\.7"),
        ("batch_size=64", "a batch of 64 needs more utterances than 16: --set batch_size=16, or less"),
        ("batch_size=24 accumulate=12", "a batch of 24 needs more utterances than 16: take more speech"),
    ],
)
def test_batches_that_cannot_be_made_are_explained(corpus, tmp_path, override, message):
    with pytest.raises(ValueError, match=message):
        train(small_config("tiny-am", *override.split()), corpus, tmp_path / "run", device="cpu")
    assert not (tmp_path / "run").exists()
