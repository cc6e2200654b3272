"""Within-class covariance normalisation of a trained encoder: the last step of training that needs no gradient.

Every utterance is embedded as it was recorded and through random channels. How the embeddings of one speaker, or of one
utterance where nobody is named, differ among themselves says which directions tell channels and words rather than
voices; a linear map takes their weight. It becomes part of the encoder, wherever that is used.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from safetensors import torch as safetensors

from cqm.atomic import atomic_path
from sv_bridge import distributed
from sv_bridge.data.manifest import Corpus
from sv_bridge.models.embedding import DEFAULT_OPTIONS, EmbeddingOptions, embed
from sv_bridge.training.checkpoint import NORMALISATION, CheckpointError, load_encoder, used_checkpoints
from sv_bridge.verification.transforms import within_class_normalisation

__all__ = ["is_normalised", "normalise"]


def is_normalised(run: Path | str) -> bool:
    """Whether the newest checkpoint of a run, or a checkpoint, has a normalisation."""
    (checkpoint,), _ = used_checkpoints(run)
    return (checkpoint / NORMALISATION).is_file()


def normalise(
    run: Path | str, corpus: Corpus, options: EmbeddingOptions = DEFAULT_OPTIONS, *, channels: int = 2
) -> Path:
    """Find the normalisation of a run's newest checkpoint, and write it beside its weights.

    `sv_bridge.training.checkpoint.load_encoder` and all that uses it apply it from then on; training that starts from
    the checkpoint does not. What was there before is replaced.

    Parameters
    ----------
    run : run directory, or one checkpoint folder in it.
    corpus : utterances to learn from; its speakers are the classes where they are named, else each utterance is one.
    options : how they are embedded: whole utterances, or crops of which the mean counts.
    channels : so many times, each utterance goes through another channel (`sv_bridge.data.channels.crossed`, seeds from
        1 on) besides being as it was recorded.

    Returns
    -------
    Path
        Of the file.

    Raises
    ------
    CheckpointError
        No checkpoint, or the run has a rule for decisions, which was made for the embeddings as they were.
    ValueError
        Nothing can vary: no channel, and nobody is named. Or only some speakers are named.
    """
    (checkpoint,), directory = used_checkpoints(run)
    if (directory / "decision.json").is_file():
        raise CheckpointError(
            f"{directory} decides by decision.json, which was learned from its embeddings as they are: remove that "
            "file, normalise, and run `sv-bridge calibrate` again"
        )
    named = any(utterance.speaker for utterance in corpus)
    if named:
        corpus.require_speakers("normalisation within speakers")
    elif channels < 1:
        raise ValueError("without a channel nothing varies within an utterance: wanted channels ≥ 1, or speakers")
    encoder = load_encoder(checkpoint, normalised=False)
    copies = [embed(encoder, corpus, replace(options, cross_channels=seed)) for seed in (None, *range(1, channels + 1))]
    vectors = np.concatenate([each.vectors if each.vectors.ndim == 2 else each.vectors.mean(axis=1) for each in copies])
    classes = np.concatenate([each.speakers if named else each.ids for each in copies])
    matrix = torch.from_numpy(within_class_normalisation(vectors, classes)).float()
    if distributed.rank() == 0:
        with atomic_path(checkpoint / NORMALISATION) as temporary:
            temporary.write_bytes(safetensors.save({"matrix": matrix}))
    distributed.barrier()
    return checkpoint / NORMALISATION
