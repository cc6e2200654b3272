"""Speaker encoders: waveform in, embedding out. One file an encoder."""

from sv_bridge.models.encoders.encoder import EncoderConfig, Normalisation, SpeakerEncoder, build_encoder

__all__ = ["EncoderConfig", "Normalisation", "SpeakerEncoder", "build_encoder"]
