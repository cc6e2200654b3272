"""Two processes over gloo against one process on the same batch."""

import os
import subprocess
import sys

import pytest
import torch

from sv_bridge.distributed import World
from sv_bridge.training.checkpoint import checkpoints
from sv_bridge.training.run_directory import read_metrics
from tests.sv_bridge.training_runs import batch_of, moment, small_config, trainer_of, write_corpus

WORKER = """
import sys, torch
from sv_bridge.data.manifest import read_corpus
from sv_bridge.distributed import session
from sv_bridge.training.loop import train
from tests.sv_bridge.training.test_distributed import CASES, rows_encoded_as_keys, steps
from tests.sv_bridge.training_runs import small_config
torch.set_num_threads(1)
with session("cpu") as world:
    results = [steps(world, settings) for settings in CASES.values()]
    rows = rows_encoded_as_keys(world)
    if world.is_first:
        torch.save([*results, rows], sys.argv[1])
    for epochs in (1, 2):
        config = small_config("tiny-moco", f"epochs={epochs}", "queue_size=10")
        try:
            train(config, read_corpus(sys.argv[2]), sys.argv[3], device="cpu", progress_bar=False)
        except ValueError as error:
            print(error)
"""

CASES = {
    "NT-Xent": ["tiny-simclr"],
    "learnable margin": ["tiny-am", "margin_learnable=true"],
    "angular margin, projector": ["tiny-aam", "projector={hidden_dim: 9, output_dim: 7}"],
    "two parts, no collisions": ["tiny-snt", "prevent_collisions=true", "accumulate=2"],
    "MoCo, no collisions": ["tiny-moco-am", "queue_size=20", "prevent_collisions=true"],
    "MoCo, both directions": ["tiny-moco", "queue_size=5", "bidirectional=true"],
    "SimCLR, positives of neighbours": ["tiny-snt", "positives={name: neighbours, from_epoch: 1, nearest: 2}"],
    "MoCo, positives of clusters": ["tiny-moco", "positives={name: clusters, from_epoch: 1, clusters: 3}"],
    "MoCo, shares normalised apart": ["tiny-moco", "sync_batch_norm=false"],
}


def steps(world, settings):
    """Losses and gradients of three steps, and running batch statistics after them."""
    config = small_config(*settings, "clip_norm=null", "learning_rate=0.01")
    trainer = trainer_of(config, world=world)
    if not config.training.sync_batch_norm:
        trainer.model.eval()  # batch statistics would differ between processes
    # Adam divides by the gradient's size: where that is rounding alone, two runs would part.
    trainer.optimiser = torch.optim.SGD(trainer.parameters)
    generator = torch.Generator().manual_seed(0)
    losses, gradients = [], []
    trainer.optimiser.register_step_pre_hook(lambda *_: gradients.append([p.grad.clone() for p in trainer.parameters]))
    for step in range(3):
        # tones: of noise, an untrained network's embeddings are so alike that the angular margin's sine cancels digits
        waveforms = torch.sin(3 * torch.rand(8, 2, 1, generator=generator) * torch.arange(3200))
        speakers = torch.tensor([0, 1, 2, 3, 4, 0, 1, 5])
        rows = [part.chunk(world.size)[world.rank] for part in torch.arange(8).chunk(config.training.accumulate)]
        parts = [batch_of(waveforms[mine], mine, speakers[mine]) for mine in rows]
        trainer.method.begin_epoch(moment(10 + step))
        losses.append(trainer.step(parts, moment(10 + step))[0].item())
    queue = getattr(trainer.method, "queue", torch.zeros(0))
    kept = ("running", "positives.counts", "positives.clusters.assignment")
    state = trainer.method.state_dict()
    statistics = {name: value.float() for name, value in state.items() if any(part in name for part in kept)}
    return {"losses": losses, "gradients": gradients, "queue": queue, "statistics": statistics}


def rows_encoded_as_keys(world):
    """Which utterances of a batch of eight the first process encodes as keys, in each of six steps."""
    trainer = trainer_of(small_config("tiny-moco", "queue_size=9"), world=world)
    rows = []
    trainer.method.key_encoder.register_forward_pre_hook(lambda _, inputs: rows.append(inputs[0][:, 0].tolist()))
    mine = torch.arange(8).chunk(world.size)[world.rank]
    named = mine[:, None, None].float() + torch.rand(4, 2, 3200) / 9  # the first sample tells the utterance
    for step in range(6):
        trainer.step([batch_of(named, mine, mine)], moment(step))
    return [[int(first) for first in step] for step in rows]


@pytest.fixture(scope="module")
def two_processes(tmp_path_factory):
    """What the worker leaves: results of the cases, a run directory, what it printed."""
    folder = tmp_path_factory.mktemp("two")
    (folder / "worker.py").write_text(WORKER)
    write_corpus(folder / "corpus")
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    arguments = [folder / "worker.py", folder / "results.pt", folder / "corpus", folder / "run"]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": "."}
    done = subprocess.run([*launcher, *map(str, arguments)], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    *results, rows = torch.load(folder / "results.pt", weights_only=True)
    return dict(zip(CASES, results, strict=True)), folder / "run", done.stdout, rows


@pytest.mark.parametrize("case", CASES)
def test_two_processes_have_the_loss_and_gradients_of_one(case, two_processes):
    two = two_processes[0][case]
    one = steps(World(0, 1, torch.device("cpu")), CASES[case])
    assert two["losses"] == pytest.approx(one["losses"], rel=1e-5)  # float32 sums in another order
    for two_step, one_step in zip(two["gradients"], one["gradients"], strict=True):
        largest = max(gradient.abs().max() for gradient in one_step)
        for ours, theirs in zip(two_step, one_step, strict=True):
            assert torch.allclose(ours, theirs, rtol=1e-4, atol=1e-4 * largest)
    assert torch.allclose(two["queue"], one["queue"], atol=1e-5)
    for name, statistic in one["statistics"].items():
        assert torch.allclose(two["statistics"][name], statistic, atol=1e-5 * statistic.abs().max()), name


def test_keys_are_encoded_by_processes_drawn_by_chance(two_processes):
    """Shuffling batch normalisation: a process's statistics must not tell the keys of its own queries."""
    rows = two_processes[3]
    assert all(len(set(step)) == 4 and set(step) <= set(range(8)) for step in rows)
    assert len({frozenset(step) for step in rows}) >= 4  # of 70 sets, each equally likely
    assert any(set(step) != {0, 1, 2, 3} for step in rows)


def test_two_processes_train_into_one_directory(two_processes):
    _, run, printed, _ = two_processes
    assert "started with training.epochs=1, now training.epochs=2" in printed
    assert [line["epoch"] for line in read_metrics(run)] == [1]
    assert [path.name for path in checkpoints(run / "checkpoints")] == ["epoch-0001"]
