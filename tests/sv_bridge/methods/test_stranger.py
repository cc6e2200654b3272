"""A method is one file and one preset, an encoder one file: nothing else of the package is touched."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import sv_bridge
from sv_bridge.training.checkpoint import checkpoints
from sv_bridge.training.run_directory import read_metrics
from tests.sv_bridge.training_runs import write_corpus

PACKAGE, STRANGER = Path(sv_bridge.__file__).parent, Path(__file__).parent / "stranger"
ADDED = {"dino.py": "methods", "dino.yaml": "presets", "gru.py": "models/encoders"}
STOP = """
import sys
from sv_bridge.commands.app import main
from sv_bridge.training.trainer import Trainer
step = Trainer.step
def dying(self, parts, moment):
    if moment.step == 7:
        sys.exit(7)
    return step(self, parts, moment)
Trainer.step = dying
main()
"""


@pytest.fixture(scope="module")
def command(tmp_path_factory):
    """A function that runs `sv-bridge` of a copy of the package with the three files in it."""
    folder = tmp_path_factory.mktemp("package")
    shutil.copytree(PACKAGE, folder / "sv_bridge", ignore=shutil.ignore_patterns("__pycache__"))
    for name, room in ADDED.items():
        shutil.copy(STRANGER / name, folder / "sv_bridge" / room)
    environment = os.environ | {"PYTHONPATH": str(folder), "OMP_NUM_THREADS": "1"}

    def run(*words, start=("-m", "sv_bridge")):
        done = [sys.executable, *start, *map(str, words)]
        return subprocess.run(done, env=environment, cwd=folder, capture_output=True, text=True)

    return run


def test_a_method_and_an_encoder_are_found_by_their_file_and_train_and_resume(command, tmp_path):
    corpus = write_corpus(tmp_path / "corpus")
    options = ["--corpus", corpus.root, "--device", "cpu", "--quiet", "--set", "checkpoint_steps=3"]
    done = command("train", "dino", "--out", tmp_path / "whole", *options)
    assert done.returncode == 0, done.stderr
    assert command("train", "dino", "--out", tmp_path / "parts", *options, start=("-c", STOP)).returncode == 7
    again = command("train", "dino", "--out", tmp_path / "parts", *options)
    assert again.returncode == 0, again.stderr
    whole, parts = ((checkpoints(tmp_path / name / "checkpoints")[-1]) for name in ("whole", "parts"))
    assert (whole / "model.safetensors").read_bytes() == (parts / "model.safetensors").read_bytes()
    lines = read_metrics(tmp_path / "whole")
    assert [line["momentum"] for line in lines] == pytest.approx([0.9925, 0.9975, 1.0])  # cosine from .99 to 1
    assert all("margin" not in line and line["loss"] > 0 for line in lines)
    embedded = command("embed", tmp_path / "whole", "--corpus", corpus.root, "--out", tmp_path / "e.npz")
    assert embedded.returncode == 0, embedded.stderr


def test_its_settings_are_checked_like_ours(command, tmp_path):
    done = command("train", "dino", "--corpus", tmp_path, "--set", "margin=0.1")
    assert done.returncode == 2
    assert "unknown key `method.margin`: dino has no such setting; it has prototypes, local_views," in done.stderr
