"""The walk through docs/voxceleb.md on miniature folders with VoxCeleb's exact layout and list format."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from sv_bridge.commands.app import app
from sv_bridge.data.audio import write_audio
from sv_bridge.data.randomness import generator
from sv_bridge.data.voices import random_voice, speak
from sv_bridge.presets import load_config

RATE = 16_000
DOCS = Path(__file__).parents[3] / "docs" / "voxceleb.md"


def utterance(path, seed, seconds=1.6):
    speaker = path.parts[-3]
    write_audio(path, speak(random_voice(generator(speaker)), round(seconds * RATE), generator(seed)))


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """VoxCeleb1 (test speakers), VoxCeleb2 (8 speakers), MUSAN, room responses and the trial list."""
    root = tmp_path_factory.mktemp("data")
    seed = 0
    for speaker in ("id10270", "id10271", "id10272"):
        for video in ("5r0dWxy17C8", "x6uYqmx31kE"):
            utterance(root / "voxceleb1" / "wav" / speaker / video / "00001.wav", seed := seed + 1)
    for number in range(12, 20):
        for k in (1, 2):
            path = root / "voxceleb2" / "dev" / "wav" / f"id000{number}" / "21Uxsk56VDQ" / f"0000{k}.wav"
            utterance(path, seed := seed + 1)
    for kind in ("music/fma", "speech/librivox", "noise/free-sound"):
        write_audio(root / "musan" / kind / "0001.wav", generator(kind).standard_normal(RATE) / 10)
    response = generator("room").standard_normal(800) * 0.99 ** np.arange(800)
    write_audio(root / "rirs" / "smallroom" / "Room001" / "Room001-00001.wav", response / 10)
    (root / "veri_test2.txt").write_text(
        "1 id10270/5r0dWxy17C8/00001.wav id10270/x6uYqmx31kE/00001.wav\n"
        "0 id10270/5r0dWxy17C8/00001.wav id10271/x6uYqmx31kE/00001.wav\n"
        "1 id10271/5r0dWxy17C8/00001.wav id10271/x6uYqmx31kE/00001.wav\n"
        "0 id10272/5r0dWxy17C8/00001.wav id10271/x6uYqmx31kE/00001.wav\n"
    )
    return root


def sv_bridge(*words):
    result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output


@pytest.fixture(scope="module")
def corpora(data):
    for name in ("1", "2"):
        sv_bridge("prepare", "voxceleb", data / f"voxceleb{name}", "--out", data / f"vox{name}")
    return data


@pytest.mark.parametrize(
    ("preset", "scoring"),
    [
        ("interspeech2023-am", ["--crops", "6", "--crop-seconds", "2"]),
        ("odyssey2024-moco-am", ["--crops", "10", "--crop-seconds", "3.5", "--crop-scoring", "score"]),
    ],
)
def test_a_row_of_the_table_from_folders_to_figures(corpora, tmp_path, preset, scoring):
    settings = ["epochs=1", "batch_size=4", "crop_seconds=0.7", "base_channels=8", "workers=0"]
    settings += [f"musan={corpora / 'musan'}", f"rirs={corpora / 'rirs'}"]
    if "moco" in preset:
        settings.append("queue_size=8")
    options = [word for setting in settings for word in ("--set", setting)]
    sv_bridge("train", preset, "--corpus", corpora / "vox2", "--out", tmp_path / "run", "--device", "cpu", *options)
    lists = ["--corpus", corpora / "vox1", "--trials", corpora / "veri_test2.txt"]
    sv_bridge("evaluate", tmp_path / "run", *lists, *scoring, "--out", tmp_path / "results", "--device", "cpu")
    assert len((tmp_path / "results" / "scores.txt").read_text().splitlines()) == 4
    (result, *_) = json.loads((tmp_path / "results" / "results.json").read_text())["results"]
    assert (result["condition"], result["targets"], result["nontargets"]) == ("all trials", 2, 2)
    assert 0 <= result["equal_error_rate"] <= 1


def test_every_row_of_the_walk_through_is_a_valid_configuration():
    commands = re.findall(r"\| `((?:interspeech|odyssey)[^`]*)` \|", DOCS.read_text())
    assert len(commands) == 16
    for command in commands:
        preset, *options = command.split()
        load_config(preset, [option for option in options if option != "--set"])


def test_every_row_beyond_the_two_papers_is_a_valid_configuration():
    text = DOCS.read_text()
    encoder = re.search(r'ECAPA="(.*)"', text)[1]
    positives = re.findall(r'--set "(positives=[^"]*)"` \|', text)
    assert len(positives) == 3
    first = load_config("odyssey2024-simclr", [encoder, "epochs=120"])
    for setting in positives:
        for preset in ("odyssey2024-simclr", "odyssey2024-moco"):
            assert load_config(preset, [encoder, setting]).method.positives is not None
    gate = re.search(r"--rounds 5 --set (gate=\d+) --set (gate_from_epoch=\d+)", text).groups()
    found = load_config("odyssey2024-simclr", [encoder, re.search(r'--set "(method=[^"]*)"', text)[1], *gate])
    assert found.encoder == first.encoder  # or self-label could not start from it
    assert found.method.gate > 0
