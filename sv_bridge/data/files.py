"""Every file below a folder, links followed, and why one of them is no recording."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from sv_bridge.data.audio import SUFFIXES
from sv_bridge.data.decoding import ALL_SUFFIXES

__all__ = ["audio_files", "files_below", "why_unread"]


def audio_files(folder: Path | str) -> list[Path]:
    """List all audio files below a folder that can be read in pieces, in linked folders too."""
    paths = [path for path in files_below(Path(folder)) if path.suffix.lower() in SUFFIXES and path.is_file()]
    if not paths:
        raise FileNotFoundError(f"no audio files ({', '.join(SUFFIXES)}) below {folder}")
    return paths


def files_below(folder: Path) -> Iterator[Path]:
    """All files below a folder, sorted by folder, also in linked folders.

    A link to nothing, a link back to a folder above it and a folder that cannot be opened come as themselves.
    """
    return _below(folder, frozenset())


def _below(folder: Path, above: frozenset[str]) -> Iterator[Path]:
    real = os.path.realpath(folder)
    if real in above:
        yield folder
        return
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        yield folder
        return
    for entry in entries:
        if entry.is_dir():
            yield from _below(Path(entry.path), above | {real})
        else:
            yield Path(entry.path)


def why_unread(root: Path, recordings: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """(file, reason) of every file below `root` that is none of the recordings."""
    read = set(recordings)
    for path in files_below(root):
        if path in read:
            continue
        if path.is_dir():
            loop = (path.is_symlink() and path.resolve() in path.parent.resolve().parents) or path.resolve() == root
            yield path, "a link back to a folder above it" if loop else "a folder that cannot be opened"
        elif not path.exists():
            yield path, "a link to nothing"
        elif path.suffix.lower() not in ALL_SUFFIXES:
            yield path, f"not audio: {path.suffix.lower() or 'no suffix'}"
        else:
            yield path, "its place in the folders says nobody's name"
