"""Numbers, lists of trials and tables of docs/experiments.md in words."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.experiments_statistics import LISTS, Place, Record
from benchmarks.two_collections import CONDITIONS, REST, SOURCE

HEARD = {"recorded": "as recorded", "crossed": "crossed"}
PLACES = [(collection, condition) for collection in (SOURCE, REST) for condition in CONDITIONS]
Intervals = Mapping[tuple[str, str], Any]


def last_step(group: Sequence[Record]) -> int:
    """Steps of a whole run."""
    return int(group[0]["training"]["epochs"][-1]["step"])


def interval(intervals: Mapping[str, Any], place: Place) -> tuple[float, float]:
    """Ends over speakers at one list of trials."""
    collection, condition, kind = place
    low, high = intervals[collection][condition][kind]
    return low, high


def in_words(place: Place) -> str:
    collection, condition, kind = place
    return f"{collection} {HEARD[condition]}, {kind}"


def told(places: Sequence[Place]) -> str:
    """Lists of trials in as few words as they take."""
    if len(places) == len(LISTS):
        return "all lists"
    kinds: dict[tuple[str, str], list[str]] = defaultdict(list)
    for collection, condition, kind in places:
        kinds[collection, condition].append(kind)
    return listed([f"{name} {HEARD[condition]} ({' and '.join(found)})" for (name, condition), found in kinds.items()])


def image(path: Path, description: str) -> str:
    return f"![{description}]({path.parent.name}/{path.name})"


def signed(value: float) -> str:
    return "—" if math.isnan(value) else f"{value:+.2f}"


def listed(names: Sequence[str]) -> str:
    return "; ".join(names) or "none"


def folded(title: str, text: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{text}\n\n</details>"


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
