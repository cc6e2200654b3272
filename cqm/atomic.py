"""Files and folders appear whole or not at all: write to a temporary neighbour, then rename."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import get_ident

__all__ = ["atomic_folder", "atomic_path", "write_text"]


@contextmanager
def atomic_path(path: Path | str, *, durable: bool = True) -> Iterator[Path]:
    """Path of a temporary file that becomes `path` when the block ends, and vanishes when the block fails.

    The temporary file lies in the same folder (which is made when missing) and has the same suffix, so that writers
    that look at the suffix work. The data reach the disk before the rename: a crash or a power cut leaves either the
    old file or the new one. `durable=False` spares the wait for the disk; a power cut may then leave an empty file.

    Raises
    ------
    OSError
        Writing failed; with the name of the file and how to go on when the disk is full.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.stem}.{os.getpid()}-{get_ident()}.part{path.suffix}")
    try:
        with _named_when_full(path):
            yield temporary
            if durable:
                _sync(temporary)
            temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Path | str, text: str) -> None:
    """Write a file whole, or leave the one that was there."""
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


@contextmanager
def atomic_folder(path: Path | str) -> Iterator[Path]:
    """Like `atomic_path` for a folder: an empty temporary one, whose files become `path` together.

    A folder that is already at `path` is replaced; only between its removal and the rename is there none.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with _named_when_full(path):
            temporary.mkdir(parents=True)
            yield temporary
            for file in (*temporary.iterdir(), temporary):
                _sync(file)
            if path.exists():
                shutil.rmtree(path)
            temporary.replace(path)
            _sync(path.parent)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


@contextmanager
def _named_when_full(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            message = f"disk full while writing {path}: nothing was changed; free some space and run the command again"
            raise OSError(error.errno, message) from error
        raise


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
