import numpy as np
import pytest
import soundfile
from torch import Tensor, nn
from typer.testing import CliRunner

from sv_bridge.commands.app import app
from sv_bridge.data.manifest import Utterance, read_corpus, write_manifest
from sv_bridge.data.synthetic import SyntheticRecipe, make_synthetic_corpus
from sv_bridge.embeddings import Embeddings

RATE = 16_000


class EndPoints(nn.Module):
    """An encoder whose embedding tells exactly what it was given: first sample, last sample, number of samples."""

    sample_rate_hz = RATE
    embedding_dim = 3

    def forward(self, waveforms: Tensor) -> Tensor:
        length = waveforms.new_full((len(waveforms),), waveforms.shape[1])
        return waveforms.new_tensor(1.0) * nn.functional.pad(waveforms[:, [0, -1]], (0, 1)) + nn.functional.pad(
            length[:, None], (2, 0)
        )


@pytest.fixture
def endpoints():
    return EndPoints()


@pytest.fixture
def ramps(tmp_path):
    """Three utterances of ramps: sample j is (j + 1) / 2**20, exactly; 1 s, 2 s, and 0.25 s."""
    seconds = {"a-1": 1.0, "a-2": 2.0, "b-1": 0.25}
    utterances = []
    for name, duration_s in seconds.items():
        ramp = (np.arange(round(duration_s * RATE)) + 1) / 2**20
        soundfile.write(tmp_path / f"{name}.wav", ramp, RATE, subtype="FLOAT")
        utterances.append(Utterance(name, f"{name}.wav", name[0], source="ramps", language="xx", duration_s=duration_s))
    write_manifest(tmp_path, utterances)
    return read_corpus(tmp_path)


@pytest.fixture
def make_embeddings():
    """A function (vectors, speakers, …) → Embeddings with utterances u0, u1, …"""

    def make(vectors, speakers, **columns):
        n = len(vectors)
        return Embeddings(
            ids=np.array([f"u{i}" for i in range(n)]),
            vectors=np.asarray(vectors, dtype=np.float32),
            speakers=np.array([str(speaker) for speaker in speakers]),
            columns={name: np.array(values, dtype=np.str_) for name, values in columns.items()},
        )

    return make


@pytest.fixture(scope="session")
def speech(tmp_path_factory):
    """A small synthetic corpus: 4 train, 3 dev and 4 test speakers with 2 sessions of 2 utterances of a second."""
    recipe = SyntheticRecipe(
        train_speakers=4, dev_speakers=3, test_speakers=4, sessions=2, utterances=2, seconds=(1.0, 1.2), channels=3
    )
    return make_synthetic_corpus(tmp_path_factory.mktemp("speech"), recipe, jobs=1)


@pytest.fixture
def sv_bridge(monkeypatch):
    """A function that runs `sv-bridge` with these arguments: its output on wide lines; `.stdout`: without errors."""
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments):
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result

    def call(*arguments):
        return run(*arguments).output

    call.stdout = lambda *arguments: run(*arguments).stdout
    return call
