"""An utterance in a padded batch gets the embedding that it gets alone."""

import pytest
import torch
from torch import nn
from torch.nn.functional import cosine_similarity, pad

from sv_bridge.models.baselines import MeanLogMel
from sv_bridge.models.encoders import build_encoder
from sv_bridge.models.encoders.ecapa import EcapaConfig
from sv_bridge.models.encoders.resnet import ResNetConfig
from sv_bridge.models.encoders.tdnn import TdnnConfig
from sv_bridge.models.features import FeatureConfig, LogMel

LENGTHS = (8_000, 8_001, 8_159, 11_000, 16_000)
ENCODERS = {
    "tdnn": TdnnConfig(name="tdnn", channels=16, frame_dim=32),
    "tdnn, attentive": TdnnConfig(name="tdnn", channels=16, frame_dim=32, pooling="attentive_statistics"),
    "tdnn, self-attentive": TdnnConfig(name="tdnn", channels=16, frame_dim=32, pooling="self_attentive"),
    "thin": ResNetConfig(name="thin_resnet34", base_channels=8),
    "fast": ResNetConfig(name="fast_resnet34", base_channels=8),
    "ecapa": EcapaConfig(name="ecapa_tdnn", channels=16),
}


def utterances(*, beyond):
    generator = torch.Generator().manual_seed(0)
    alone = [torch.randn(1, length, generator=generator) * 0.1 + 0.05 for length in LENGTHS]
    batch = torch.cat([pad(x, (0, max(LENGTHS) - x.shape[1]), value=beyond) for x in alone])
    return alone, batch, torch.tensor(LENGTHS)


def lived_in(encoder):
    """Batch normalisations that shift and scale, as after training: zeros in do not give zeros out."""
    torch.manual_seed(0)
    for module in encoder.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            nn.init.normal_(module.running_mean, std=0.5)
            nn.init.uniform_(module.running_var, 0.5, 2)
            nn.init.normal_(module.bias, std=0.5)
    return encoder.eval()


@pytest.mark.parametrize("name", ENCODERS)
@torch.inference_mode()
def test_embeddings_of_a_padded_batch_are_those_of_each_utterance_alone(name):
    encoder = lived_in(build_encoder(ENCODERS[name], seed=0))
    alone, batch, lengths = utterances(beyond=1e3)
    assert encoder.padded
    together = encoder(batch, lengths)
    expected = torch.cat([encoder(x) for x in alone])
    assert cosine_similarity(together, expected).min() > 0.999999
    torch.testing.assert_close(together, expected, rtol=1e-3, atol=1e-4 * float(expected.abs().max()))
    # what a mask is for: without it, the padding would be heard
    assert cosine_similarity(encoder(batch * (batch < 1e3)), expected).min() < 0.9999


@pytest.mark.parametrize("normalise", ["instance", "mean", "level", "none"])
def test_features_of_a_padded_batch_are_those_of_each_utterance_alone(normalise):
    features = LogMel(FeatureConfig(normalise=normalise))
    alone, batch, lengths = utterances(beyond=1e3)
    together = features(batch, lengths)
    for x, row in zip(alone, together, strict=True):
        expected = features(x)[0]
        torch.testing.assert_close(row[:, : expected.shape[1]], expected, rtol=1e-3, atol=1e-4)
        assert not row[:, expected.shape[1] :].any()


def test_mean_spectra_of_a_padded_batch_are_those_of_each_utterance_alone():
    alone, batch, lengths = utterances(beyond=1e3)
    expected = torch.cat([MeanLogMel()(x) for x in alone])
    torch.testing.assert_close(MeanLogMel()(batch, lengths), expected, rtol=1e-5, atol=1e-5)


def test_an_encoder_whose_backbone_heeds_no_mask_is_not_padded():
    encoder = build_encoder(ENCODERS["tdnn"], seed=0)
    encoder.backbone = nn.Sequential(nn.Flatten(), nn.LazyLinear(3))
    assert not encoder.padded
