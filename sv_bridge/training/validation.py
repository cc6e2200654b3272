"""How good an encoder is on development speakers, while it trains."""

import logging
from dataclasses import replace

import torch

from sv_bridge.config import RunConfig
from sv_bridge.data.manifest import Corpus
from sv_bridge.models.embedding import EmbeddingOptions, Sample, embed
from sv_bridge.models.encoders import SpeakerEncoder
from sv_bridge.verification.error_rates import equal_error_rate
from sv_bridge.verification.scoring import score_trials
from sv_bridge.verification.trials import generate_trials

__all__ = ["Validator"]

logger = logging.getLogger(__name__)

CROP_SECONDS = 4.0
TRIALS_PER_SPEAKER = 400


class Validator:
    """Equal error rate, and compactness if asked for, of the corpus' "dev" split every `validate_epochs` epochs.

    With `validate_crossed`, the same trials once more with every utterance through a channel of its own.

    One crop of 4 s from each utterance, and trials that are the same for every run: values of different runs on one
    corpus compare. Crops are read once where `data.memory_hours` has room for them. A corpus without that split gives
    no metrics, nor one where it is unknown who speaks there. Test speakers are never looked at.
    """

    def __init__(self, config: RunConfig, corpus: Corpus, device: torch.device) -> None:
        self.training = config.training
        self.options = EmbeddingOptions(crops=1, crop_seconds=CROP_SECONDS, device=str(device))
        self.corpus = corpus.split("dev") if "dev" in corpus.splits and self.training.validate_epochs else None
        if self.corpus is not None:
            if not self.corpus.labelled:
                logger.warning("it is not known who speaks in the split dev: there will be no error rate of it")
                self.corpus = None
                return
            shared = set(self.corpus.speakers) & set(corpus.split("train").speakers)
            if shared:
                raise ValueError(
                    f"{len(shared)} speakers are in both train and dev, {min(shared)!r} for one: split them"
                )
            hours = len(self.corpus) * CROP_SECONDS / 3600
            self.memory: dict[int, Sample] | None = None
            self.crossed_memory: dict[int, Sample] | None = None
            if hours <= config.data.memory_hours:
                self.memory, self.crossed_memory = {}, {}
            self.trials = generate_trials(self.corpus, per_speaker=TRIALS_PER_SPEAKER)

    def __call__(self, encoder: SpeakerEncoder, epoch: int) -> dict[str, float]:
        """Metrics after `epoch` epochs; none in an epoch that isn't validated."""
        last = epoch == self.training.epochs
        if self.corpus is None or not (last or epoch % self.training.validate_epochs == 0):
            return {}
        embeddings = embed(encoder, self.corpus, self.options, memory=self.memory)
        scores = score_trials(embeddings, self.trials)
        metrics = {"dev_eer": equal_error_rate(scores[self.trials.labels], scores[~self.trials.labels])}
        if self.training.validate_crossed is not None:
            options = replace(self.options, cross_channels=self.training.validate_crossed)
            scores = score_trials(embed(encoder, self.corpus, options, memory=self.crossed_memory), self.trials)
            metrics["dev_eer_crossed"] = equal_error_rate(scores[self.trials.labels], scores[~self.trials.labels])
        if self.training.compactness:
            from sv_bridge.compactness.speakers import summary  # takes seconds to load: only for those who ask

            metrics |= {f"dev_{name}": value for name, value in summary(embeddings).items()}
        return metrics
