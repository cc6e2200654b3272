"""With one positive an anchor, the additive margin m at scale s weighs every negative by e^{sm}, and that is all."""

import math

import pytest
import torch
from torch.nn import functional

from sv_bridge.methods.losses import moco_loss, nt_xent

SCALE = 7.0
LN2 = math.log(2) / SCALE


def inputs():
    generator = torch.Generator().manual_seed(0)
    z1, z2 = torch.randn(2, 5, 3, generator=generator, dtype=torch.float64)
    return z1.requires_grad_(), z2.requires_grad_(), torch.randn(4, 3, generator=generator, dtype=torch.float64)


def counted(anchors, positives, negatives, times):
    """Mean of −log e^{sp} / (e^{sp} + Σ e^{sn}), each of the (A, C, dim) negatives counted so many times."""
    p = functional.cosine_similarity(anchors, positives)
    n = functional.cosine_similarity(anchors[:, None], negatives, dim=2)
    return -((SCALE * p).exp() / ((SCALE * p).exp() + times * (SCALE * n).exp().sum(1))).log().mean()


def others(z, keep):
    return torch.stack([z[[j for j in range(len(z)) if keep(i, j)]] for i in range(len(z))])


def by_hand(kind, z1, z2, queue, times):
    if kind == "NT-Xent":
        return counted(z1, z2, others(z2, lambda i, j: j != i), times)
    if kind == "SNT-Xent":
        z = torch.cat([z1, z2])
        return counted(z, z.roll(5, 0), others(z, lambda i, j: j % 5 != i % 5), times)
    return counted(z1, z2, queue.expand(5, -1, -1), times)


def ours(kind, z1, z2, queue, **options):
    if kind == "MoCo":
        return moco_loss(z1, z2, queue, scale=SCALE, **options)
    return nt_xent(z1, z2, scale=SCALE, symmetric=kind == "SNT-Xent", **options)


KINDS = pytest.mark.parametrize("kind", ["NT-Xent", "SNT-Xent", "MoCo"])


@KINDS
@pytest.mark.parametrize(("margin", "times"), [(LN2, 2), (2 * LN2, 4), (0.1, math.exp(0.1 * SCALE))])
def test_additive_margin_is_a_weight_on_the_negatives(kind, margin, times):
    z1, z2, queue = inputs()
    with_margin, weighted = ours(kind, z1, z2, queue, margin=margin), by_hand(kind, z1, z2, queue, times)
    assert with_margin.item() == pytest.approx(weighted.item(), rel=1e-12)
    for a, b in zip(*(torch.autograd.grad(x, (z1, z2)) for x in (with_margin, weighted)), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-10, atol=1e-14)


def test_a_queue_with_that_margin_is_the_queue_twice():
    z1, z2, queue = inputs()
    doubled = moco_loss(z1, z2, torch.cat([queue, queue]), scale=SCALE)
    assert moco_loss(z1, z2, queue, scale=SCALE, margin=LN2).item() == pytest.approx(doubled.item(), rel=1e-12)


def weight(angle, margin_kind):
    """w of loss = log(1 + w·e^{s(n − p)}) for one anchor, one positive at this angle and one negative, n = 0."""
    at = torch.tensor([[1.0, 0.0, 0.0]], dtype=torch.float64)
    positive = torch.tensor([[math.cos(angle), math.sin(angle), 0.0]], dtype=torch.float64)
    negative = torch.tensor([[0.0, 0.0, 1.0]], dtype=torch.float64)
    loss = moco_loss(at, positive, negative, scale=SCALE, margin=0.2, margin_kind=margin_kind)
    return math.expm1(loss.item()) * math.exp(SCALE * math.cos(angle))


def test_the_angular_margin_is_no_such_weight():
    assert weight(0.3, "additive") == pytest.approx(weight(1.2, "additive")) == pytest.approx(math.exp(0.2 * SCALE))
    assert weight(1.2, "angular") > 1.5 * weight(0.3, "angular")
