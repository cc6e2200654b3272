"""Embeddings of other toolkits: Kaldi's ark and scp (WeSpeaker's too), .npy with names, .pt dictionaries, tables."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cqm.files import LABEL_KEYS, VECTOR_KEYS, read_points
from sv_bridge.embeddings import Embeddings

__all__ = ["FORMATS", "read_embeddings", "read_speakers"]

FORMATS = (".npz", ".npy", ".ark", ".scp", ".pt", ".csv", ".tsv", ".parquet")
PICKLED = (".pkl", ".pickle")
ID_KEYS = ("ids", "utterances", "names", "keys")


def read_embeddings(
    path: Path | str, *, speakers: Path | str | None = None, names: Path | str | None = None
) -> Embeddings:
    """Read embeddings, with the names of utterances and speakers that the file has, or that other files add.

    Parameters
    ----------
    path : ``.npz`` of `sv-bridge embed`, or with an array named X, embeddings, vectors or data, and maybe ids and
        labels, y or speakers; Kaldi's ``.ark`` or ``.scp``; ``.npy`` with (n, dim) numbers; ``.pt`` with a dictionary
        name → tensor, as sslsv writes it; a table with a column of labels, as `cqm score` takes it.
    speakers : text file of `utterance speaker` lines (Kaldi's utt2spk), for formats without speakers.
    names : text file with a name a line, for ``.npy``; the file of the same name with ``.txt`` without.

    Returns
    -------
    Embeddings
        Speakers are empty where nothing names them.

    Raises
    ------
    FileNotFoundError, ValueError
        No such file, an unknown format, numbers of another shape, or utterances without a speaker.
    """
    path = Path(path)
    if path.suffix in PICKLED:
        raise ValueError(
            f"{path} holds pickled objects, and reading those runs whatever code is in them. Load it yourself if you "
            "trust it, and write arrays: of speechbrain's statistics, np.savez('embeddings.npz', ids=x.segset, "
            "vectors=x.stat1, speakers=x.modelset)"
        )
    if path.suffix not in FORMATS:
        raise ValueError(f"{path} is of no known format: wanted one of {', '.join(FORMATS)}")
    if not path.is_file():
        raise FileNotFoundError(f"no embeddings at {path}: make them with `sv-bridge embed`")
    if path.suffix in (".ark", ".scp"):
        table = _by_name(_kaldi(path), path)
    elif path.suffix == ".pt":
        table = _by_name(_torch(path), path)
    elif path.suffix == ".npy":
        table = _npy(path, names)
    elif path.suffix == ".npz":
        table = _npz(path)
    else:
        data = read_points(path)
        count = len(data.points)
        labels = data.labels if data.labels is not None else [""] * count
        table = _table([str(i) for i in range(count)], np.asarray(data.points), labels)
    if speakers is None:
        return table
    speaker_of = read_speakers(speakers)
    missing = [name for name in table.ids.tolist() if name not in speaker_of]
    if missing:
        raise ValueError(f"{speakers} lacks {len(missing)} of {len(table)} utterances of {path}, first {missing[0]!r}")
    return replace(table, speakers=np.array([speaker_of[name] for name in table.ids.tolist()], dtype=np.str_))


def read_speakers(path: Path | str) -> dict[str, str]:
    """Utterance → speaker, from `utterance speaker` lines."""
    rows = [line.split() for line in Path(path).read_text(encoding="utf-8-sig").splitlines() if line.strip()]
    if bad := next((row for row in rows if len(row) != 2), None):
        raise ValueError(f"{path}: wanted `utterance speaker` lines, got {' '.join(bad)[:80]!r}")
    return dict(rows)


def _kaldi(path: Path) -> Mapping[str, NDArray[np.floating]]:
    try:
        import kaldiio
    except ImportError:
        raise ImportError("kaldiio is not installed: pip install 'axiomatic-cqm[scoring]'") from None
    try:
        if path.suffix == ".scp":
            return dict(kaldiio.load_scp(str(path)))  # which opens and closes the archives one by one
        with path.open("rb") as file:
            return dict(kaldiio.load_ark(file))
    except (ValueError, OSError, RuntimeError, AssertionError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} cannot be read as Kaldi's {path.suffix[1:]}: {error}") from None


def _torch(path: Path) -> Mapping[str, Any]:
    try:
        import torch
    except ImportError:
        raise ImportError(f"{path} needs torch: pip install 'axiomatic-cqm[bridge]'") from None
    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # unpickling damaged bytes raises anything
        raise ValueError(f"{path} cannot be read without running code it may hold: {error}") from None
    if not isinstance(found, dict) or not all(isinstance(value, torch.Tensor) for value in found.values()):
        raise ValueError(f"{path} is no dictionary of name → tensor, as sslsv writes embeddings")
    return {str(name): tensor.float().numpy() for name, tensor in found.items()}


def _by_name(found: Mapping[str, NDArray[np.floating]], path: Path) -> Embeddings:
    if not found:
        raise ValueError(f"{path} holds no embeddings")
    rows = {name: np.squeeze(vector) for name, vector in found.items()}
    shapes = {row.shape for row in rows.values()}
    if len(shapes) > 1 or len(next(iter(shapes))) not in (1, 2):
        raise ValueError(f"{path}: wanted vectors of one length, got shapes {', '.join(map(str, sorted(shapes)))}")
    return _table(list(rows), np.stack(list(rows.values())), [""] * len(rows))


def _npy(path: Path, names: Path | str | None) -> Embeddings:
    vectors = np.load(path, allow_pickle=False)
    listed = path.with_suffix(".txt") if names is None else Path(names)
    if not listed.is_file():
        raise FileNotFoundError(f"{path} says nothing of utterances: put their names, one a line, into {listed}")
    ids = [line.split()[0] for line in listed.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
    if vectors.ndim not in (2, 3) or len(ids) != len(vectors):
        raise ValueError(f"{path} has shape {vectors.shape} but {listed} has {len(ids)} names: wanted one a row")
    return _table(ids, vectors, [""] * len(ids))


def _npz(path: Path) -> Embeddings:
    try:
        with np.load(path, allow_pickle=False) as archive:
            entries = set(archive.files)
            if {"vectors", "speakers", "ids"} <= entries:
                return Embeddings.load(path)
            found: list[Any] = []
            for keys in (VECTOR_KEYS, ID_KEYS, LABEL_KEYS):
                found.append(next((archive[key] for key in keys if key in entries), None))
    except (ValueError, OSError, AttributeError) as error:
        raise ValueError(f"{path} is not an .npz of plain arrays: {error}") from None
    vectors, ids, speakers = found
    if vectors is None:
        raise ValueError(f"{path} has none of the arrays {', '.join(VECTOR_KEYS)}: it has {', '.join(sorted(entries))}")
    count = len(vectors)
    return _table(range(count) if ids is None else ids, vectors, [""] * count if speakers is None else speakers)


def _table(ids: Any, vectors: NDArray[Any], speakers: Any) -> Embeddings:
    names = (np.asarray(list(column)).astype(np.str_) for column in (ids, speakers))
    return Embeddings(next(names), vectors.astype(np.float32), next(names))
