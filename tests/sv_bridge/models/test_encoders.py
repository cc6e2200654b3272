import pytest
import torch
from torch import nn

from sv_bridge.models.encoders import build_encoder
from sv_bridge.models.encoders.ecapa import EcapaConfig
from sv_bridge.models.encoders.pooling import AttentiveStatisticsPooling, SelfAttentivePooling, StatisticsPooling
from sv_bridge.models.encoders.resnet import ResNetConfig
from sv_bridge.models.encoders.tdnn import TdnnConfig

THIN = ResNetConfig(name="thin_resnet34")
LARGE = ResNetConfig(name="thin_resnet34", base_channels=32, embedding_dim=1024)
FAST = ResNetConfig(name="fast_resnet34")
ECAPA = EcapaConfig(name="ecapa_tdnn")
ECAPA_1024 = EcapaConfig(name="ecapa_tdnn", channels=1024)
TINY = TdnnConfig(name="tdnn")

# Published: Fast ResNet-34 1.4 M (Chung et al. 2020, table 2), ECAPA-TDNN 6.2 M and 14.7 M (Desplanques et al. 2020,
# table 1). The 2023 and 2024 papers do not state theirs.
COUNTS = [(THIN, 2_092_822), (LARGE, 8_356_780), (FAST, 1_437_078)]
COUNTS += [(ECAPA, 6_191_360), (ECAPA_1024, 14_657_728), (TINY, 570_560)]


@pytest.mark.parametrize(("config", "count"), COUNTS, ids=lambda value: getattr(value, "name", str(value)))
def test_parameter_counts(config, count):
    with torch.device("meta"):
        assert sum(p.numel() for p in build_encoder(config).backbone.parameters()) == count


def test_fast_resnet_and_ecapa_have_the_published_sizes():
    with torch.device("meta"):
        sizes = [build_encoder(c).parameters_count / 1e6 for c in (FAST, ECAPA, ECAPA_1024)]
    assert sizes == pytest.approx([1.4, 6.2, 14.7], abs=0.05)  # the papers round to 0.1 M


@pytest.mark.parametrize("config", [THIN, FAST, ECAPA, TINY], ids=lambda config: config.name)
def test_embeddings_have_their_dimension_at_any_length(config):
    encoder = build_encoder(config, seed=0).eval()
    for samples in (8_000, 12_345):
        embeddings = encoder(torch.randn(2, samples, generator=torch.Generator().manual_seed(0)))
        assert embeddings.shape == (2, config.embedding_dim)
        assert embeddings.isfinite().all()


@pytest.mark.parametrize(
    ("config", "shape"),
    # 40 mels × 201 frames; strides as in the encoders' docstring
    [(THIN, (128, 5, 26)), (FAST, (128, 5, 51))],
    ids=["thin", "fast"],
)
def test_resnets_downsample_as_stated(config, shape):
    encoder = build_encoder(config)
    features = torch.zeros(1, 40, 201)
    frames, _ = encoder.backbone.frames(features[:, None])
    assert frames.shape[1:] == shape


@pytest.mark.parametrize("config", [THIN, ECAPA, TINY], ids=lambda config: config.name)
def test_every_parameter_receives_a_gradient(config):
    encoder = build_encoder(config, seed=0)
    encoder(torch.randn(3, 6_000, generator=torch.Generator().manual_seed(0))).square().sum().backward()
    for name, parameter in encoder.named_parameters():
        assert parameter.grad is not None, name


def test_a_seed_fixes_the_weights_and_leaves_the_global_stream_alone():
    before = torch.random.get_rng_state()
    first, second = build_encoder(TINY, seed=3).state_dict(), build_encoder(TINY, seed=3).state_dict()
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert torch.equal(torch.random.get_rng_state(), before)


@pytest.mark.parametrize("config", [FAST, TINY], ids=lambda config: config.name)
def test_channels_last_computes_the_same(config):
    encoder = build_encoder(config, seed=0).eval()
    x = torch.randn(2, 8_000, generator=torch.Generator().manual_seed(0))
    last = encoder(x)
    assert all(w.is_contiguous(memory_format=torch.channels_last) for w in encoder.parameters() if w.ndim == 4)
    plain = encoder.to(memory_format=torch.contiguous_format)(x)
    assert torch.allclose(plain, last, atol=1e-4)  # convolutions sum in another order


def test_poolings_equal_their_formulas():
    x = torch.randn(2, 3, 7, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    flat = torch.cat([x.mean(2), x.std(2, correction=0)], dim=1)
    assert torch.allclose(StatisticsPooling(3)(x), flat)

    sap = SelfAttentivePooling(3).double()
    energies = torch.stack([sap.context(torch.tanh(sap.hidden(x[:, :, t])))[:, 0] for t in range(7)], dim=1)
    weights = energies.exp() / energies.exp().sum(1, keepdim=True)
    assert torch.allclose(sap(x), torch.einsum("bt,bct->bc", weights, x))

    asp = AttentiveStatisticsPooling(3).double().eval()
    last = asp.score[-1]
    assert isinstance(last, nn.Conv1d)
    nn.init.zeros_(last.weight)  # attention without preference: plain statistics
    assert torch.allclose(asp(x), flat)


def test_self_attention_can_pick_one_frame():
    sap = SelfAttentivePooling(2)
    with torch.no_grad():
        sap.hidden.weight.copy_(torch.eye(2))
        sap.hidden.bias.zero_()
        sap.context.weight.copy_(torch.tensor([[1000.0, 0.0]]))
    frames = torch.tensor([[[0.0, 1.0, 0.5], [5.0, 6.0, 7.0]]])
    assert torch.allclose(sap(frames), torch.tensor([[1.0, 6.0]]))


def test_unsuitable_channels_are_named():
    with pytest.raises(ValueError, match="multiple of 8, got 100"):
        build_encoder(EcapaConfig(name="ecapa_tdnn", channels=100))


@pytest.mark.parametrize("pooling", [StatisticsPooling, SelfAttentivePooling, AttentiveStatisticsPooling])
def test_gradients_of_poolings_are_those_of_finite_differences(pooling):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        pool, x = pooling(3).double().eval(), torch.randn(2, 3, 7, dtype=torch.float64, requires_grad=True)
    mask = torch.ones(2, 1, 7, dtype=torch.float64)
    mask[0, 0, 4:] = 0
    assert torch.autograd.gradcheck(pool, (x,))
    assert torch.autograd.gradcheck(lambda x: pool(x, mask), (x,))


def test_frames_that_never_change_have_finite_gradients():
    x = torch.ones(1, 2, 5, requires_grad=True)
    StatisticsPooling(2)(x).sum().backward()
    assert torch.equal(x.grad, torch.full_like(x, 0.2))
