r"""Contrastive losses with margins, as functions without state or device (Lepage & Dehak 2023, 2024).

Every loss here is one cross-entropy over cosines. With :math:`s` the scale (the inverse temperature) and :math:`\psi`
the margin's change of the positive cosine,

.. math:: \ell = -\frac{1}{A} \sum_{a=1}^{A} \log
          \frac{e^{s\,\psi(\cos\theta_a^+)}}{e^{s\,\psi(\cos\theta_a^+)} + \sum_{c \in N(a)} e^{s\cos\theta_{ac}}}

and the losses differ only in who is an anchor and who is in its set of negatives :math:`N(a)`.

**What the additive margin is.** With :math:`\psi(p) = p - m` and one positive an anchor, each term is

.. math:: \log\Bigl(1 + e^{sm} \sum_{c \in N(a)} e^{s(\cos\theta_{ac} - \cos\theta_a^+)}\Bigr):

the margin weighs every negative by the constant :math:`e^{sm}` and does nothing else. NT-Xent, SNT-Xent and MoCo with
margin :math:`\ln(2)/s` *are* the same losses with every negative counted twice, gradients included; a queue of K keys
with that margin resembles one of 2K without. So it acts as more negatives do, on uniformity more than on tightness. The
angular margin is no such weight: it also changes the slope at the positive, the more the farther the views are apart.
"""

import math
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

__all__ = ["MarginKind", "classification_losses", "moco_loss", "nt_xent", "same"]

MarginKind = Literal["additive", "angular", "curricular"]

# 1/sqrt(1 - cos²) is the slope of the angular margin's sine; beyond this cosine it is held, so that it stays finite.
_COSINE_LIMIT = 1 - 1e-6


def nt_xent(
    z1: Tensor,
    z2: Tensor,
    *,
    scale: float,
    margin: float | Tensor = 0.0,
    margin_kind: MarginKind = "additive",
    symmetric: bool = False,
    collisions: Tensor | None = None,
    positives: tuple[Tensor, Tensor] | None = None,
) -> Tensor:
    r"""Normalised temperature-scaled cross-entropy between two views of a batch, with a margin on the positives.

    NT-Xent takes the N rows of `z1` as anchors and the other rows of `z2` as N − 1 negatives. The symmetric form
    (SNT-Xent) takes all 2N rows as anchors and every row of another utterance, in both views, as 2(N − 1) negatives.

    Parameters
    ----------
    z1, z2 : Tensor of shape (N, dim)
        Embeddings of the two views; row i of both comes from utterance i. Normalised here, lengths do not matter.
    scale : float
        Inverse temperature.
    margin : float or scalar Tensor
        In cosine (additive, AM) or radians (angular, AAM). A tensor that requires a gradient is a learnable margin.
    margin_kind : {"additive", "angular", "curricular"}
        ``"additive"``: cos θ − m (CosFace). ``"angular"``: cos(θ + m), continued as cos θ − m·sin(π − m) once θ + m
        exceeds π (ArcFace). ``"curricular"``: the angular margin, and negatives harder than the positive are reweighted
        to cos θ · (t + cos θ), t being the batch's mean positive cosine (CurricularFace with its running mean renewed
        at every step).
    symmetric : bool
        SNT-Xent instead of NT-Xent.
    collisions : bool Tensor of shape (N, N), optional
        True where utterances i and j have the same speaker: such pairs are no negatives. See `same`.
    positives : two Tensors of shape (N, dim), optional
        Positives of the anchors in `z1`, and of those in `z2`, in place of the other view of the same utterance; which
        is then neither positive nor negative.

    Returns
    -------
    Tensor
        Scalar of at least float32, whatever autocast says. Without a margin, collapsed embeddings give ln N (NT-Xent)
        or ln(2N − 1) (SNT-Xent). A margin of 0 leaves the additive and angular kinds without effect.

    Raises
    ------
    ValueError
        Shapes do not match, or `margin_kind` is unknown.

    References
    ----------
    T. Lepage and R. Dehak, "Experimenting with additive margins for contrastive self-supervised speaker verification",
    Interspeech 2023, section 2. Y. Huang et al., "CurricularFace", CVPR 2020, equations 5–7.

    Examples
    --------
    >>> same = torch.ones(4, 8)
    >>> nt_xent(same, same, scale=5.0)  # ln 4
    tensor(1.3863)
    >>> nt_xent(same, same, scale=5.0, symmetric=True)  # ln 7
    tensor(1.9459)
    """
    _check_rows("z1", z1, "z2", z2)
    n = len(z1)
    _check_mask(collisions, (n, n))
    of_1, of_2 = (z2, z1) if positives is None else positives
    _check_rows("z1", z1, "positives", of_1)
    own = torch.eye(n, dtype=torch.bool, device=z1.device)
    excluded = own if collisions is None else own | collisions
    if symmetric:
        z = torch.cat([z1, z2])  # (2N, dim), anchors and candidates
        return _losses(z, torch.cat([of_1, of_2]), z, excluded.repeat(2, 2), scale, margin, margin_kind).mean()
    return _losses(z1, of_1, z2, excluded, scale, margin, margin_kind).mean()


def moco_loss(
    queries: Tensor,
    keys: Tensor,
    queue: Tensor,
    *,
    scale: float,
    margin: float | Tensor = 0.0,
    margin_kind: MarginKind = "additive",
    collisions: Tensor | None = None,
) -> Tensor:
    """Cross-entropy of each query's key against a queue of earlier keys, with a margin on the positives.

    Parameters
    ----------
    queries, keys : Tensor of shape (N, dim)
        Row i of both comes from utterance i; `keys` from the momentum encoder. Normalised here.
    queue : Tensor of shape (K, dim)
        Earlier keys, the negatives of every query. Normalised here.
    scale, margin, margin_kind
        As in `nt_xent`.
    collisions : bool Tensor of shape (N, K), optional
        True where query i and queue entry b have the same speaker: such pairs are no negatives.

    Returns
    -------
    Tensor
        Scalar of at least float32. Without a margin, collapsed embeddings give ln(K + 1); an empty queue gives 0.

    Raises
    ------
    ValueError
        Shapes do not match, or `margin_kind` is unknown.

    References
    ----------
    T. Lepage and R. Dehak, "Additive margin in contrastive self-supervised frameworks to learn discriminative speaker
    representations", Odyssey 2024, section 2.

    Examples
    --------
    >>> same = torch.ones(2, 8)
    >>> moco_loss(same, same, torch.ones(6, 8), scale=5.0)  # ln 7
    tensor(1.9459)
    """
    _check_rows("queries", queries, "keys", keys)
    if queue.ndim != 2 or queue.shape[1] != queries.shape[1]:
        raise ValueError(f"`queue` must have shape (K, {queries.shape[1]}) like the queries, got {tuple(queue.shape)}")
    _check_mask(collisions, (len(queries), len(queue)))
    if collisions is None:
        collisions = torch.zeros(len(queries), len(queue), dtype=torch.bool, device=queries.device)
    return _losses(queries, keys, queue, collisions, scale, margin, margin_kind).mean()


def classification_losses(
    embeddings: Tensor,
    centres: Tensor,
    classes: Tensor,
    *,
    scale: float,
    margin: float | Tensor = 0.0,
    margin_kind: MarginKind = "angular",
) -> Tensor:
    r"""Cross-entropy of each embedding's class by its cosines with one centre a class, with a margin on its own.

    .. math:: \ell_i = -\log \frac{e^{s\,\psi(\cos\theta_{i, y_i})}}
              {e^{s\,\psi(\cos\theta_{i, y_i})} + \sum_{c \ne y_i} e^{s\cos\theta_{ic}}}

    Parameters
    ----------
    embeddings : Tensor of shape (N, dim)
        Normalised here.
    centres : Tensor of shape (C, dim)
        One a class. Normalised here.
    classes : Tensor of shape (N,)
        Class of each embedding, from 0 to C − 1.
    scale, margin, margin_kind
        As in `nt_xent`; the angular margin gives AAM-softmax.

    Returns
    -------
    Tensor of shape (N,)
        Of at least float32. Embeddings and centres that are all alike give ln C without a margin.

    Raises
    ------
    ValueError
        Shapes do not match, or `margin_kind` is unknown.

    References
    ----------
    J. Deng, J. Guo, N. Xue and S. Zafeiriou, "ArcFace", CVPR 2019, equation 3.

    Examples
    --------
    >>> classification_losses(torch.ones(2, 3), torch.ones(4, 3), torch.tensor([0, 3]), scale=5.0)  # ln 4
    tensor([1.3863, 1.3863])
    """
    if embeddings.ndim != 2 or centres.ndim != 2 or embeddings.shape[1] != centres.shape[1]:
        raise ValueError(
            "`embeddings` and `centres` must have shapes (N, dim) and (C, dim), "
            f"got {tuple(embeddings.shape)} and {tuple(centres.shape)}"
        )
    others = classes[:, None] != torch.arange(len(centres), device=classes.device)  # (N, C)
    return _losses(embeddings, centres[classes], centres, ~others, scale, margin, margin_kind)


def same(indices: Tensor, others: Tensor | None = None) -> Tensor:
    """Mask of shape (N, K) of the same utterances or speakers: ``indices[i] == others[j]``, or ``indices[j]``.

    Examples
    --------
    >>> same(torch.tensor([3, 5]), torch.tensor([5, 3, 9]))
    tensor([[False,  True, False],
            [ True, False, False]])
    """
    return indices[:, None] == (indices if others is None else others)[None, :]


def _losses(
    anchors: Tensor,
    positives: Tensor,
    candidates: Tensor,
    excluded: Tensor,
    scale: float,
    margin: float | Tensor,
    margin_kind: MarginKind,
) -> Tensor:
    """Cross-entropy of each anchor's positive among the candidates, those left out that are `excluded` (A, C)."""
    with _full_precision(anchors):
        anchors, positives, candidates = _unit(anchors), _unit(positives), _unit(candidates)
        positive = (anchors * positives).sum(1, keepdim=True)  # (A, 1)
        negative = anchors @ candidates.T  # (A, C)
        widened = _with_margin(positive, margin, margin_kind)
        if margin_kind == "curricular":
            progress = positive.detach().mean()
            negative = torch.where(negative > widened, negative * (progress + negative), negative)
        logits = torch.cat([scale * widened, (scale * negative).masked_fill(excluded, -math.inf)], dim=1)
        first = torch.zeros(len(logits), dtype=torch.long, device=logits.device)
        return functional.cross_entropy(logits, first, reduction="none")


def _with_margin(cosine: Tensor, margin: float | Tensor, kind: MarginKind) -> Tensor:
    if kind == "additive":
        return cosine - margin
    if kind not in ("angular", "curricular"):
        raise ValueError(f"`margin_kind` must be 'additive', 'angular' or 'curricular', got {kind!r}")
    cos_m: float | Tensor = margin.cos() if isinstance(margin, Tensor) else math.cos(margin)
    sin_m: float | Tensor = margin.sin() if isinstance(margin, Tensor) else math.sin(margin)
    sine = (1 - cosine.clamp(-_COSINE_LIMIT, _COSINE_LIMIT).square()).sqrt()
    turned = cosine * cos_m - sine * sin_m  # cos(θ + m)
    return torch.where(cosine > -cos_m, turned, cosine - margin * sin_m)  # θ + m < π  ⇔  cos θ > cos(π − m)


def _unit(z: Tensor) -> Tensor:
    return functional.normalize(z.to(torch.promote_types(z.dtype, torch.float32)), dim=1)


def _full_precision(z: Tensor) -> torch.autocast:
    """Switch autocast off: at scale 30, bfloat16 cosines would move a logit by 0.1."""
    kind = z.device.type if torch.amp.is_autocast_available(z.device.type) else "cpu"
    return torch.autocast(kind, enabled=False)


def _check_rows(name: str, first: Tensor, other_name: str, second: Tensor) -> None:
    if first.ndim != 2 or first.shape != second.shape:
        raise ValueError(
            f"`{name}` and `{other_name}` must have one shape (batch, dim), "
            f"got {tuple(first.shape)} and {tuple(second.shape)}"
        )


def _check_mask(mask: Tensor | None, shape: tuple[int, int]) -> None:
    if mask is not None and (mask.dtype != torch.bool or tuple(mask.shape) != shape):
        raise ValueError(f"`collisions` must be a bool tensor of shape {shape}, got {mask.dtype} {tuple(mask.shape)}")
