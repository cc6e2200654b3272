"""A recording → its turns: speech is found, windows of it are embedded and clustered."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from torch import nn

from sv_bridge.compactness.speaker_count import SpeakerCount, count_speakers
from sv_bridge.data.audio import AudioFile
from sv_bridge.data.manifest import Corpus, Utterance
from sv_bridge.data.voice_activity import DETECTOR_RATE_HZ, speech_regions
from sv_bridge.diarisation.turns import Turn, Window, turns_of, windows_of
from sv_bridge.embeddings import Embeddings
from sv_bridge.models.embedding import DEFAULT_OPTIONS, EmbeddingOptions, embed

__all__ = ["Diarisation", "diarise", "embed_windows"]


@dataclass(frozen=True, eq=False)
class Diarisation:
    """Who speaks when in one recording.

    Attributes
    ----------
    turns : in time.
    seconds : length of the recording.
    count : how the number of speakers was chosen; None where there is no speech.
    """

    turns: tuple[Turn, ...]
    seconds: float
    count: SpeakerCount | None = field(repr=False)


def diarise(
    encoder: nn.Module,
    path: Path | str,
    *,
    regions: Sequence[tuple[float, float]] | None = None,
    window: float = 1.5,
    step: float = 0.75,
    options: EmbeddingOptions = DEFAULT_OPTIONS,
    **choice: Any,
) -> Diarisation:
    """Say who speaks when. Speech of several at once is given to one.

    Parameters
    ----------
    encoder : makes embeddings, see `sv_bridge.models.embedding.embed`.
    path : the recording.
    regions : (start, end) seconds of speech, where they are known; found by a voice activity detector without.
    window, step : seconds of a window, and from one to the next.
    options : device and the like; windows are embedded whole.
    **choice : how the number of speakers is chosen, see `sv_bridge.compactness.speaker_count.count_speakers`.
    """
    with AudioFile(path, sample_rate_hz=DETECTOR_RATE_HZ) as file:
        seconds = file.frames / file.sample_rate_hz
        spoken = list(regions) if regions is not None else speech_regions(file.read(0, file.frames))
    spoken = [(max(start, 0.0), min(end, seconds)) for start, end in spoken if start < seconds]
    windows, embeddings = embed_windows(encoder, path, windows_of(spoken, seconds=window, step=step), options)
    if not windows:
        return Diarisation((), seconds, None)
    count = count_speakers(embeddings.vectors, **choice)
    return Diarisation(tuple(turns_of(windows, count.labels, spoken)), seconds, count)


def embed_windows(
    encoder: nn.Module, path: Path | str, windows: Sequence[Window], options: EmbeddingOptions = DEFAULT_OPTIONS
) -> tuple[list[Window], Embeddings]:
    """Embed windows of a recording; those that are silent are left out."""
    place = str(Path(path).absolute())
    utterances = tuple(
        Utterance(str(i), place, "unknown", start_s=window.start, duration_s=window.end - window.start)
        for i, window in enumerate(windows)
    )
    if not utterances:
        return [], Embeddings(np.empty(0, np.str_), np.empty((0, 1), np.float32), np.empty(0, np.str_))
    embeddings = embed(encoder, Corpus(Path(), utterances), options)
    return [windows[int(name)] for name in embeddings.ids.tolist()], embeddings
