"""Positives from other recordings: drawn without labels among an anchor's neighbours or around its cluster.

After T. Lepage and R. Dehak, "SSPS: self-supervised positive sampling for robust self-supervised speaker verification"
(Interspeech 2025). Two crops of one recording share its channel, and a network can tell them by that; a positive of
another recording, hopefully of the same speaker, leaves it the voice. So a method remembers the last vector of each
utterance, and from some epoch on an anchor's positive is the vector, without a gradient, of another utterance: one of
the nearest, or one of a cluster close by. Where there is none, it is the other view, as ever.

Unlike there, any utterance can be drawn, not only those of a queue of recent ones; everything is drawn at once for a
batch; and no label is read but to report how often the drawn positive is of the anchor's speaker.
"""

import warnings
from typing import Annotated, Any, Literal

import torch
from pydantic import Discriminator, NonNegativeInt, PositiveInt, Tag
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits
from torch import Tensor, nn
from torch.nn import functional

from sv_bridge import distributed
from sv_bridge.data.batch import Batch
from sv_bridge.data.randomness import generator
from sv_bridge.methods.method import TrainingSet
from sv_bridge.methods.schedules import Moment
from sv_bridge.sections import Section

__all__ = ["ClustersConfig", "NeighboursConfig", "PositiveSampler", "Positives", "SpeakersConfig"]

BLOCK = 65_536  # remembered vectors compared at once


class NeighboursConfig(Section):
    """A positive is one of the `nearest` utterances by cosine, each equally likely."""

    name: Literal["neighbours"]
    from_epoch: PositiveInt  # the first epoch, counted from 0, that draws; those before fill the memory
    nearest: PositiveInt = 10


class ClustersConfig(Section):
    """A positive is any utterance of one of the `nearby` other clusters closest to the anchor's; 0: of its own cluster.

    Clusters are k-means of the unit vectors, anew before each epoch.
    """

    name: Literal["clusters"]
    from_epoch: PositiveInt  # the first epoch, counted from 0, that draws; those before fill the memory
    clusters: PositiveInt
    nearby: NonNegativeInt = 1
    iterations: PositiveInt = 10


class SpeakersConfig(Section):
    """A positive is a crop of another utterance of the speaker, where the manifest names one; no negative is of theirs.

    Supervised contrastive learning (Khosla et al., NeurIPS 2020) with one positive. It reads the labels; those that
    `sv_bridge.compactness.self_labelling` finds will do.
    """

    name: Literal["speakers"]


def _tag(value: Any) -> str:
    name = value.get("name") if isinstance(value, dict) else getattr(value, "name", None)
    return f"<{name}>"


Positives = Annotated[
    Annotated[NeighboursConfig, Tag("<neighbours>")]
    | Annotated[ClustersConfig, Tag("<clusters>")]
    | Annotated[SpeakersConfig, Tag("<speakers>")],
    Discriminator(
        _tag,
        custom_error_type="name",
        custom_error_message="Input should have the name `neighbours`, `clusters` or `speakers`",
    ),
]


class PositiveSampler(nn.Module):
    """The last vector of each utterance at each speed, and positives drawn among them.

    Attributes
    ----------
    memory : (rows, dim) unit vectors in half precision; the row of utterance u at speed k is u + k · utterances.
    speakers : (rows,) whose they are, for the report alone; -1 where nothing is remembered yet.
    counts : (3,) anchors, drawn positives, and those of the anchor's speaker, in the running epoch.
    """

    memory: Tensor
    speakers: Tensor
    counts: Tensor

    def __init__(self, config: NeighboursConfig | ClustersConfig, speech: TrainingSet, dim: int) -> None:
        super().__init__()
        self.config, self.speech = config, speech
        rows = speech.utterances * speech.speeds
        self.register_buffer("memory", torch.zeros(rows, dim, dtype=torch.float16))
        self.register_buffer("speakers", torch.full((rows,), -1))
        self.register_buffer("counts", torch.zeros(3, dtype=torch.int64))
        self.clusters = Clusters(config, rows) if isinstance(config, ClustersConfig) else None

    def begin_epoch(self, moment: Moment) -> None:
        """Count anew, and cluster what is remembered."""
        self.counts.zero_()
        if self.clusters is not None and self._draws(moment):
            self.clusters.fit(self.memory, self.speakers >= 0, seed=round(moment.epoch))

    @torch.no_grad()
    def draw(self, batch: Batch, vectors: Tensor, moment: Moment) -> Tensor:
        """Rows of the positives drawn for this process's batch (batch,), given its anchors' vectors; -1 for none."""
        rows = self._rows(batch)
        drawn = torch.full_like(rows, -1)
        if self._draws(moment):
            share = len(rows)
            chance = generator("positives", moment.step, moment.part).random((share * distributed.world_size(), 2))
            mine = torch.from_numpy(chance[distributed.rank() * share :][:share]).to(rows.device)
            if self.clusters is None:
                drawn = self._neighbour(rows, vectors, mine[:, 0])
            else:
                drawn = self.clusters.draw(rows, mine)
            drawn = torch.where(self.utterances(drawn) == batch.utterances, -1, drawn)  # itself at another speed
        everyone, speakers = distributed.gather(drawn), distributed.gather(batch.speakers)
        found = everyone >= 0
        right = found & (self.speakers[everyone] == speakers)
        self.counts += torch.stack([torch.tensor(len(found), device=found.device), found.sum(), right.sum()])
        return drawn

    @torch.no_grad()
    def remember(self, batch: Batch, vectors: Tensor) -> None:
        """Keep the vectors of all processes' batches."""
        rows = distributed.gather(self._rows(batch))
        unit = functional.normalize(distributed.gather(vectors.float()), dim=1)
        self.memory[rows] = unit.to(self.memory.dtype)
        self.speakers[rows] = distributed.gather(batch.speakers)

    def replace(self, drawn: Tensor, vectors: Tensor) -> Tensor:
        """Of each row the drawn vector, or the given one where none was drawn."""
        return torch.where((drawn >= 0)[:, None], self.memory[drawn].to(vectors.dtype), vectors)

    def utterances(self, rows: Tensor) -> Tensor:
        """Utterance of each row; -1 stays."""
        return torch.where(rows >= 0, rows % self.speech.utterances, rows)

    def describe(self) -> dict[str, float]:
        """Share of anchors with a drawn positive in this epoch, and of those the share of the anchor's speaker."""
        anchors, drawn, right = self.counts.tolist()
        shares = {"positives_drawn": drawn / max(anchors, 1)}
        return shares | ({"positives_same_speaker": right / drawn} if drawn and self.speech.labelled else {})

    def _draws(self, moment: Moment) -> bool:
        return moment.epoch >= self.config.from_epoch

    def _rows(self, batch: Batch) -> Tensor:
        speeds = torch.div(batch.speakers, self.speech.speakers, rounding_mode="floor")
        return batch.utterances + speeds * self.speech.utterances

    def _neighbour(self, rows: Tensor, vectors: Tensor, chance: Tensor) -> Tensor:
        """One of the nearest rows that are of another utterance."""
        assert isinstance(self.config, NeighboursConfig)
        anchors = functional.normalize(vectors.float(), dim=1)
        best = torch.full((len(rows), 0), -torch.inf, device=rows.device)
        where = torch.empty((len(rows), 0), dtype=torch.int64, device=rows.device)
        for first in range(0, len(self.memory), BLOCK):
            block = torch.arange(first, min(first + BLOCK, len(self.memory)), device=rows.device)
            cosine = anchors @ self.memory[block].float().T  # (batch, block)
            own = self.utterances(block)[None] == self.utterances(rows)[:, None]
            cosine = cosine.masked_fill(own | (self.speakers[block] < 0), -torch.inf)
            best, where = torch.cat([best, cosine], dim=1), torch.cat([where, block.expand(len(rows), -1)], dim=1)
            best, order = best.topk(min(self.config.nearest, best.shape[1]), dim=1)
            where = where.gather(1, order)
        found = (best > -torch.inf).sum(1)  # the best come first
        chosen = (chance * found).long()
        return torch.where(found > 0, where.gather(1, chosen[:, None])[:, 0], -1)


class Clusters(nn.Module):
    """Rows by cluster, and the clusters around each.

    Attributes
    ----------
    assignment : (rows,) cluster of each row, -1 for none.
    order, place : (rows,) rows sorted by cluster, and where each row is in that order.
    starts, counts : (clusters,) where each cluster begins in that order, and how many rows it has.
    nearby : (clusters, nearby) the other clusters whose centres are closest, by cosine.
    """

    assignment: Tensor
    order: Tensor
    place: Tensor
    starts: Tensor
    counts: Tensor
    nearby: Tensor

    def __init__(self, config: ClustersConfig, rows: int) -> None:
        super().__init__()
        self.config = config
        self.wanted = min(config.clusters, rows)
        self.others = min(config.nearby, self.wanted - 1)
        for name in ("assignment", "order", "place"):
            self.register_buffer(name, torch.full((rows,), -1))
        for name in ("starts", "counts"):
            self.register_buffer(name, torch.zeros(self.wanted, dtype=torch.int64))
        self.register_buffer("nearby", torch.zeros(self.wanted, self.others, dtype=torch.int64))

    @torch.no_grad()
    def fit(self, memory: Tensor, filled: Tensor, *, seed: int) -> None:
        """Cluster the filled rows; the first process does, and tells the others."""
        device, known = memory.device, filled.nonzero()[:, 0]
        assignment = torch.full_like(self.assignment, -1)
        centres = torch.zeros(self.wanted, memory.shape[1], device=device)
        if distributed.rank() == 0 and len(known):
            points = memory[known].float().cpu().numpy()
            count = min(self.wanted, len(points))
            k_means = KMeans(count, init="random", n_init=1, max_iter=self.config.iterations, random_state=seed)
            # Threads add up in any order; on a CPU, a resumed run must find the same clusters.
            with threadpool_limits(1 if device.type == "cpu" else None), warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)  # fewer distinct points than clusters
                k_means.fit(points)
            assignment[known] = torch.from_numpy(k_means.labels_).long().to(device)
            centres[:count] = torch.from_numpy(k_means.cluster_centers_).to(device)
        assignment, centres = distributed.broadcast(assignment), distributed.broadcast(centres)
        self.assignment.copy_(assignment)
        self.order.copy_(assignment.argsort(stable=True))
        self.place[self.order] = torch.arange(len(self.order), device=device)
        self.counts.copy_(torch.bincount(assignment[known], minlength=self.wanted))
        self.starts.copy_(self.counts.cumsum(0) - self.counts + len(assignment) - len(known))
        if self.others:
            self.nearby.copy_(closest(functional.normalize(centres, dim=1), self.counts > 0, self.others))

    def draw(self, rows: Tensor, chance: Tensor) -> Tensor:
        """Row drawn for each row with two numbers of [0, 1); -1 for none."""
        own = self.assignment[rows]
        target = self.nearby[own, (chance[:, 0] * self.others).long()] if self.others else own
        others = self.counts[target] - (target == own).long()  # a row is no positive of its own
        chosen = (chance[:, 1] * others).long()
        chosen = chosen + ((target == own) & (chosen >= self.place[rows] - self.starts[target])).long()
        drawn = self.order[(self.starts[target] + chosen).clamp(max=len(self.order) - 1)]
        return torch.where((own >= 0) & (others > 0), drawn, -1)


def closest(centres: Tensor, used: Tensor, count: int) -> Tensor:
    """(clusters, count) of the used other centres that are closest to each, by cosine."""
    found = []
    for first in range(0, len(centres), BLOCK // 16):
        rows = torch.arange(first, min(first + BLOCK // 16, len(centres)), device=centres.device)
        cosine = (centres[rows] @ centres.T).masked_fill(~used, -torch.inf)
        cosine[torch.arange(len(rows), device=rows.device), rows] = -torch.inf
        found.append(cosine.topk(count, dim=1).indices)
    return torch.cat(found)
