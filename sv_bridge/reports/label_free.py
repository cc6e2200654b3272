"""A system heard without labels: every number of it that needs to know of nobody who speaks."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from sv_bridge.compactness.label_free import spectrum_criteria, view_criteria
from sv_bridge.compactness.pseudo_speakers import find_pseudo_speakers
from sv_bridge.data.manifest import Corpus
from sv_bridge.data.randomness import generator
from sv_bridge.embeddings import Embeddings
from sv_bridge.models.embedding import DEFAULT_OPTIONS, EmbeddingOptions
from sv_bridge.models.systems import embeddings_of
from sv_bridge.reports.selection import Heard
from sv_bridge.training.checkpoint import checkpoints

__all__ = ["LabelFreeEvaluator", "checkpoints_of"]

UTTERANCES, VIEW_SECONDS = 1200, 1.5


class LabelFreeEvaluator:
    """Listens with one system after another to the same utterances: call it with a system.

    Whole utterances are heard through channels drawn from seed `channels`, their beginnings and ends through those of
    the next two seeds: no two of them share a channel.

    Parameters
    ----------
    corpus : of anybody's utterances; the columns that say whose are not read.
    options : device and the like.
    channels : None listens as recorded: then a beginning and an end share their channel.
    utterances : at most so many, drawn at random.
    """

    def __init__(
        self,
        corpus: Corpus,
        options: EmbeddingOptions = DEFAULT_OPTIONS,
        *,
        channels: int | None = 0,
        utterances: int = UTTERANCES,
    ) -> None:
        if len(corpus) < 4 or utterances < 4:
            raise ValueError(f"wanted at least 4 utterances to compare systems on, got {min(len(corpus), utterances)}")
        drawn = generator(0, "label-free").permutation(len(corpus))[:utterances]
        nobodys = (replace(corpus[i], speaker="") for i in sorted(drawn.tolist()))
        self.speech = Corpus(corpus.root, tuple(nobodys))
        self.options, self.channels = options, channels

    def __call__(self, system: str) -> Heard:
        """Embed, and compute every number."""
        whole = self._embedded(system, 0, {})
        crops = {"crops": 2, "crop_seconds": VIEW_SECONDS}
        first, second = (self._embedded(system, 1 + view, crops) for view in (0, 1))
        together = sorted(set(whole.ids) & set(first.ids) & set(second.ids))
        if len(together) < 4:
            raise ValueError(f"{system}: only {len(together)} utterances have usable audio")
        whole, first, second = (each.where(np.isin(each.ids, together)) for each in (whole, first, second))
        views = first.vectors[:, 0], second.vectors[:, 1]
        found = find_pseudo_speakers(whole, trusted=-1.0, least_utterances=1)
        values = view_criteria(*views) | {"silhouette": found.value} | spectrum_criteria(whole.vectors)
        return Heard(system, whole.vectors, *views, found.clusters, values)

    def _embedded(self, system: str, channel: int, crops: Mapping[str, Any]) -> Embeddings:
        seed = None if self.channels is None else self.channels + channel
        return embeddings_of(system, self.speech, replace(self.options, cross_channels=seed, **crops))


def checkpoints_of(system: str) -> list[str]:
    """Every checkpoint of finished epochs that a run directory has kept; another system is by itself."""
    found = [path for path in checkpoints(Path(system) / "checkpoints") if "-step-" not in path.name]
    return [str(path) for path in found] or [system]
