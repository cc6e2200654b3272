"""Two processes embed and measure what one does, each its share."""

import json
import os
import subprocess
import sys

import numpy as np

from sv_bridge.embeddings import Embeddings


def torchrun(*arguments):
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    command = [*launcher, "-m", "sv_bridge", *map(str, arguments)]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": ".", "COLUMNS": "200"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_two_processes_embed_and_measure_what_one_does(tmp_path, speech, sv_bridge):
    chosen = ("--corpus", speech.root, "--split", "test", "--batch-size", 1, "--device", "cpu", "--out")
    said = torchrun("embed", "log-mel", *chosen, tmp_path / "two.npz")
    assert said.count("embeddings of 40 dimensions") == 1
    sv_bridge("embed", "log-mel", *chosen, tmp_path / "one.npz")
    one, two = (Embeddings.load(tmp_path / f"{name}.npz") for name in ("one", "two"))
    np.testing.assert_array_equal(one.ids, two.ids)
    np.testing.assert_allclose(one.vectors, two.vectors, rtol=1e-5, atol=1e-5)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.npz", "two.npz"]

    torchrun("evaluate", "log-mel", *chosen, tmp_path / "two")
    sv_bridge("evaluate", "log-mel", *chosen, tmp_path / "one")
    scores = [np.loadtxt(tmp_path / name / "scores.txt", usecols=3) for name in ("one", "two")]
    np.testing.assert_allclose(*scores, atol=1e-6)

    torchrun("compactness", tmp_path / "one.npz", "--json", tmp_path / "two.json")
    sv_bridge("compactness", tmp_path / "one.npz", "--json", tmp_path / "one.json")
    assert json.loads((tmp_path / "one.json").read_text()) == json.loads((tmp_path / "two.json").read_text())
