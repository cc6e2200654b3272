"""Embeddings of utterances and who speaks in each: a table, in memory and on disk."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cqm.atomic import atomic_path
from sv_bridge.data.manifest import Utterance, unlabelled
from sv_bridge.verification.overlap import heard_in_training, named
from sv_bridge.verification.trials import Trials

__all__ = ["Embeddings", "columns_of"]

COLUMN = "manifest."
"""Arrays of columns have this before their name in a file."""
LISTS = ("skipped", "heard")
KEPT_COLUMNS = ("source", "language", "session", "split")


@dataclass(frozen=True)
class Embeddings:
    """Embeddings of n utterances, in the order of the corpus.

    Attributes
    ----------
    ids : (n,) unique utterance names, as trial lists use them.
    vectors : (n, dim), or (n, crops, dim) with several crops an utterance; float32, finite.
    speakers : (n,) names, empty where unknown.
    columns : what the manifest says of each utterance: name ("source", "language", "split", …) → (n,) strings.
    heard : speakers among these that the system heard in training, as far as is known.
    skipped : utterances that have no embedding because their audio is unusable, each as "id: reason".
    """

    ids: NDArray[np.str_]
    vectors: NDArray[np.float32]
    speakers: NDArray[np.str_]
    columns: Mapping[str, NDArray[np.str_]] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()
    heard: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.vectors.ndim not in (2, 3):
            raise ValueError(f"`vectors` must be (n, dim) or (n, crops, dim), got shape {self.vectors.shape}")
        for name, column in {"ids": self.ids, "speakers": self.speakers, **self.columns}.items():
            if column.shape != self.vectors.shape[:1]:
                raise ValueError(f"`{name}` has shape {column.shape} but there are {len(self.vectors)} vectors")
        if len(set(self.ids.tolist())) < len(self.ids):
            names, counts = np.unique(self.ids, return_counts=True)
            raise ValueError(f"utterance {str(names[counts > 1][0])!r} is embedded twice: ids must be unique")
        flat = self.vectors.reshape(len(self.vectors), int(np.prod(self.vectors.shape[1:])))  # of no rows, too
        finite: NDArray[np.bool_] = np.all(np.isfinite(flat), axis=1)
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

    def description(self) -> str:
        """Which speakers these are, for every report: how many, of which splits, and who was heard in training.

        >>> vectors = np.eye(2, dtype=np.float32)
        >>> splits = {"split": np.array(["test", "train"])}
        >>> Embeddings(np.array(["u", "v"]), vectors, np.array(["a", "b"]), splits, heard=("b",)).description()
        '2 utterances of 2 speakers, splits test, train; 1 of the speakers heard in training: b'
        """
        speakers, splits = np.unique(self.speakers), np.unique(self.column("split"))
        known = [str(split) for split in splits if split]
        text = f"{len(self):,} utterances of {len(speakers):,} speakers"
        text += f", split{'s' if len(known) > 1 else ''} {', '.join(known)}" if known else ""
        return text + (
            f"; {len(self.heard):,} of the speakers heard in training: {named(self.heard)}" if self.heard else ""
        )

    def warnings(self) -> list[str]:
        """What is measured on these flatters the system, and why; empty where nothing is known to."""
        return heard_in_training(self.speakers.tolist(), self.heard)

    def require_speakers(self, purpose: str) -> None:
        """Raise a ValueError that says what needs to know who speaks, where that is unknown."""
        if unknown := int(np.count_nonzero(self.speakers == "")):
            raise ValueError(unlabelled(purpose, unknown, len(self), "the embeddings"))

    def column(self, name: str) -> NDArray[np.str_]:
        """(n,) strings of a column of the manifest; empty ones where it is unknown."""
        return self.columns.get(name, np.full(len(self), ""))

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
        return replace(
            self,
            ids=self.ids[keep],
            vectors=self.vectors[keep],
            speakers=self.speakers[keep],
            columns={name: column[keep] for name, column in self.columns.items()},
            heard=tuple(np.intersect1d(self.speakers[keep], np.array(self.heard, dtype=np.str_)).tolist()),
        )

    def save(self, path: Path | str) -> None:
        """Write an .npz without pickled objects, atomically."""
        if Path(path).suffix != ".npz":
            raise ValueError(f"embeddings are saved as .npz, got {path}")
        arrays: dict[str, Any] = {"ids": self.ids, "vectors": self.vectors, "speakers": self.speakers}
        arrays |= {name: np.array(getattr(self, name), dtype=np.str_) for name in LISTS}
        arrays |= {f"{COLUMN}{name}": column for name, column in self.columns.items()}
        with atomic_path(path) as temporary:
            np.savez(temporary, **arrays)

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
            columns={
                name.removeprefix(COLUMN): column.astype(np.str_)
                for name, column in columns.items()
                if name.startswith(COLUMN)
            },
            **{name: tuple(columns.get(name, np.empty(0, np.str_)).tolist()) for name in LISTS},
        )


def columns_of(utterances: Iterable[Utterance]) -> dict[str, NDArray[np.str_]]:
    """What the manifest says of each utterance, without columns that are empty throughout."""
    listed = list(utterances)
    others = sorted({name for utterance in listed for name, _ in utterance.other})
    columns = {
        name: np.array([utterance.column(name) for utterance in listed], dtype=np.str_)
        for name in (*KEPT_COLUMNS, *others, "age_group")
    }
    return {name: column for name, column in columns.items() if (column != "").any()}
