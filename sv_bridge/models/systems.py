"""A system by name: a trained run, an untrained encoder, the mean log-mel spectrum, a file of embeddings."""

from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path

import numpy as np
from torch import nn

from sv_bridge.data.manifest import Corpus
from sv_bridge.embeddings import Embeddings
from sv_bridge.models.baselines import MeanLogMel
from sv_bridge.models.embedding import DEFAULT_OPTIONS, EmbeddingOptions, embed
from sv_bridge.models.encoders import build_encoder
from sv_bridge.presets import load_config
from sv_bridge.training.checkpoint import CheckpointError, checkpoints, load_encoder, read_config

__all__ = ["LOG_MEL", "UNTRAINED", "embeddings_of", "load_system", "system_groups"]

LOG_MEL, UNTRAINED = "log-mel", "untrained:"


def load_system(name: str, *, average_last: int = 1) -> nn.Module:
    """Encoder of a run directory; "log-mel" is the mean log-mel spectrum, "untrained:PRESET" has fresh weights.

    Raises
    ------
    CheckpointError
        No such run, or its weights don't fit its configuration.
    """
    if name == LOG_MEL:
        return MeanLogMel()
    if name.startswith(UNTRAINED):
        config = load_config(name.removeprefix(UNTRAINED))
        return build_encoder(config.encoder, seed=config.seed)
    if not Path(name).is_dir():
        raise CheckpointError(f"{name} is not a run directory, nor an .npz, nor {LOG_MEL}, nor {UNTRAINED}PRESET")
    return load_encoder(name, average_last=average_last)


def embeddings_of(name: str, corpus: Corpus, options: EmbeddingOptions = DEFAULT_OPTIONS) -> Embeddings:
    """Embed a corpus with a system; a run keeps what it has embedded under `embeddings/` and reads it the next time.

    Parameters
    ----------
    name : see `load_system`; or an .npz of embeddings, of which those of the corpus' utterances are taken.
    corpus : what to embed.
    options : crops, device and the like.
    """
    if name.endswith(".npz"):
        if options.crops is not None:
            raise ValueError(f"{name} holds embeddings already: crops can't be chosen any more")
        stored = Embeddings.load(name)
        return stored.where(np.isin(stored.ids, [utterance.id for utterance in corpus]))
    cache = _cache(name, corpus, options)
    if cache is not None and cache.is_file():
        return Embeddings.load(cache)
    embeddings = embed(load_system(name, average_last=options.average_last), corpus, options)
    if cache is not None:
        embeddings.save(cache)
    return embeddings


def system_groups(systems: Sequence[str]) -> dict[str, list[str]]:
    """Put runs that differ in their seed alone under one name, that of the first; other systems are by themselves."""
    groups: dict[str, list[str]] = {}
    named: dict[str, str] = {}
    for system in systems:
        key = system
        if Path(system).is_dir():
            key = read_config(system).model_copy(update={"seed": 0}).model_dump_json()
        groups.setdefault(named.setdefault(key, system), []).append(system)
    return groups


def _cache(name: str, corpus: Corpus, options: EmbeddingOptions) -> Path | None:
    """File that holds the embeddings: its name depends on weights, configuration, utterances and options."""
    run = Path(name)
    if name == LOG_MEL or name.startswith(UNTRAINED) or not run.is_dir():
        return None
    weights = [
        (path.name, path.stat().st_mtime_ns) for path in checkpoints(run / "checkpoints")[-options.average_last :]
    ]
    files = [
        (u.id, str(corpus.path(u)), corpus.path(u).stat().st_mtime_ns if corpus.path(u).is_file() else 0, u.start_s,
         u.duration_s, u.speaker, u.source, u.language)
        for u in corpus
    ]  # fmt: skip
    key = (weights, read_config(run).encoder.model_dump_json(), files, options.identity)
    return run / "embeddings" / f"{blake2b(repr(key).encode(), digest_size=12).hexdigest()}.npz"
