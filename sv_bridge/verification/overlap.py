"""Whom an evaluation looked at, and where it flatters: speakers or recordings that had a part in what is judged."""

from collections.abc import Iterable

__all__ = ["heard_in_training", "named", "shared"]

SHOWN = 5


def named(speakers: Iterable[str]) -> str:
    """The first few names, and how many more there are.

    >>> named(["b", "a"]), named("gfedcba")
    ('a, b', 'a, b, c, d, e and 2 more')
    """
    names = sorted(set(speakers))
    more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def heard_in_training(speakers: Iterable[str], heard: Iterable[str]) -> list[str]:
    """Warn of speakers that the system heard in training; nothing to say when there are none.

    >>> heard_in_training(["a", "b", "c"], ["a", "x"])
    ['1 of 3 speakers were heard in training (a): measured on them, the system is flattered']
    """
    looked_at = set(speakers)
    both = looked_at & set(heard)
    if not both:
        return []
    return [
        f"{len(both):,} of {len(looked_at):,} speakers were heard in training ({named(both)}): measured on them, the "
        "system is flattered"
    ]


def shared(test: Iterable[str], others: Iterable[str], purpose: str, kind: str = "speakers") -> list[str]:
    """Warn of test speakers (or utterances) among those of another set, that has a purpose of its own.

    >>> shared(["a", "b"], ["b", "c"], "the cohort")
    ['the cohort has 1 of 2 speakers that are evaluated (b): choose a split of other speakers']
    """
    looked_at = set(test) - {""}  # those of nobody known
    both = looked_at & set(others)
    if not both:
        return []
    return [
        f"{purpose} has {len(both):,} of {len(looked_at):,} {kind} that are evaluated ({named(both)}): "
        "choose a split of other speakers"
    ]
