import math

import pytest
import torch
from torch.nn import functional

from sv_bridge.methods.losses import moco_loss, nt_xent, same

Z1 = torch.tensor([[1, 2, 3, 4], [4, -3, 2, 1], [-1, 1, -1, 2]], dtype=torch.float64)
Z2 = torch.tensor([[1, 2, 2.5, 5], [3, -3, 1, 1], [-2, 1, -1, 1.5]], dtype=torch.float64)
QUEUE = torch.tensor([[0, 1, 0, 1], [1, 0, -1, 0], [-1, -1, 1, 1], [2, 0, 1, 0]], dtype=torch.float64)

# margin kind, margin, NT-Xent, SNT-Xent, MoCo at scale 5; computed from the papers' formulas
GOLDEN = [
    ("additive", 0.0, 0.06505044, 0.10550889, 0.41092422),
    ("additive", 0.1, 0.10396184, 0.16690145, 0.60828794),
    ("additive", 0.4, 0.37712307, 0.57155865, 1.55705049),
    ("angular", 0.0, 0.06505044, 0.10550889, 0.41092422),
    ("angular", 0.1, 0.07754779, 0.12216488, 0.46553322),
    ("angular", 0.2, 0.09629558, 0.14750755, 0.54515330),
]


def nt_xent_one(a, b, scale=5.0, **options):
    return nt_xent(a, b, scale=scale, **options)


def snt_xent(a, b, scale=5.0, **options):
    return nt_xent(a, b, scale=scale, symmetric=True, **options)


def moco(a, b, scale=5.0, **options):
    return moco_loss(a, b, QUEUE.to(a), scale=scale, **options)


LOSSES = pytest.mark.parametrize("loss", [nt_xent_one, snt_xent, moco])


@pytest.mark.parametrize(("kind", "margin", "one_sided", "symmetric", "queued"), GOLDEN)
def test_golden_values(kind, margin, one_sided, symmetric, queued):
    for loss, expected in ((nt_xent_one, one_sided), (snt_xent, symmetric), (moco, queued)):
        assert loss(Z1, Z2, margin=margin, margin_kind=kind).item() == pytest.approx(expected, abs=1e-8)
        single = loss(Z1.float(), Z2.float(), margin=margin, margin_kind=kind)
        assert single.item() == pytest.approx(expected, abs=1e-6)  # float32 rounding


def written_out(anchors, positives, negatives, scale, psi):
    """The loss as the papers print it: one fraction an anchor, no matrix, no cross_entropy."""
    total = 0.0
    for anchor, positive, others in zip(anchors, positives, negatives, strict=True):
        up = math.exp(scale * psi(functional.cosine_similarity(anchor, positive, dim=0).item()))
        down = sum(math.exp(scale * functional.cosine_similarity(anchor, o, dim=0).item()) for o in others)
        total -= math.log(up / (up + down))
    return total / len(anchors)


@pytest.mark.parametrize("collide", [False, True])
def test_losses_equal_their_formula_with_and_without_class_collisions(collide):
    z = torch.randn(2, 5, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    speakers = torch.tensor([0, 1, 0, 2, 1]) if collide else torch.arange(5)
    queue_speakers = torch.tensor([0, 2, 7, 1]) if collide else torch.arange(5, 9)
    queue = torch.randn(4, 3, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    rivals = [[j for j in range(5) if j != i and speakers[j] != speakers[i]] for i in range(5)]

    def psi(c):
        return c - 0.2

    options = {"scale": 7.0, "margin": 0.2, "collisions": same(speakers)}
    expected = written_out(z[0], z[1], [[z[1, j] for j in js] for js in rivals], 7.0, psi)
    assert nt_xent(z[0], z[1], **options).item() == pytest.approx(expected, rel=1e-12)

    both = [[z[v, j] for v in range(2) for j in js] for js in rivals]
    expected = written_out([*z[0], *z[1]], [*z[1], *z[0]], both + both, 7.0, psi)
    assert nt_xent(z[0], z[1], symmetric=True, **options).item() == pytest.approx(expected, rel=1e-12)

    strangers = [[q for q, t in zip(queue, queue_speakers, strict=True) if t != s] for s in speakers]
    options["collisions"] = same(speakers, queue_speakers)
    expected = written_out(z[0], z[1], strangers, 7.0, psi)
    assert moco_loss(z[0], z[1], queue, **options).item() == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("margin", [0.5, 2.0, 3.0])
def test_angular_margin_turns_the_positive_and_falls_as_arcface_continues_it(margin):
    theta = torch.linspace(0.01, math.pi - 0.01, 40, dtype=torch.float64)
    for angle in theta.tolist():
        z1 = torch.tensor([[1.0, 0.0]], dtype=torch.float64)
        z2 = torch.tensor([[math.cos(angle), math.sin(angle)]], dtype=torch.float64)
        queue = torch.tensor([[0.0, 1.0]], dtype=torch.float64)  # cosine 0 to the query
        loss = moco_loss(z1, z2, queue, scale=1.0, margin=margin, margin_kind="angular").item()
        turned = -math.log(math.expm1(loss))  # loss = ln(1 + e^-ψ)
        inside = angle + margin < math.pi
        expected = math.cos(angle + margin) if inside else math.cos(angle) - margin * math.sin(math.pi - margin)
        assert turned == pytest.approx(expected, abs=1e-9)


@LOSSES
@pytest.mark.parametrize("kind", ["additive", "angular"])
def test_margin_zero_is_no_margin_bit_for_bit(loss, kind):
    z1, z2 = torch.randn(2, 6, 4, generator=torch.Generator().manual_seed(3))
    plain = loss(z1, z2)
    assert torch.equal(loss(z1, z2, margin=0.0, margin_kind=kind), plain)
    assert torch.equal(loss(z1, z2, margin=torch.zeros(()), margin_kind=kind), plain)


@pytest.mark.parametrize(("n", "k"), [(2, 3), (16, 50), (200, 1000)])
def test_collapse_invariants(n, k):
    z = torch.ones(n, 8, dtype=torch.float64)
    assert nt_xent(z, z, scale=30.0).item() == pytest.approx(math.log(n))
    assert nt_xent(z, z, scale=30.0, symmetric=True).item() == pytest.approx(math.log(2 * n - 1))
    assert moco_loss(z, z, torch.ones(k, 8, dtype=torch.float64), scale=30.0).item() == pytest.approx(math.log(k + 1))


@LOSSES
@pytest.mark.parametrize("kind", ["additive", "angular", "curricular"])
def test_gradients_equal_finite_differences(loss, kind):
    generator = torch.Generator().manual_seed(4)
    z1 = torch.randn(3, 4, generator=generator, dtype=torch.float64, requires_grad=True)
    z2 = (z1.detach() + 0.5 * torch.randn(3, 4, generator=generator, dtype=torch.float64)).requires_grad_()
    margin = torch.tensor(0.2, dtype=torch.float64, requires_grad=True)
    if kind == "curricular":  # t is a constant of each step, not a function to be differentiated: move the margin alone
        z1, z2 = z1.detach(), z2.detach()
    assert torch.autograd.gradcheck(lambda a, b, m: loss(a, b, margin=m, margin_kind=kind), (z1, z2, margin))


@LOSSES
@pytest.mark.parametrize("kind", ["additive", "angular", "curricular"])
def test_gradients_stay_finite_when_views_coincide_or_oppose(loss, kind):
    z1 = torch.eye(4)[:3].requires_grad_()
    for z2 in (torch.eye(4)[:3], -torch.eye(4)[:3]):
        (gradient,) = torch.autograd.grad(loss(z1, z2, margin=0.3, margin_kind=kind), z1)
        assert gradient.isfinite().all()


def test_curricular_margin_reweights_only_negatives_harder_than_the_positive():
    queries = torch.tensor([[1.0, 0.0]], dtype=torch.float64)
    keys = torch.tensor([[0.6, 0.8]], dtype=torch.float64)  # positive cosine 0.6, and so t
    queue = torch.tensor([[0.8, 0.6], [0.0, 1.0]], dtype=torch.float64)  # a hard and an easy negative
    positive = math.cos(math.acos(0.6) + 0.1)
    expected = math.log(1 + (math.exp(5 * 0.8 * (0.6 + 0.8)) + 1) / math.exp(5 * positive))
    got = moco_loss(queries, keys, queue, scale=5.0, margin=0.1, margin_kind="curricular")
    assert got.item() == pytest.approx(expected, rel=1e-12)


def curricular(p, n, t):
    """Loss of one query by equation 5 of the paper: positive cosine p, negative cosine n, and t as it is given."""
    positive = math.cos(math.acos(p) + 0.3)
    hard = n * (t + n) if n > positive else n
    return math.log(1 + math.exp(5 * hard) / math.exp(5 * positive))


@pytest.mark.parametrize("n", [0.5, 0.45, 0.1])  # harder than the positive; than the positive with its margin; easy
def test_curricular_margin_compares_with_the_widened_positive_and_holds_t_constant(n):
    angle = torch.tensor(math.acos(0.48), dtype=torch.float64, requires_grad=True)
    zero = torch.zeros((), dtype=torch.float64)
    query, key = torch.tensor([[1.0, 0, 0]], dtype=torch.float64), torch.stack([angle.cos(), angle.sin(), zero])[None]
    queue = torch.tensor([[n, 0, (1 - n * n) ** 0.5]], dtype=torch.float64)
    loss = moco_loss(query, key, queue, scale=5.0, margin=0.3, margin_kind="curricular")
    assert loss.item() == pytest.approx(curricular(0.48, n, t=0.48), rel=1e-12)
    loss.backward()
    up, down = (curricular(math.cos(angle.item() + step), n, t=0.48) for step in (1e-6, -1e-6))
    assert angle.grad.item() == pytest.approx((up - down) / 2e-6, rel=1e-6)


@LOSSES
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_autocast_does_not_touch_the_logits(loss, dtype):
    z1, z2 = torch.randn(2, 8, 4, generator=torch.Generator().manual_seed(5)).to(dtype)
    expected = loss(z1.double(), z2.double(), margin=0.1)
    with torch.autocast("cpu", dtype=dtype):
        got = loss(z1, z2, margin=0.1)
    assert got.dtype == torch.float32
    assert got.item() == pytest.approx(expected.item(), rel=1e-5)  # float32 sums; half precision would be 1e-2 off


@LOSSES
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_scale_30_stays_finite_in_half_precision(loss, dtype):
    z = torch.eye(4, dtype=dtype)[:3].requires_grad_()
    with torch.autocast("cpu", dtype=dtype):
        value = loss(z, -z, margin=1.0, scale=30.0)  # e^60 is beyond float16, and e^90 beyond float32
    value.backward()
    assert value.isfinite()
    assert z.grad is not None
    assert z.grad.isfinite().all()


def test_masking_all_negatives_leaves_no_loss():
    assert nt_xent(Z1, Z2, scale=5.0, collisions=torch.ones(3, 3, dtype=torch.bool)).item() == pytest.approx(
        0, abs=1e-9
    )


def test_learnable_margin_receives_the_gradient_of_the_loss():
    margin = torch.tensor(0.2, requires_grad=True)
    nt_xent(Z1.float(), Z2.float(), scale=5.0, margin=margin).backward()
    assert margin.grad is not None
    assert margin.grad > 0  # a larger margin is a larger loss


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nt_xent(Z1, Z2[:2], scale=5.0), r"one shape \(batch, dim\), got \(3, 4\) and \(2, 4\)"),
        (lambda: moco_loss(Z1, Z2, QUEUE[:, :3], scale=5.0), r"`queue` must have shape \(K, 4\).*got \(4, 3\)"),
        (lambda: nt_xent(Z1, Z2, scale=5.0, collisions=torch.eye(3)), "bool tensor of shape"),
        (
            lambda: nt_xent(Z1, Z2, scale=5.0, margin_kind="cosine"),
            "'additive', 'angular' or 'curricular', got 'cosine'",
        ),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
