import numpy as np
import pytest
import soundfile

from sv_bridge.data.manifest import Utterance, read_corpus, write_manifest

RATE = 16_000


@pytest.fixture
def write_corpus(tmp_path):
    """A function {utterance id: seconds} → corpus of ramps: sample j of utterance i is (j + 1) / 2**20, exactly."""

    def write(seconds, folder=tmp_path / "corpus"):
        folder.mkdir(parents=True, exist_ok=True)
        utterances = []
        for name, duration_s in seconds.items():
            ramp = (np.arange(round(duration_s * RATE)) + 1) / 2**20
            soundfile.write(folder / f"{name}.wav", ramp, RATE, subtype="FLOAT")
            speaker = name.partition("-")[0]
            utterances.append(
                Utterance(name, f"{name}.wav", speaker, duration_s=duration_s, sample_rate_hz=RATE, source="ramps")
            )
        write_manifest(folder, utterances)
        return read_corpus(folder)

    return write
