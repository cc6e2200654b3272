"""Speaker encoders: waveform in, embedding out. One file an encoder."""

from sv_bridge.models.encoders.encoder import EncoderConfig, SpeakerEncoder, build_encoder

__all__ = ["EncoderConfig", "SpeakerEncoder", "build_encoder"]
