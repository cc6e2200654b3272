"""A corpus of artificial voices and a network small enough to train in a second."""

import numpy as np
import soundfile

from sv_bridge.data.batch import Batch
from sv_bridge.data.manifest import Utterance, read_corpus, write_manifest
from sv_bridge.presets import load_config

RATE = 16_000

SMALL = [
    "channels=8",
    "frame_dim=12",
    "embedding_dim=6",
    "mels=20",
    "crop_seconds=0.2",
    "augmentation=none",
    "workers=0",
    "batch_size=4",
    "epochs=3",
    "warmup_epochs=0.5",
]


def small_config(preset="tiny-am", *overrides):
    return load_config(preset, [*SMALL, *overrides])


def write_corpus(folder, *, speakers=8, utterances=2, dev_speakers=3):
    """Each speaker is a tone at a pitch of his own; it comes and goes, lest instance norm take it away."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    t = np.arange(int(0.6 * RATE)) / RATE
    rows = []
    for speaker in range(speakers + dev_speakers):
        for number in range(utterances):
            loudness = np.clip(np.sin(2 * np.pi * (12 * t + rng.random())), 0, None)
            tone = np.sin(2 * np.pi * 300 * 1.3**speaker * t)
            soundfile.write(
                folder / f"{speaker}-{number}.wav", 0.3 * loudness * tone + 0.01 * rng.normal(size=len(t)), RATE
            )
            name, split = f"{speaker}-{number}", "train" if speaker < speakers else "dev"
            rows.append(Utterance(name, f"{name}.wav", f"s{speaker}", split=split, duration_s=0.6))
    write_manifest(folder, rows)
    return read_corpus(folder)


def batch_of(waveforms, utterances, speakers):
    """Batch of waveforms (batch, views, samples)."""
    return Batch(waveforms.unbind(1), utterances, speakers)
