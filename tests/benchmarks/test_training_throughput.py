"""The benchmark of training runs all its parts on a small network, and keeps what another machine has written."""

import json

import pytest
import torch

from benchmarks import training_throughput as throughput
from sv_bridge.presets import load_config
from tests.sv_bridge.training_runs import SMALL, write_corpus

DEVICE = torch.device("cpu")
TOY = throughput.Recipe("toy", "tiny-am", 4, tuple(SMALL), embedded=20)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return write_corpus(tmp_path_factory.mktemp("speech") / "corpus").split("train")


def test_all_parts_are_timed_and_shown_beside_those_of_another_machine(corpus, tmp_path):
    theirs = throughput.facts(DEVICE, processor_time=False) | {
        "device": "a GPU",
        "rows": [{"name": "fast", "left_out": "no"}],
    }
    (tmp_path / "training.json").write_text(json.dumps({"cuda": theirs}))
    record = throughput.run((TOY,), corpus, DEVICE, tmp_path, rounds=1)
    assert json.loads((tmp_path / "training.json").read_text()) == record
    assert record["cuda"] == theirs
    (row,) = record["cpu"]["rows"]
    works = set(row) - {"name", "batch", "workers", "embedded", "rounds"}
    assert works == {
        "encoder", "reading", "reading packed", "playing", "step", "training", "training packed", "forward",
        "one by one", "embedding",
    }  # fmt: skip
    assert all(row[work] > 0 for work in works)
    lines = (tmp_path / "training.md").read_text().splitlines()
    tables = [len(line.split("|")) for line in lines if line.startswith("|")]
    assert tables == [14] * 3 + [7] * 2 + [14] * 3 + [7] * 3  # of the GPU, and of the processors
    assert f"| {4 / min(row['training'], row['training packed']):,.0f} |" in "".join(lines)


def test_what_does_not_fit_into_the_time_is_said(corpus, tmp_path):
    record = throughput.run((TOY, TOY), corpus, DEVICE, tmp_path, limit=0.0)
    assert [row["left_out"] for row in record["cpu"]["rows"]] == ["no time left"] * 2
    assert (tmp_path / "training.md").read_text().count("no time left") == 2


def test_recipes_of_a_gpu_run_as_their_names_say():
    for recipe in throughput.GPU:
        training = load_config(recipe.preset, recipe.settings).training
        assert training.precision == ("float32" if "float32" in recipe.name else "auto")
        assert training.channels_last == ("float32" not in recipe.name)
        assert training.compile == ("compiled" in recipe.name)
