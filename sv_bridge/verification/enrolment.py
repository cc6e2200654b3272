"""Models enrolled from several utterances: Kaldi's spk2utt, enrolment maps as of CN-Celeb."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from sv_bridge.embeddings import Embeddings
from sv_bridge.verification.names import find_names
from sv_bridge.verification.scoring import scoring_vectors

__all__ = ["enrolled", "read_enrolment"]


def read_enrolment(path: Path | str) -> dict[str, list[str]]:
    """Model → its utterances, from `model utterance utterance …` lines; a model may have several lines.

    Raises
    ------
    ValueError
        A line with no utterance, or no line at all.
    """
    models: dict[str, list[str]] = {}
    for number, line in enumerate(Path(path).read_text(encoding="utf-8-sig").splitlines(), start=1):
        if not line.strip():
            continue
        model, *utterances = line.split()
        if not utterances:
            raise ValueError(f"{path}:{number}: wanted `model utterance …`, got {line.strip()[:80]!r}")
        models.setdefault(model, []).extend(utterances)
    if not models:
        raise ValueError(f"{path} enrols no models")
    return models


def enrolled(embeddings: Embeddings, models: Mapping[str, Sequence[str]]) -> Embeddings:
    """Add a row a model: the mean of the unit embeddings of its utterances; its speaker is theirs.

    Raises
    ------
    ValueError
        An utterance is unknown, a model has the name of an utterance, or utterances of two speakers.
    """
    if not models:
        return embeddings
    ids, known = embeddings.ids.tolist(), set(embeddings.ids.tolist())
    vectors, speakers = [], []
    for model, utterances in models.items():
        if model in known:
            raise ValueError(f"{model!r} is the name of a model and of an utterance: rename one")
        rows = np.array(find_names(utterances, ids))
        speaker = np.unique(embeddings.speakers[rows])
        if len(speaker) > 1:
            raise ValueError(f"model {model!r} is enrolled from speakers {', '.join(speaker.tolist())}: wanted one")
        speakers.append(speaker[0])
        vectors.append(scoring_vectors(embeddings.vectors[rows]).mean(axis=0))
    table = np.stack(vectors).astype(np.float32)
    if embeddings.vectors.ndim == 3:  # one mean, as often as there are crops
        table = np.repeat(table[:, None], embeddings.vectors.shape[1], axis=1)
    blank = np.full(len(models), "")
    return replace(
        embeddings,
        ids=np.concatenate([embeddings.ids, list(models)]),
        vectors=np.concatenate([embeddings.vectors, table]),
        speakers=np.concatenate([embeddings.speakers, speakers]),
        columns={name: np.concatenate([column, blank]) for name, column in embeddings.columns.items()},
    )
