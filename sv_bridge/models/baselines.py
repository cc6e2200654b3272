"""What a trained model has to beat: spectra that tell the channel more than the voice."""

from torch import Tensor, nn

from sv_bridge.models.features import FeatureConfig, LogMel
from sv_bridge.models.masking import frame_mask, masked_mean

__all__ = ["MeanLogMel"]


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
