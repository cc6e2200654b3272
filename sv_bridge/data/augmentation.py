"""Make crops sound as if recorded elsewhere: noise, rooms, microphones and telephone lines.

The recipe of the papers: one kind of noise (music 5–15 dB, speech 13–20 dB or noise 0–15 dB below the voice), then one
room, always. Noise comes from MUSAN and rooms from a folder of impulse responses where they are given. Else noise is
babble mixed of the corpus itself or coloured noise, and rooms are simulated: nothing needs a download.

Each augmentation has two halves. `draw` decides for one crop, where it is read, and reads the noise; all chance comes
from its generator. Calling computes for all crops of a batch at once, on the device they lie on: a sum, one pair of
Fourier transforms, a quantisation.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from sv_bridge.data.audio import SAMPLE_RATE_HZ
from sv_bridge.data.manifest import Corpus, Utterance
from sv_bridge.data.noises import NoiseFiles, NoiseSource, babble, coloured_noise
from sv_bridge.data.responses import Bank, ResponseFiles, equalisers, simulated_rooms

__all__ = ["AUGMENTATIONS", "AddNoise", "Augmentation", "Chain", "Drawn", "Filter", "MuLaw", "make_augmentation"]

AUGMENTATIONS = ("none", "default", "channel")
MUSIC_DB, SPEECH_DB, NOISE_DB = (5.0, 15.0), (13.0, 20.0), (0.0, 15.0)

Drawn = dict[str, Any]
"""What an augmentation draws for a crop: numbers and arrays by name. Those of a batch are stacked to tensors."""


class Augmentation:
    """Waveforms → waveforms of the same shape."""

    def draw(self, frames: int, rng: np.random.Generator, utterance: Utterance) -> Drawn:
        """Decide what happens to a crop of `utterance` with `frames` samples."""
        raise NotImplementedError

    def __call__(self, waveforms: Tensor, drawn: Mapping[str, Tensor]) -> Tensor:
        """Augment (n, frames) crops by what was drawn for them: tensors on the CPU with n rows each."""
        raise NotImplementedError

    def to(self, device: torch.device) -> "Augmentation":
        """The same with what it holds on a device."""
        return self


class Chain(Augmentation):
    """One augmentation after the other, in a share of the crops.

    `draw` returns None for a crop that stays as it is; the batch leaves it out.
    """

    def __init__(self, *steps: Augmentation, probability: float = 1.0) -> None:
        self.steps = steps
        self.probability = probability

    def draw_for_some(self, frames: int, rng: np.random.Generator, utterance: Utterance) -> Drawn | None:
        """Decide whether a crop is augmented, and how."""
        if self.probability < 1 and rng.random() >= self.probability:
            return None
        return self.draw(frames, rng, utterance)

    def draw(self, frames: int, rng: np.random.Generator, utterance: Utterance) -> Drawn:
        """Draw for every step."""
        drawn: Drawn = {}
        for number, step in enumerate(self.steps):
            drawn |= {f"{number}.{name}": value for name, value in step.draw(frames, rng, utterance).items()}
        return drawn

    def __call__(self, waveforms: Tensor, drawn: Mapping[str, Tensor]) -> Tensor:
        """Augment crops."""
        for number, step in enumerate(self.steps):
            prefix = f"{number}."
            own = {name.removeprefix(prefix): value for name, value in drawn.items() if name.startswith(prefix)}
            waveforms = step(waveforms, own)
        return waveforms

    def to(self, device: torch.device) -> "Chain":
        """The same with what its steps hold on a device."""
        return Chain(*(step.to(device) for step in self.steps), probability=self.probability)


class AddNoise(Augmentation):
    """Add noise of one of several kinds, each with its range of signal-to-noise ratios in dB, equally often.

    Noise n is added to voice x as x + n · √(Σx² / Σn²) · 10^(−dB / 20); silence in either stays as it is.
    """

    def __init__(self, kinds: Sequence[tuple[NoiseSource, tuple[float, float]]]) -> None:
        self.kinds = tuple(kinds)

    def draw(self, frames: int, rng: np.random.Generator, utterance: Utterance) -> Drawn:
        """Draw the kind, a piece of noise, and the ratio."""
        source, (low_db, high_db) = self.kinds[int(rng.integers(len(self.kinds)))]
        return {"noise": source.draw(frames, rng, utterance), "ratio_db": np.float32(rng.uniform(low_db, high_db))}

    def __call__(self, waveforms: Tensor, drawn: Mapping[str, Tensor]) -> Tensor:
        """Augment crops."""
        noise = drawn["noise"].to(waveforms.device, non_blocking=True)
        ratio_db = drawn["ratio_db"].to(waveforms.device, non_blocking=True)[:, None]
        loudness = torch.linalg.vector_norm(waveforms, dim=1, keepdim=True)
        noisiness = torch.linalg.vector_norm(noise, dim=1, keepdim=True)
        gain = torch.where(noisiness > 0, loudness / noisiness, 0) * 10 ** (-ratio_db / 20)
        return torch.addcmul(waveforms, gain, noise)


class Filter(Augmentation):
    """Filter with one response of each bank, drawn independently; crops keep their length and their level.

    The convolution is circular: what rings on after the end of the crop is heard at its beginning, as if the speaker
    had talked before. (So the transforms are no longer than the crop.) Responses are cut to the crop's length.
    """

    def __init__(self, *banks: Bank) -> None:
        self.banks = banks

    def draw(self, frames: int, rng: np.random.Generator, utterance: Utterance) -> Drawn:
        """Draw a response of each bank."""
        return {f"response{number}": bank.draw(rng) for number, bank in enumerate(self.banks)}

    def __call__(self, waveforms: Tensor, drawn: Mapping[str, Tensor]) -> Tensor:
        """Augment crops."""
        frames = waveforms.shape[1]
        spectra = torch.fft.rfft(waveforms)
        for number, bank in enumerate(self.banks):
            spectra *= bank.spectra(drawn[f"response{number}"].to(waveforms.device, non_blocking=True), frames)
        filtered = torch.fft.irfft(spectra, frames)
        before, after = (torch.linalg.vector_norm(each, dim=1, keepdim=True) for each in (waveforms, filtered))
        return filtered * torch.where(after > 0, before / after, 1)

    def to(self, device: torch.device) -> "Filter":
        """The same with its responses on a device."""
        return Filter(*(bank.to(device) for bank in self.banks))


class MuLaw(Augmentation):
    """The 8-bit µ-law companding of digital telephony (ITU-T G.711's curve), in a share of the crops.

    x / peak → round(127 · sign(x) · ln(1 + 255 |x|) / ln 256) / 127, and back.
    """

    def __init__(self, probability: float = 1.0) -> None:
        self.probability = probability

    def draw(self, frames: int, rng: np.random.Generator, utterance: Utterance) -> Drawn:
        """Draw whether this crop went over the telephone."""
        return {"companded": np.bool_(rng.random() < self.probability)}

    def __call__(self, waveforms: Tensor, drawn: Mapping[str, Tensor]) -> Tensor:
        """Augment crops."""
        rows = drawn["companded"].nonzero()[:, 0].to(waveforms.device, non_blocking=True)
        if not len(rows):
            return waveforms
        chosen = waveforms[rows]
        peak = chosen.abs().amax(dim=1, keepdim=True).clamp(min=1e-30)
        levels = (127 / np.log(256) * (chosen.abs() * (255 / peak)).log1p_()).round_()
        return waveforms.index_copy(0, rows, (levels * (np.log(256) / 127)).expm1_().mul_(peak / 255).copysign_(chosen))


def make_augmentation(
    name: str,
    corpus: Corpus,
    *,
    probability: float = 1.0,
    musan: Path | str | None = None,
    rirs: Path | str | None = None,
    sample_rate_hz: int = SAMPLE_RATE_HZ,
    seed: int = 0,
) -> Chain | None:
    """Build an augmentation by its name.

    Parameters
    ----------
    name : "none"; "default", one noise and one room, always; "channel", the same with a random microphone or line
        (equaliser and bandwidth) in every view, and telephone companding in a quarter of them.
    corpus : training utterances, of which babble is mixed when there is no MUSAN.
    probability : share of the views that are augmented; the others stay as they were recorded.
    musan : folder of the MUSAN corpus, with its folders `music`, `speech` and `noise`.
    rirs : folder of room impulse responses, searched through for audio files.
    sample_rate_hz : rate of the crops.
    seed : the prepared noises and rooms depend on it.
    """
    if name not in AUGMENTATIONS:
        raise ValueError(f"unknown augmentation {name!r}: choose one of {', '.join(AUGMENTATIONS)}")
    if name == "none" or not probability:
        return None
    noises: list[tuple[NoiseSource, tuple[float, float]]]
    if musan is None:
        noises = [
            (babble(corpus, sample_rate_hz=sample_rate_hz, seed=seed), SPEECH_DB),
            (coloured_noise(sample_rate_hz=sample_rate_hz, seed=seed), NOISE_DB),
        ]
    else:
        noises = [
            (NoiseFiles(Path(musan) / "music", sample_rate_hz=sample_rate_hz), MUSIC_DB),
            (NoiseFiles(Path(musan) / "speech", voices=(3, 7), sample_rate_hz=sample_rate_hz), SPEECH_DB),
            (NoiseFiles(Path(musan) / "noise", sample_rate_hz=sample_rate_hz), NOISE_DB),
        ]
    rooms: Bank = (
        simulated_rooms(sample_rate_hz=sample_rate_hz, seed=seed)
        if rirs is None
        else ResponseFiles(Path(rirs), sample_rate_hz=sample_rate_hz)
    )
    if name == "default":
        return Chain(AddNoise(noises), Filter(rooms), probability=probability)
    lines = equalisers(sample_rate_hz=sample_rate_hz, seed=seed)
    return Chain(AddNoise(noises), Filter(rooms, lines), MuLaw(0.25), probability=probability)
