import math

import pytest
import torch

from sv_bridge.config import ConfigError
from sv_bridge.data.batch import Batch
from sv_bridge.methods.aam_softmax import AAMSoftmax, AAMSoftmaxConfig
from sv_bridge.methods.losses import classification_losses
from sv_bridge.methods.method import TrainingSet
from sv_bridge.methods.schedules import Moment

START, LATER = (Moment(step=step, steps_per_epoch=10, epochs=5) for step in (0, 30))


class Identity(torch.nn.Module):
    """An encoder whose embedding is the crop itself."""

    embedding_dim = 3

    def forward(self, crops):
        return crops


def method(speakers=4, **settings):
    torch.manual_seed(0)
    return AAMSoftmaxConfig(name="aam_softmax", **settings).build(Identity(), TrainingSet(8, speakers))


def batch_of(rows, speakers):
    return Batch((rows,), torch.arange(len(rows)), torch.tensor(speakers))


@pytest.mark.parametrize(
    ("kind", "psi"), [("additive", lambda a: math.cos(a) - 0.2), ("angular", lambda a: math.cos(a + 0.2))]
)
def test_losses_are_written_out_fractions(kind, psi):
    generator = torch.Generator().manual_seed(1)
    x, centres = (torch.randn(n, 3, generator=generator, dtype=torch.float64) for n in (5, 4))
    classes = torch.tensor([0, 3, 1, 1, 2])
    found = classification_losses(x, centres, classes, scale=7.0, margin=0.2, margin_kind=kind)
    for row, own, loss in zip(x, classes.tolist(), found.tolist(), strict=True):
        cosines = [torch.cosine_similarity(row, centre, dim=0).item() for centre in centres]
        up = math.exp(7 * psi(math.acos(cosines[own])))
        rest = sum(math.exp(7 * cosine) for i, cosine in enumerate(cosines) if i != own)
        assert loss == pytest.approx(-math.log(up / (up + rest)), rel=1e-9)


def test_embeddings_that_lie_on_their_centre_lose_least():
    model = method(margin=0.0)
    own = model(batch_of(model.centres.detach().clone(), [0, 1, 2, 3]), START)
    swapped = model(batch_of(model.centres.detach().clone(), [1, 0, 3, 2]), START)
    assert own < swapped


def test_the_gate_keeps_what_loses_little_once_its_epoch_has_come():
    open_, gated = method(margin=0.0), method(margin=0.0, gate=1.0, gate_from_epoch=2)
    rows = open_.centres.detach().clone()
    right, wrong = batch_of(rows[:3], [0, 1, 2]), batch_of(rows, [0, 1, 2, 0])
    assert gated(wrong, START) == open_(wrong, START)
    losses = classification_losses(rows, open_.centres, torch.tensor([0, 1, 2, 0]), scale=30.0)
    assert losses[:3].max() < 1 < losses[3]  # the last label is wrong
    assert gated(wrong, LATER).item() == pytest.approx(open_(right, LATER).item())
    assert gated.describe(LATER)["kept"] == 0.75


def test_what_the_gate_stops_has_no_gradient():
    model = method(margin=0.0, gate=1e-6, gate_from_epoch=0)
    rows = torch.randn(4, 3, requires_grad=True)
    model(batch_of(rows, [0, 1, 2, 3]), LATER).backward()
    assert rows.grad.abs().max() == 0


def test_speakers_are_needed():
    with pytest.raises(ConfigError, match="name 0: name the speakers in the manifest, or let `sv-bridge self-label`"):
        method(speakers=0)


def test_one_view_an_utterance():
    assert AAMSoftmaxConfig(name="aam_softmax").view_seconds(2.0) == (2.0,)


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"got \(2, 3\) and \(4, 5\)"):
        classification_losses(torch.ones(2, 3), torch.ones(4, 5), torch.tensor([0, 1]), scale=1.0)


def test_a_speaker_at_another_speed_is_another_one():
    config = AAMSoftmaxConfig(name="aam_softmax")
    assert config.build(Identity(), TrainingSet(8, 4, speeds=3)).centres.shape == (12, 3)


def test_trains_a_centre_for_each_speaker():
    assert isinstance(method(speakers=6), AAMSoftmax)
    assert method(speakers=6).centres.shape == (6, 3)
