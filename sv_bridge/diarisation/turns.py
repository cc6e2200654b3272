"""Turns of speakers in time: from windows that were clustered, and as RTTM files."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cqm.atomic import atomic_path

__all__ = ["Turn", "Window", "read_rttm", "regions_of", "turns_of", "windows_of", "write_rttm"]


@dataclass(frozen=True, slots=True, order=True)
class Turn:
    """Somebody speaks from `start` to `end`, in seconds."""

    start: float
    end: float
    speaker: str


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of speech that gets one embedding.

    Attributes
    ----------
    start, end : what is embedded, in seconds.
    region : number of the region of speech that it is of.
    """

    start: float
    end: float
    region: int

    @property
    def centre(self) -> float:
        """The middle, in seconds."""
        return (self.start + self.end) / 2


def windows_of(
    regions: Iterable[tuple[float, float]], *, seconds: float = 1.5, step: float = 0.75, shortest: float = 0.25
) -> list[Window]:
    """Windows of `seconds` every `step` seconds of each region of speech; a shorter region is one window.

    The last window of a region ends with it. Regions below `shortest` seconds have none.

    Examples
    --------
    >>> [(window.start, window.end) for window in windows_of([(0.0, 3.5), (5.0, 6.0)])]
    [(0.0, 1.5), (0.75, 2.25), (1.5, 3.0), (2.0, 3.5), (5.0, 6.0)]
    """
    if not 0 < step <= seconds:
        raise ValueError(f"wanted windows with a step of at most their length, got {seconds} s every {step} s")
    windows = []
    for number, (start, end) in enumerate(regions):
        if end - start < shortest:
            continue
        if end - start <= seconds:
            windows.append(Window(start, end, number))
            continue
        count = int(np.ceil((end - start - seconds) / step - 1e-9)) + 1
        starts = [min(start + step * i, end - seconds) for i in range(count)]
        windows += [Window(first, first + seconds, number) for first in starts]
    return windows


def turns_of(
    windows: Sequence[Window], labels: NDArray[np.integer], regions: Sequence[tuple[float, float]]
) -> list[Turn]:
    """Turns of clustered windows: each moment of a region of speech is of the window with the nearest centre.

    Examples
    --------
    >>> regions = [(0.0, 3.0)]
    >>> turns_of(windows_of(regions), np.array([0, 0, 1]), regions)
    [Turn(start=0.0, end=1.875, speaker='0'), Turn(start=1.875, end=3.0, speaker='1')]
    """
    of_region: dict[int, list[tuple[float, str]]] = defaultdict(list)
    for window, label in zip(windows, labels.tolist(), strict=True):
        of_region[window.region].append((window.centre, str(label)))
    turns: list[Turn] = []
    for number, members in sorted(of_region.items()):
        first, last = regions[number]
        edges = [first, *((a + b) / 2 for (a, _), (b, _) in pairwise(members)), last]
        for (_, speaker), (start, end) in zip(members, pairwise(edges), strict=True):
            if turns and turns[-1].speaker == speaker and turns[-1].end == start:
                turns[-1] = Turn(turns[-1].start, end, speaker)
            else:
                turns.append(Turn(start, end, speaker))
    return turns


def regions_of(turns: Iterable[Turn]) -> list[tuple[float, float]]:
    """Regions in which anybody speaks, joined where they meet.

    >>> regions_of([Turn(0.0, 2.0, "a"), Turn(1.0, 3.0, "b"), Turn(4.0, 5.0, "a")])
    [(0.0, 3.0), (4.0, 5.0)]
    """
    regions: list[tuple[float, float]] = []
    for turn in sorted(turns):
        if regions and turn.start <= regions[-1][1]:
            regions[-1] = (regions[-1][0], max(regions[-1][1], turn.end))
        else:
            regions.append((turn.start, turn.end))
    return regions


def read_rttm(path: Path | str) -> dict[str, list[Turn]]:
    """Recording → turns, from the SPEAKER lines of an RTTM file.

    Raises
    ------
    ValueError
        A SPEAKER line without recording, start, duration and speaker, or no such line at all.
    """
    found: dict[str, list[Turn]] = defaultdict(list)
    for number, line in enumerate(Path(path).read_text(encoding="utf-8-sig").splitlines(), start=1):
        fields = line.split()
        if not fields or fields[0] != "SPEAKER":
            continue
        try:
            recording, start, seconds, speaker = fields[1], float(fields[3]), float(fields[4]), fields[7]
        except (IndexError, ValueError):
            raise ValueError(
                f"{path}:{number}: wanted `SPEAKER recording channel start seconds <NA> <NA> speaker …`, got "
                f"{line[:80]!r}"
            ) from None
        if seconds > 0:
            found[recording].append(Turn(start, start + seconds, speaker))
    if not found:
        raise ValueError(f"{path} has no SPEAKER lines: it is no RTTM file")
    return {recording: sorted(turns) for recording, turns in found.items()}


def write_rttm(path: Path | str, turns: Mapping[str, Sequence[Turn]]) -> None:
    """Write the turns of recordings as RTTM, atomically."""
    spaced = [name for name in turns if name.split() != [name]]
    if spaced:
        raise ValueError(
            f"fields of RTTM are separated by spaces, so {spaced[0]!r} cannot stand in one: rename the file"
        )
    with atomic_path(path) as temporary, temporary.open("w", encoding="utf-8") as lines:
        for recording, listed in turns.items():
            for turn in listed:
                seconds = turn.end - turn.start
                lines.write(
                    f"SPEAKER {recording} 1 {turn.start:.3f} {seconds:.3f} <NA> <NA> {turn.speaker} <NA> <NA>\n"
                )
