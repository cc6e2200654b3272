import errno
import pickle
import resource
import signal
from pathlib import Path

import pytest
import torch

from sv_bridge.models.encoders import build_encoder
from sv_bridge.training import checkpoint
from sv_bridge.training.checkpoint import (
    CheckpointError,
    Progress,
    checkpoints,
    load_encoder,
    read_config,
    restore,
    save,
)
from sv_bridge.training.loop import train
from sv_bridge.training.run_directory import describe_environment, open_run
from tests.sv_bridge.training_runs import method_of, small_config, write_corpus


def at(epoch, epoch_step=0):
    return Progress(epoch, epoch_step, 4 * epoch + epoch_step, torch.zeros(2))


@pytest.fixture
def method():
    return method_of(small_config())


def test_what_is_saved_is_restored(method, tmp_path):
    optimiser = torch.optim.Adam(method.encoder.parameters())
    method.encoder(torch.randn(2, 3200)).sum().backward()
    optimiser.step()
    path = save(tmp_path, at(2, 3), method, {"optimiser": optimiser.state_dict()})
    assert path.name == "epoch-0002-step-000003"
    other = method_of(small_config("tiny-am", "seed=1"))
    progress, state = restore(path, other)
    assert (progress.epoch, progress.epoch_step, progress.step) == (2, 3, 11)
    assert all(
        torch.equal(a, b) for a, b in zip(method.state_dict().values(), other.state_dict().values(), strict=True)
    )
    fresh = torch.optim.Adam(other.encoder.parameters())
    fresh.load_state_dict(state["optimiser"])
    moments = [entry["exp_avg"] for entry in optimiser.state.values()]
    assert all(torch.equal(a, b["exp_avg"]) for a, b in zip(moments, fresh.state.values(), strict=True))


def test_names_sort_by_time_and_old_checkpoints_go(method, tmp_path):
    for progress in (at(0, 2), at(1), at(1, 2), at(2), at(3), at(3, 1)):
        save(tmp_path, progress, method, {}, keep=2)
    assert [path.name for path in checkpoints(tmp_path)] == ["epoch-0002", "epoch-0003", "epoch-0003-step-000001"]


def test_a_full_disk_leaves_the_last_checkpoint_and_nothing_half_written(method, tmp_path, monkeypatch):
    save(tmp_path, at(1), method, {})
    before = {path.name for path in tmp_path.rglob("*")}

    def full(self, data):
        with Path(self).open("wb") as file:
            file.write(data[: len(data) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match=r"disk full while writing .*epoch-0002: nothing was changed"):
        save(tmp_path, at(2), method, {})
    assert {path.name for path in tmp_path.rglob("*")} == before


def test_a_write_that_the_system_cuts_off_leaves_nothing_half_written(method, tmp_path):
    """The real thing: the kernel refuses to let any file grow beyond 1 kB."""
    old_limit, old_handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, old_limit[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            save(tmp_path, at(1), method, {})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old_limit)
        signal.signal(signal.SIGXFSZ, old_handler)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (["embedding_dim=7"], r"encoder\.backbone\.output\.1\.weight has shape \(6, 24\) instead of \(7, 24\)"),
        (["encoder={name: fast_resnet34}"], "is a checkpoint of another model: it lacks encoder.backbone"),
        (["projector={hidden_dim: 4, output_dim: 3}"], r"it lacks projector\.0\.weight \(and 3 more\)"),
    ],
)
def test_a_checkpoint_of_another_model_is_refused(method, tmp_path, overrides, message):
    path = save(tmp_path, at(1), method, {})
    if overrides[0].startswith("encoder="):
        from sv_bridge.config import parse_config

        raw = small_config().model_dump() | {"encoder": {"name": "fast_resnet34"}}
        other = method_of(parse_config(raw))
    else:
        other = method_of(small_config("tiny-am", *overrides))
    before = [tensor.clone() for tensor in other.state_dict().values()]
    with pytest.raises(CheckpointError, match=message):
        restore(path, other)
    assert all(torch.equal(a, b) for a, b in zip(before, other.state_dict().values(), strict=True))


@pytest.mark.parametrize("name", ["model.safetensors", "state.pt"])
def test_a_damaged_checkpoint_is_named(method, tmp_path, name):
    path = save(tmp_path, at(1), method, {})
    (path / name).write_bytes((path / name).read_bytes()[:100])
    with pytest.raises(CheckpointError, match=rf"{name} cannot be read"):
        restore(path, method)


class Evil:
    def __reduce__(self):
        return print, ("code from a checkpoint ran",)


def test_code_in_a_checkpoint_does_not_run(method, tmp_path, capsys):
    path = save(tmp_path, at(1), method, {})
    torch.save({"progress": {}, "optimiser": Evil()}, path / "state.pt")
    with pytest.raises(CheckpointError, match=r"state\.pt cannot be read"):
        restore(path, method)
    (path / "model.safetensors").write_bytes(pickle.dumps(Evil()))
    with pytest.raises(CheckpointError, match=r"model\.safetensors cannot be read"):
        restore(path, method)
    assert capsys.readouterr().out == ""


def test_load_encoder_says_what_is_missing(tmp_path):
    with pytest.raises(CheckpointError, match=r"is not a run directory: it has no config\.yaml"):
        load_encoder(tmp_path)
    (tmp_path / "config.yaml").write_text("encoder: {name: tdn}\n")
    with pytest.raises(ValueError, match="input tag 'tdn'"):
        read_config(tmp_path)


def test_load_encoder_asks_for_training_first(tmp_path):
    from sv_bridge.distributed import World

    corpus = write_corpus(tmp_path / "corpus")
    open_run(tmp_path / "run", small_config(), describe_environment(corpus, World(0, 1, torch.device("cpu"))))
    with pytest.raises(CheckpointError, match="has 0 checkpoints, wanted 1: train it first"):
        load_encoder(tmp_path / "run")


def test_load_encoder_gives_the_trained_encoder_in_evaluation_mode(tmp_path):
    run = train(small_config("tiny-am", "epochs=1"), write_corpus(tmp_path / "c"), tmp_path / "r", progress_bar=False)
    encoder = load_encoder(run)
    assert not encoder.training
    x = torch.randn(2, 3200)
    untrained = build_encoder(small_config().encoder, seed=0).eval()
    assert not torch.allclose(encoder(x), untrained(x))
    folder = checkpoint.checkpoints(run / "checkpoints")[0]
    assert torch.equal(load_encoder(folder)(x), encoder(x))
