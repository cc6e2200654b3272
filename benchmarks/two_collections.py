"""Two collections in one corpus, judged apart: their parts, conditions and lists of trials, and what hard ones are."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sv_bridge.data.manifest import Corpus
from sv_bridge.embeddings import Embeddings
from sv_bridge.models.embedding import EmbeddingOptions
from sv_bridge.reports.comparison import Spread
from sv_bridge.verification.error_rates import equal_error_rate
from sv_bridge.verification.scoring import score_trials
from sv_bridge.verification.trials import Negatives, Trials, generate_trials

__all__ = [
    "CONDITIONS",
    "KINDS",
    "REST",
    "SHORTEST_SECONDS",
    "SOURCE",
    "SPLITS",
    "WHITENED",
    "hard_negatives",
    "in_words",
    "lists",
    "parts",
    "rates",
    "rates_table",
    "spread",
]

SOURCE, REST = "speechocean762", "debian-voices"
"""Source of the utterances that are a collection of their own, and name of the others."""
CONDITIONS = {"recorded": EmbeddingOptions(), "crossed": EmbeddingOptions(cross_channels=0)}
SPLITS = ("dev", "test")
KINDS = ("any", "hard")
"""Of non-targets."""
WHITENED = "mean log-mel, whitened"
"""What the baseline is called that training speakers' spectra whiten."""
SHORTEST_SECONDS = 1.5
"""Of utterances that are judged."""


def parts(corpus: Corpus) -> dict[str, Corpus]:
    """The two collections of a corpus that holds both."""
    return {
        SOURCE: corpus.where(lambda u: u.source == SOURCE),
        REST: corpus.where(lambda u: u.source != SOURCE),
    }


def hard_negatives(corpus: Corpus) -> Negatives:
    """What the non-targets of hard trials share: gender and age group where the manifest has them."""
    known = any(utterance.column("gender") and utterance.column("age_group") for utterance in corpus)
    return "same-gender-and-age_group" if known else "same-source-and-language"


def in_words(hard: Negatives) -> str:
    """What they share, to be read.

    >>> in_words("same-gender-and-age_group")
    'gender and age group'
    """
    return hard.removeprefix("same-").replace("-", " ").replace("_", " ")


def lists(corpus: Corpus, hard: Negatives) -> dict[tuple[str, str], Trials]:
    """Trials by split and kind."""
    return {
        (split, kind): generate_trials(corpus.split(split), negatives=negatives)
        for split in SPLITS
        for kind, negatives in zip(KINDS, ("any", hard), strict=True)
    }


def rates(
    embeddings: Mapping[str, Embeddings], trials: Mapping[tuple[str, str], Trials]
) -> dict[str, dict[str, float]]:
    """Equal error rate in percent by split and list of trials."""
    found: dict[str, dict[str, float]] = {}
    for (split, kind), listed in trials.items():
        scores = score_trials(embeddings[split], listed)
        rate = equal_error_rate(scores[listed.labels], scores[~listed.labels])
        found.setdefault(split, {})[kind] = round(100 * rate, 2)
    return found


def rates_table(systems: Mapping[str, Mapping[str, Any]], shown: Callable[[Any], str]) -> list[str]:
    """Lines of a table: a system's error rates by condition, split and kind, as `shown`.

    >>> rate = {condition: {split: {"any": 7, "hard": 9} for split in SPLITS} for condition in CONDITIONS}
    >>> rates_table({"x-vector": rate}, str)[-1]
    '| x-vector | 7 / 9 | 7 / 9 | 7 / 9 | 7 / 9 |'
    """
    lines = [
        "| system | dev, as recorded | dev, crossed | test, as recorded | test, crossed |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for system, rates_of in systems.items():
        cells = [
            " / ".join(shown(rates_of[condition][split][kind]) for kind in KINDS)
            for split in SPLITS
            for condition in CONDITIONS
        ]
        lines.append(f"| {system} | {' | '.join(cells)} |")
    return lines


def spread(values: Sequence[float], digits: int | None = None) -> str:
    """Mean ± deviation; with so many digits after the point."""
    found = Spread.of(values)
    if digits is None or math.isnan(found.mean):
        return str(found)
    deviation = "" if math.isnan(found.deviation) else f" ± {found.deviation:.{digits}f}"
    return f"{found.mean:.{digits}f}{deviation}"
