"""The walk through docs/voxceleb.md, command by command, on a miniature of VoxCeleb."""

import json
import re
import shlex
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile

from sv_bridge.data.manifest import read_corpus
from sv_bridge.data.trials import generate_trials, write_trials
from sv_bridge.presets import load_config

PAGE = (Path(__file__).parents[2] / "docs" / "voxceleb.md").read_text()
COMMANDS = [
    shlex.split(line)
    for line in re.findall(r"sv-bridge (?:prepare|train|evaluate|embed|compactness|compare) [^`\n]+", PAGE)
]
ROWS = [command for command in COMMANDS if command[1] == "train"]
SHRUNK = [
    "epochs=1", "batch_size=4", "crop_seconds=0.5", "encoder.base_channels=8", "encoder.embedding_dim=16", "workers=0",
]  # fmt: skip


def settings(command):
    return [value for option, value in pairwise(command) if option == "--set"]


@pytest.mark.parametrize("command", ROWS, ids=lambda command: command[command.index("--out") + 1])
def test_each_row_is_a_valid_recipe(command):
    config = load_config(command[2], settings(command))
    wanted = dict(setting.split("=") for setting in settings(command)).get("margin")
    assert wanted is None or config.loss.margin == float(wanted)
    assert str(config.source).startswith({"i": "Interspeech 2023", "o": "Odyssey 2024"}[command[2][0]])


def test_rows_write_to_different_folders():
    folders = [command[command.index("--out") + 1] for command in ROWS]
    assert len(set(folders)) == len(folders) == 26


@pytest.fixture(scope="module")
def voxceleb(tmp_path_factory):
    """VoxCeleb1's test and some dev speakers, and some of VoxCeleb2, in the folders that the archives unpack to."""
    root = tmp_path_factory.mktemp("voxceleb")
    rng = np.random.default_rng(0)
    folders = {
        "VOXCELEB1/vox1_dev_wav/wav": ["id10001", "id10002", "id10003", "id11251"],
        "VOXCELEB1/vox1_test_wav/wav": ["id10270", "id10309"],
        "VOXCELEB2/dev/aac": ["id00012", "id00015", "id00016", "id09272"],
    }
    for folder, speakers in folders.items():
        for pitch, speaker in enumerate(speakers, start=100):
            for video in ("1zcIwhmdeo4", "5r0dWxy17C8"):
                path = root / folder / speaker / video / "00001.wav"
                path.parent.mkdir(parents=True)
                tone = np.sin(2 * np.pi * pitch * np.arange(20_000) / 16_000)
                soundfile.write(path, 0.3 * tone + 0.1 * rng.normal(size=20_000), 16_000)
    return root


@pytest.fixture(scope="module")
def corpora(voxceleb, tmp_path_factory):
    from typer.testing import CliRunner

    from sv_bridge.cli import app

    folder = tmp_path_factory.mktemp("corpora")
    for command in [command for command in COMMANDS if command[1] == "prepare"]:
        source, out = voxceleb / command[3], folder / Path(command[command.index("--out") + 1]).name
        arguments = [*command[1:3], str(source), "--out", str(out), *command[6:]]
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 0, result.output
    test = read_corpus(folder / "vox1").split("test")
    write_trials(folder / "veri_test2.txt", generate_trials(test))
    return folder


def test_official_test_speakers_are_kept_apart(corpora):
    vox1, vox2 = read_corpus(corpora / "vox1"), read_corpus(corpora / "vox2")
    assert vox1.split("test").speakers == ("id10270", "id10309")
    assert vox1.split("train").speakers == ("id10001", "id10002", "id10003", "id11251")
    assert vox2.splits == ("train",)
    assert "id10270/5r0dWxy17C8/00001.wav" in vox1.positions


@pytest.mark.parametrize("year", ["2023", "2024"])
def test_a_row_trains_and_is_evaluated_and_measured(year, corpora, tmp_path, sv_bridge):
    """Shrunk to seconds; what is scored on such tones means nothing, but every command and file does its part."""
    evaluation = next(c for c in COMMANDS if c[1] == "evaluate" and c[2].startswith(f"runs/{year}"))
    row = next(c for c in ROWS if c[c.index("--out") + 1] == evaluation[2])

    def placed(command):
        local = {"corpora/": corpora, "runs/": tmp_path / "runs", "results/": tmp_path, "embeddings/": tmp_path}
        for argument in command[1:]:
            prefix = next((p for p in local if argument.startswith(p)), None)
            yield str(local[prefix] / argument.removeprefix(prefix)) if prefix else argument

    shrunk = [part for setting in SHRUNK for part in ("--set", setting)]
    sv_bridge(*placed(row), *shrunk, "--device", "cpu", "--quiet")
    trials = [str(corpora / "veri_test2.txt") if a == "veri_test2.txt" else a for a in placed(evaluation)]
    sv_bridge(*trials, "--device", "cpu")
    results = json.loads((tmp_path / Path(evaluation[-1]).name / "results.json").read_text())["results"]
    assert results[0]["targets"] == 2
    assert 0 <= results[0]["equal_error_rate"] <= 1
    if year == "2024":
        for command in (c for c in COMMANDS if c[1] == "embed"):
            sv_bridge(*placed(command), "--device", "cpu")
        assert (tmp_path / "2024-am-0.1.npz").is_file()
