"""Pretrained models of others as systems, each from a package of its own: `--peer X=benchmarks.peers:Resemblyzer`."""

import numpy as np
import torch
from torch import Tensor, nn

__all__ = ["Resemblyzer"]


class Resemblyzer(nn.Module):
    """Waveforms (batch, samples) → (batch, 256) embeddings of resemblyzer's encoder, as its README makes them.

    An LSTM trained with the generalised end-to-end loss (Wan et al. 2018) on LibriSpeech, VoxCeleb1 and VoxCeleb2: some
    8,000 named speakers. `pip install resemblyzer`.
    """

    sample_rate_hz = 16_000

    def __init__(self) -> None:
        super().__init__()
        from resemblyzer import VoiceEncoder

        self.encoder = VoiceEncoder("cpu", verbose=False)

    def forward(self, waveforms: Tensor) -> Tensor:
        """Silence cut out, level raised, the mean of windows of 1.6 s."""
        from resemblyzer import preprocess_wav

        found = [self.encoder.embed_utterance(preprocess_wav(each)) for each in waveforms.cpu().numpy()]
        return torch.from_numpy(np.stack(found)).to(waveforms.device)
