"""What one checkpoint is worth, with labels and without: embeddings, error rates, and every label-free number."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_mutual_info_score
from torch import Tensor

import cqm
from benchmarks.two_collections import SPLITS, hard_negatives, lists, rates
from cqm.atomic import atomic_path
from cqm.reports.choice import choose
from sv_bridge.compactness.label_free import spectrum_criteria, view_criteria
from sv_bridge.compactness.pseudo_speakers import numbers_to_try
from sv_bridge.data.audio import AudioFile
from sv_bridge.data.channels import crossed
from sv_bridge.data.crops import wrapped
from sv_bridge.data.dataset import Stretch
from sv_bridge.data.manifest import Corpus
from sv_bridge.embeddings import Embeddings, columns_of
from sv_bridge.models.features import LogMel
from sv_bridge.models.masking import frame_mask
from sv_bridge.reports.selection import on_halves
from sv_bridge.training.checkpoint import load_encoder
from sv_bridge.verification.scoring import scoring_vectors
from sv_bridge.verification.transforms import whiten

DRAWN = {"train": 400, "dev": 400, "test": 500}
"""Utterances drawn at random of each split, without looking at who speaks."""
MANY = 800
"""Training utterances that measures choose the number of speakers of."""
VIEW_SECONDS = 1.5
CHANNELS = 0
CONDITIONS = ("recorded", "crossed")
POOLS = ("train", "dev")
"""Splits that are listened to without labels."""
NUMBERS = (20, 30, 45, 65, 90, 130, 180, 250)
"""Numbers of speakers that measures choose among."""
BATCH = 64
LEFT_OUT = {
    "hard": "searches all sets of representatives",
    "relaxed": "searches all sets of representatives",
    "pairs_relaxed": "searches representatives of every pair of clusters",
    "pairs": "5 seconds at 600 utterances in 130 clusters",
}
"""Costs of measures that are not asked, and why."""
MEASURES = tuple(measure.name for measure in cqm.catalog.values() if measure.cost not in LEFT_OUT)

Labels = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Listened:
    """Features of a list of utterances, made once for all checkpoints.

    Attributes
    ----------
    batches : (positions, features (batch, mels, frames), frames of each).
    """

    batches: list[tuple[Tensor, Tensor, Tensor]]

    @torch.inference_mode()
    def embed(self, backbone: torch.nn.Module) -> NDArray[np.float32]:
        """(n, dim) embeddings."""
        found: dict[int, NDArray[np.float32]] = {}
        for positions, features, frames in self.batches:
            vectors = backbone(features, frame_mask(frames, features.shape[2])).numpy()
            found |= dict(zip(positions.tolist(), vectors, strict=True))
        return np.stack([found[i] for i in range(len(found))])


class Collection:
    """A corpus as the study hears it.

    Whole utterances as recorded and crossed; and two views of each utterance of the pools, its beginning and its end,
    as recorded (through one channel) and each through a channel of its own. What was computed of them is kept in a
    file.
    """

    def __init__(self, corpus: Corpus, features: LogMel, path: Path) -> None:
        drawn = {split: draw(corpus.split(split), count) for split, count in DRAWN.items()}
        self.pools = {split: drawn[split] for split in POOLS}
        self.speech = joined(drawn.values())
        self.viewed = joined(self.pools.values())
        self.many = draw(corpus.split("train"), MANY)
        hard = hard_negatives(corpus)
        self.trials = lists(self.speech, hard)
        if not path.is_file():
            heard = {condition: listen(features, self.speech, condition) for condition in CONDITIONS}
            heard["many"] = listen(features, self.many, "recorded")
            for condition in CONDITIONS:
                for view in (0, 1):
                    heard[f"{condition}-view{view}"] = listen(features, self.viewed, condition, view)
            with atomic_path(path) as temporary:
                torch.save({name: each.batches for name, each in heard.items()}, temporary)
        self.heard = {name: Listened(batches) for name, batches in torch.load(path, weights_only=True).items()}


def draw(corpus: Corpus, count: int) -> Corpus:
    """So many utterances at random, in their order."""
    drawn = np.random.default_rng(0).permutation(len(corpus))[:count]
    return Corpus(corpus.root, tuple(corpus[i] for i in sorted(drawn.tolist())))


def joined(parts: Iterable[Corpus]) -> Corpus:
    """Several parts of one corpus as one."""
    parts = tuple(parts)
    return Corpus(parts[0].root, tuple(utterance for part in parts for utterance in part))


def listen(features: LogMel, corpus: Corpus, condition: str, view: int | None = None) -> Listened:
    """Read utterances, whole or one view of them, and compute their features."""
    waves = []
    for utterance in corpus:
        with AudioFile(corpus.path(utterance), sample_rate_hz=16_000) as file:
            stretch = Stretch(file, utterance)
            wave = stretch[: len(stretch)]
        frames = round(VIEW_SECONDS * 16_000)
        if condition == "crossed":
            wave = crossed(wave, utterance.id, seed=CHANNELS if view is None else CHANNELS + 1 + view)
        if view is not None:
            wave = wrapped(wave, 0, frames) if view == 0 else wrapped(wave, max(0, len(wave) - frames), frames)
        waves.append(torch.from_numpy(wave))
    order = np.argsort([len(wave) for wave in waves], kind="stable")
    batches = []
    for first in range(0, len(order), BATCH):
        rows = order[first : first + BATCH]
        lengths = torch.tensor([len(waves[i]) for i in rows])
        padded = torch.nn.utils.rnn.pad_sequence([waves[i] for i in rows], batch_first=True)
        batches.append((torch.from_numpy(rows.copy()), features(padded, lengths), features.frames(lengths)))
    return Listened(batches)


def record(collection: Collection, checkpoint: Path, loss: float) -> dict[str, Any]:
    """Error rates of a checkpoint, and what is said of it without labels, by pool and condition."""
    backbone = load_encoder(checkpoint).backbone
    vectors = {name: heard.embed(backbone) for name, heard in collection.heard.items() if name != "many"}
    spoken = {condition: table(collection.speech, vectors[condition]) for condition in CONDITIONS}
    error_rates = {}
    for condition, embeddings in spoken.items():
        splits = {split: embeddings.where(embeddings.column("split") == split) for split in SPLITS}
        error_rates[condition] = rates(splits, collection.trials)
    values: dict[str, Any] = {}
    for split, pool in collection.pools.items():
        viewed = np.array([collection.viewed.positions[u.id] for u in pool])
        for condition in CONDITIONS:
            mine = pooled(spoken[condition], pool)
            reference = pooled(spoken[condition], collection.pools["train"])
            first, second = (vectors[f"{condition}-view{view}"][viewed] for view in (0, 1))
            found: dict[str, float] = {"loss": loss}
            found |= spectrum_criteria(mine.vectors) | view_criteria(first, second)
            found |= clustered(whiten(mine, reference), k_means=split == "train")
            values.setdefault(split, {})[condition] = found
    viewed = np.array([collection.viewed.positions[u.id] for u in collection.pools["train"]])
    halves = on_halves(*(vectors[f"crossed-view{view}"][viewed] for view in (0, 1)))
    return {"error_rates": error_rates, "values": values, "halves": halves.tolist()}


def table(corpus: Corpus, vectors: NDArray[np.float32]) -> Embeddings:
    """Embeddings of a corpus."""
    utterances = list(corpus)
    return Embeddings(
        np.array([u.id for u in utterances]), vectors, np.array([u.speaker for u in utterances]), columns_of(utterances)
    )


def pooled(embeddings: Embeddings, pool: Corpus) -> Embeddings:
    """Rows of a pool."""
    return embeddings.where(np.isin(embeddings.ids, [u.id for u in pool]))


def linked(vectors: NDArray[np.floating], numbers: Iterable[int]) -> dict[int, Labels]:
    """Numbers of clusters → labels by average linkage under cosine distance."""
    tree = linkage(vectors, method="average", metric="cosine")
    return {k: fcluster(tree, k, criterion="maxclust") for k in numbers}


def clustered(embeddings: Embeddings, *, k_means: bool) -> dict[str, float]:
    """Every measure of average linkage with the silhouette's k; and, if wanted, of k-means with a tenth of n."""
    vectors = scoring_vectors(embeddings.vectors)
    cuts = linked(vectors, numbers_to_try(len(vectors), steps=40))
    labels = {"ahc": max(cuts.values(), key=lambda cut: cqm.silhouette(vectors, cut, metric="cosine"))}
    if k_means:
        labels["kmeans"] = KMeans(len(vectors) // 10, n_init=3, random_state=0).fit_predict(vectors)
    values = {"clusters": float(labels["ahc"].max())}
    for name, found in labels.items():
        report = cqm.evaluate(vectors, found, metric="cosine", measures=MEASURES, progress=False)
        values |= {f"{name}:{measure}": value for measure, value in report.values.items()}
    return values


def numbers(collection: Collection, checkpoint: Path) -> dict[str, Any]:
    """How many speakers each measure chooses among training utterances as recorded, and what each choice is worth."""
    embeddings = table(collection.many, collection.heard["many"].embed(load_encoder(checkpoint).backbone))
    vectors = scoring_vectors(whiten(embeddings, embeddings).vectors)
    cuts = linked(vectors, NUMBERS)
    agreement = {k: adjusted_mutual_info_score(embeddings.speakers, labels) for k, labels in cuts.items()}
    reports = [
        cqm.evaluate(vectors, labels, metric="cosine", measures=MEASURES, progress=False) for labels in cuts.values()
    ]
    choices = {name: choose(cqm.catalog[name], reports, by_k=True).best for name in MEASURES}
    return {
        "speakers": len(set(embeddings.speakers)),
        "ami": {str(k): round(float(value), 4) for k, value in agreement.items()},
        "chosen": {name: NUMBERS[best[0]] if best else None for name, best in choices.items()},
    }
