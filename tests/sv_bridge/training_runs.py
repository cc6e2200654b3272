"""A corpus of artificial voices and a network small enough to train in a second."""

import numpy as np
import soundfile
import torch

from sv_bridge.data.batch import Batch
from sv_bridge.data.manifest import Utterance, read_corpus, write_manifest
from sv_bridge.distributed import World
from sv_bridge.methods.method import TrainingSet, build_method
from sv_bridge.methods.schedules import Moment
from sv_bridge.presets import load_config
from sv_bridge.training.trainer import Trainer

ALONE = World(0, 1, torch.device("cpu"))
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


def method_of(config):
    """Method of a configuration with fresh weights, for 16 utterances."""
    return build_method(config.method, config.encoder, TrainingSet(16, 16), seed=config.seed)


def trainer_of(config, *, world=ALONE, size=16):
    """Trainer for a corpus of `size` utterances, each by somebody else."""
    return Trainer(config, world, TrainingSet(size, size))


def moment(step=10, config=None):
    """A step of runs of ten steps an epoch; by default the first after an epoch."""
    return Moment(step, steps_per_epoch=10, epochs=3 if config is None else config.training.epochs)
