"""What a trained model has to beat: spectra that tell the channel more than the voice."""

from dataclasses import replace

import numpy as np
from torch import Tensor, nn

from sv_bridge.embeddings import Embeddings
from sv_bridge.models.features import FeatureConfig, LogMel
from sv_bridge.models.masking import frame_mask, masked_mean

__all__ = ["MeanLogMel", "whiten"]


class MeanLogMel(nn.Module):
    """Waveforms (batch, samples) → (batch, mels) log-mel energies averaged over time.

    Nothing is learned: this is the long-term spectrum, which a microphone or codec shapes at least as much as a
    speaker does. Where a model isn't clearly better, recordings can be told apart without knowing voices.

    Attributes
    ----------
    embedding_dim : number of mel bands.
    sample_rate_hz : rate that the waveforms must have.
    padded : utterances of different lengths may share a batch.
    """

    def __init__(self, mels: int = 40) -> None:
        super().__init__()
        self.features = LogMel(FeatureConfig(mels=mels, normalise="none"))
        self.embedding_dim = mels
        self.sample_rate_hz = 16_000
        self.padded = True

    def forward(self, waveforms: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Mean log-mel energies, of utterances of one length or of the `lengths` (batch,) in samples."""
        features = self.features(waveforms, lengths)
        mask = None if lengths is None else frame_mask(self.features.frames(lengths), features.shape[2])
        return masked_mean(features, mask)


def whiten(embeddings: Embeddings, reference: Embeddings) -> Embeddings:
    """Rotate and scale so that `reference` gets mean 0 and, in each direction in which it varies, variance 1.

    (x − μ) W with W W′ = Σ⁻¹, where μ and Σ are the mean and covariance of the reference; directions with less than
    1e-6 of the largest variance are left out. No label is used.

    Raises
    ------
    ValueError
        The dimensions differ.
    """
    if embeddings.dim != reference.dim:
        raise ValueError(f"embeddings have {embeddings.dim} dimensions, the reference {reference.dim}")
    known = reference.vectors.reshape(-1, reference.dim).astype(np.float64)
    mean = known.mean(axis=0)
    variances, directions = np.linalg.eigh(np.cov(known - mean, rowvar=False).reshape(reference.dim, reference.dim))
    kept = variances > 1e-6 * variances[-1]
    matrix = directions[:, kept] / np.sqrt(variances[kept])  # (dim, kept)
    return replace(embeddings, vectors=((embeddings.vectors - mean) @ matrix).astype(np.float32))
