"""Packed corpora as they are read: shards, mapped into memory."""

import json
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sv_bridge.data.audio import SAMPLE_RATE_HZ, AudioError
from sv_bridge.data.manifest import Corpus

__all__ = ["HEADER_BYTES", "PACK_NAME", "MappedFile", "Shards", "read_shapes"]

PACK_NAME = "pack.json"
HEADER_BYTES = 44  # of a WAV file without other chunks, as the module wave writes it


def read_shapes(root: Path) -> dict[str, dict[str, Any]]:
    """Path → frames and hash of each shard."""
    index = root / PACK_NAME
    if not index.is_file():
        raise FileNotFoundError(f"{root} is not a packed corpus: it has no {PACK_NAME}; make one with `sv-bridge pack`")
    shapes: dict[str, dict[str, Any]] = json.loads(index.read_text(encoding="utf-8"))["shards"]
    return shapes


class Shards:
    """The files of a packed corpus, mapped when they are first read.

    Parameters
    ----------
    corpus : packed or not; a corpus that isn't has no shards.

    Raises
    ------
    AudioError
        A shard hasn't the length that `pack.json` says, when it is read.
    """

    def __init__(self, corpus: Corpus) -> None:
        self.root = corpus.root
        self._shapes = read_shapes(corpus.root) if (corpus.root / PACK_NAME).is_file() else {}
        self._mapped: dict[str, NDArray[np.int16]] = {}

    def __contains__(self, path: str) -> bool:
        return path in self._shapes

    def open(self, path: str) -> "MappedFile":
        """One of the shards."""
        if path not in self._mapped:
            file = self.root / path
            frames = int(self._shapes[path]["frames"])
            if not file.is_file() or file.stat().st_size != HEADER_BYTES + 2 * frames:
                raise AudioError(f"{file} is not the shard that {PACK_NAME} describes: pack the corpus again")
            self._mapped[path] = np.memmap(file, dtype="<i2", mode="r", offset=HEADER_BYTES, shape=(frames,))
        return MappedFile(self.root / path, self._mapped[path])

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_mapped": {}}  # each process maps for itself


class MappedFile:
    """What `sv_bridge.data.audio.AudioFile` is for a file that is decoded, for one that is mapped."""

    sample_rate_hz = SAMPLE_RATE_HZ

    def __init__(self, path: Path, samples: NDArray[np.int16]) -> None:
        self.path, self._samples, self.frames = path, samples, len(samples)

    def __enter__(self) -> "MappedFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def read(self, start: int = 0, frames: int | None = None) -> NDArray[np.float32]:
        """(frames,) samples from `start` on."""
        stop = self.frames if frames is None else start + frames
        if not 0 <= start <= stop <= self.frames:
            raise ValueError(f"wanted samples {start} to {stop} of {self.path}, which has {self.frames}")
        return self._samples[start:stop] * np.float32(2**-15)
