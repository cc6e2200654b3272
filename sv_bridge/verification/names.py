"""Utterances named in a list, found in a corpus that names them a little differently."""

from collections import defaultdict
from collections.abc import Sequence

__all__ = ["find_names"]

SUFFIXES = (".wav", ".flac", ".sph", ".m4a", ".mp3", ".ogg", ".opus", ".aac", ".npy")
SHOWN = 3


def find_names(wanted: Sequence[str], known: Sequence[str]) -> list[int]:
    r"""Position in `known` of each wanted name: the same name, or the one that it can only mean.

    Names that are not there as they stand are compared as paths: without the suffix of an audio file, without `./`,
    with `/` for `\`; and where that isn't enough, one path may be the end of the other, so that lists with absolute
    paths, or with the official layout, fit copies kept elsewhere in another format.

    Raises
    ------
    ValueError
        Names that are not there, or may mean several: named, with what the known ones look like.

    Examples
    --------
    >>> find_names(["id1/v/1.wav", r".\id1\v\2.wav"], ["wav/id1/v/1.flac", "wav/id1/v/2.flac"])
    [0, 1]
    """
    exact = {name: position for position, name in enumerate(known)}
    missing = [name for name in wanted if name not in exact]
    found = dict(exact)
    if missing:
        by_end: dict[str, list[tuple[tuple[str, ...], int]]] = defaultdict(list)
        for position, name in enumerate(known):
            parts = _parts(name)
            by_end[parts[-1]].append((parts, position))
        ambiguous = {}
        for name in missing:
            parts = _parts(name)
            fitting = [
                (theirs, position) for theirs, position in by_end[parts[-1]] if _one_ends_the_other(parts, theirs)
            ]
            same = [(theirs, position) for theirs, position in fitting if theirs == parts]
            positions = [position for _, position in same or fitting]
            if len(positions) == 1:
                found[name] = positions[0]
            elif positions:
                ambiguous[name] = [known[position] for position in positions]
        if ambiguous:
            name, meanings = next(iter(ambiguous.items()))
            raise ValueError(
                f"{len(ambiguous)} of the {len(wanted)} utterances of the trials may mean several: {name!r} fits "
                f"{', '.join(map(repr, meanings[:SHOWN]))}; write enough of the path to tell them apart"
            )
        unknown = [name for name in missing if name not in found]
        if unknown:
            looks = f"names there look like {known[0]!r}" if len(known) else "there are none at all"
            raise ValueError(
                f"{len(unknown)} of the {len(wanted)} utterances of the trials are unknown: {unknown[0]!r} …; {looks}"
            )
    return [found[name] for name in wanted]


def _parts(name: str) -> tuple[str, ...]:
    """Parts of a path, without the suffix of an audio file; at least one."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")] or [name]
    for suffix in SUFFIXES:
        if parts[-1].lower().endswith(suffix) and len(parts[-1]) > len(suffix):
            parts[-1] = parts[-1][: -len(suffix)]
            break
    return tuple(parts)


def _one_ends_the_other(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    shared = min(len(one), len(other))
    return one[-shared:] == other[-shared:]
