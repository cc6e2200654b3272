"""Embeddings of utterances and who speaks in each: a table, in memory and on disk."""

from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sv_bridge.atomic import atomic_path
from sv_bridge.data.trials import Trials

__all__ = ["Embeddings"]


@dataclass(frozen=True)
class Embeddings:
    """Embeddings of n utterances, in the order of the corpus.

    Attributes
    ----------
    ids : (n,) unique utterance names, as trial lists use them.
    vectors : (n, dim), or (n, crops, dim) with several crops an utterance; float32, finite.
    speakers, sources, languages : (n,) names; empty strings when unknown.
    skipped : utterances that have no embedding because their audio is unusable, each as "id: reason".
    """

    ids: NDArray[np.str_]
    vectors: NDArray[np.float32]
    speakers: NDArray[np.str_]
    sources: NDArray[np.str_]
    languages: NDArray[np.str_]
    skipped: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.vectors.ndim not in (2, 3):
            raise ValueError(f"`vectors` must be (n, dim) or (n, crops, dim), got shape {self.vectors.shape}")
        for name in ("ids", "speakers", "sources", "languages"):
            column = getattr(self, name)
            if column.shape != self.vectors.shape[:1]:
                raise ValueError(f"`{name}` has shape {column.shape} but there are {len(self.vectors)} vectors")
        if len(set(self.ids.tolist())) < len(self.ids):
            names, counts = np.unique(self.ids, return_counts=True)
            raise ValueError(f"utterance {str(names[counts > 1][0])!r} is embedded twice: ids must be unique")
        finite: NDArray[np.bool_] = np.all(np.isfinite(self.vectors.reshape(len(self.vectors), -1)), axis=1)
        if not finite.all():
            raise ValueError(
                f"{np.count_nonzero(~finite)} of {len(finite)} embeddings hold NaN or infinity, first that of "
                f"{str(self.ids[~finite][0])!r}: the model has diverged, use an earlier checkpoint"
            )

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def dim(self) -> int:
        """Length of one embedding."""
        return int(self.vectors.shape[-1])

    def rows(self, trials: Trials) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Find the (trials,) rows of the enrolment and test utterances; a clear error when one has no embedding."""
        try:
            return trials.rows(self.ids.tolist())
        except ValueError as error:
            if not self.skipped:
                raise
            raise ValueError(f"{error}; skipped for unusable audio: {', '.join(self.skipped[:3])}") from None

    def where(self, keep: NDArray[np.bool_]) -> "Embeddings":
        """Keep the rows that are true in the (n,) mask."""
        columns = {f.name: getattr(self, f.name)[keep] for f in fields(self) if f.name != "skipped"}
        return replace(self, **columns)

    def save(self, path: Path | str) -> None:
        """Write an .npz without pickled objects, atomically."""
        if Path(path).suffix != ".npz":
            raise ValueError(f"embeddings are saved as .npz, got {path}")
        columns: dict[str, Any] = {f.name: getattr(self, f.name) for f in fields(self)}
        columns["skipped"] = np.array(self.skipped, dtype=np.str_)
        with atomic_path(path) as temporary:
            np.savez(temporary, **columns)

    @classmethod
    def load(cls, path: Path | str) -> "Embeddings":
        """Read what `save` wrote, or any .npz with arrays `vectors` and `speakers`; the rest is optional."""
        if not Path(path).is_file():
            raise FileNotFoundError(f"no embeddings at {path}: make them with `sv-bridge embed`")
        try:
            with np.load(path, allow_pickle=False) as archive:
                columns: dict[str, Any] = dict(archive)
        except (ValueError, OSError, AttributeError) as error:
            raise ValueError(f"{path} is not an .npz of plain arrays: {error}") from None
        if missing := [name for name in ("vectors", "speakers") if name not in columns]:
            raise ValueError(f"{path} has no array {missing[0]!r}: it has {', '.join(columns) or 'none'}")
        n = len(columns["vectors"])
        return cls(
            ids=columns.get("ids", np.arange(n)).astype(np.str_),
            vectors=columns["vectors"].astype(np.float32, copy=False),
            speakers=columns["speakers"].astype(np.str_),
            sources=columns.get("sources", np.full(n, "")).astype(np.str_),
            languages=columns.get("languages", np.full(n, "")).astype(np.str_),
            skipped=tuple(columns.get("skipped", np.empty(0, np.str_)).tolist()),
        )
