"""Verification trials: read, write and check `label enrol test` lists, and generate one for a corpus without a list."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cqm.atomic import atomic_path
from sv_bridge.data.manifest import Corpus
from sv_bridge.data.randomness import generator
from sv_bridge.verification.columns import read_columns
from sv_bridge.verification.names import find_names

__all__ = [
    "Negatives",
    "Trials",
    "check_trials",
    "generate_trials",
    "pair_oddities",
    "read_pairs",
    "read_trials",
    "write_trials",
]

Negatives = str
"""What the speakers of a non-target have in common: "any", "same-language", "same-gender-and-age_group", …"""
BLOCK = 1 << 22
"""Trials that are looked at together."""


@dataclass(frozen=True, eq=False)
class Trials:
    """Pairs of utterances to compare.

    Attributes
    ----------
    labels : (trials,) whether both are of one speaker.
    enrol, test : (trials,) the two utterances, as positions in `ids`.
    ids : the utterances that occur, each once.
    """

    labels: NDArray[np.bool_] = field(repr=False)
    enrol: NDArray[np.int64] = field(repr=False)
    test: NDArray[np.int64] = field(repr=False)
    ids: tuple[str, ...] = field(repr=False)

    def __len__(self) -> int:
        return len(self.labels)

    @classmethod
    def from_pairs(cls, rows: Iterable[tuple[bool, str, str]]) -> "Trials":
        """Trials of (label, enrol id, test id) rows."""
        position: dict[str, int] = {}
        triples = [
            (label, position.setdefault(enrol, len(position)), position.setdefault(test, len(position)))
            for label, enrol, test in rows
        ]
        labels, enrol, test = np.array(triples, dtype=np.int64).reshape(-1, 3).T
        return cls(labels.astype(np.bool_), enrol.copy(), test.copy(), tuple(position))

    def same_as(self, other: "Trials") -> bool:
        """Whether the other trials are of the same pairs in the same order."""
        return self.ids == other.ids and all(
            np.array_equal(mine, theirs)
            for mine, theirs in zip(
                (self.labels, self.enrol, self.test), (other.labels, other.enrol, other.test), strict=True
            )
        )

    def oddities(self) -> list[str]:
        """What is unusual, in words: repeated pairs, contradicting labels, utterances against themselves."""
        return pair_oddities(self.enrol, self.test, self.labels, self.ids)

    def rows(self, ids: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Find the (trials,) rows of the enrolment and test utterances in a table whose rows are named `ids`.

        Names that differ in folder or format alone are matched where they can mean but one, see `names.find_names`.

        Raises
        ------
        ValueError
            Trials name utterances that aren't there, or that may be several.
        """
        table = np.array(find_names(self.ids, ids), dtype=np.int64)
        return table[self.enrol], table[self.test]


def read_trials(path: Path | str) -> Trials:
    """Read a list of trials, `label enrol test` or Kaldi's `enrol test label` a line; or with a header, as NIST's keys.

    Labels are 1 or target, and 0 or nontarget. What is which column is decided for the whole file, so that models may
    be called 0 and 1.

    Raises
    ------
    ValueError
        Lines of another form, none at all, or a file that can be read in two ways.
    """
    columns = read_columns(path, wanted=("label", "enrol", "test"))
    if columns.labels is None or columns.enrol is None or columns.test is None:
        raise ValueError(f"{path} lists no trials")
    return Trials(columns.labels, columns.enrol.astype(np.int64), columns.test.astype(np.int64), columns.names)


def read_pairs(path: Path | str) -> list[tuple[str, str]]:
    """(enrol, test) of each line `enrol test`, or of a list of trials with labels, which are left alone."""
    rows = [line.split() for line in Path(path).read_text(encoding="utf-8-sig").splitlines() if line.strip()]
    if rows and all(len(row) == 2 for row in rows):
        return [(row[0], row[1]) for row in rows]
    trials = read_trials(path)
    return [(trials.ids[i], trials.ids[j]) for i, j in zip(trials.enrol, trials.test, strict=True)]


def pair_oddities(
    enrol: NDArray[np.integer], test: NDArray[np.integer], labels: NDArray[np.bool_], names: Sequence[str]
) -> list[str]:
    """Say which pairs come more than once, in either order, with which labels; and which are of one utterance."""
    found = []
    alone = np.flatnonzero(enrol == test)
    if len(alone):
        found.append(f"{len(alone):,} trials compare an utterance with itself, {names[enrol[alone[0]]]!r} for one")
    pairs = np.minimum(enrol, test).astype(np.int64) * len(names) + np.maximum(enrol, test)
    pairs.sort()
    again = pairs[1:][pairs[1:] == pairs[:-1]]  # one entry a repetition, ascending
    del pairs
    if len(again):
        pair = f"{names[again[0] // len(names)]!r} and {names[again[0] % len(names)]!r}"
        found.append(f"{len(again):,} trials repeat a pair that is listed already, {pair} for one; each of them counts")
        kinds = [np.empty(0, np.int64)] * 2
        for first in range(0, len(labels), BLOCK):
            block = slice(first, first + BLOCK)
            keys = np.minimum(enrol[block], test[block]).astype(np.int64) * len(names)
            keys += np.maximum(enrol[block], test[block])
            repeated = again[np.minimum(np.searchsorted(again, keys), len(again) - 1)] == keys
            for kind, of_kind in enumerate((labels[block], ~labels[block])):
                kinds[kind] = np.union1d(kinds[kind], keys[repeated & of_kind])
        both = np.intersect1d(kinds[0], kinds[1])
        if len(both):
            pair = f"{names[both[0] // len(names)]!r} and {names[both[0] % len(names)]!r}"
            found.append(f"{len(both):,} pairs are listed as target and as nontarget, {pair} for one")
    return found


def write_trials(path: Path | str, trials: Trials) -> None:
    """Write `label enrol test` lines, atomically."""
    spaced = next((identity for identity in trials.ids if identity.split() != [identity]), None)
    if spaced is not None:
        raise ValueError(f"trial lists are separated by spaces, so {spaced!r} cannot stand in one: give it another id")
    with atomic_path(path) as temporary, temporary.open("w", encoding="utf-8") as lines:
        for label, enrol, test in zip(trials.labels, trials.enrol, trials.test, strict=True):
            lines.write(f"{label:d} {trials.ids[enrol]} {trials.ids[test]}\n")


def check_trials(trials: Trials, corpus: Corpus, models: Mapping[str, Sequence[str]] | None = None) -> Trials:
    """Trials with the corpus' own names for its utterances, when they fit its speakers.

    Parameters
    ----------
    trials : name utterances of the corpus, maybe a little differently (see `names.find_names`), or models.
    corpus : the utterances and their speakers.
    models : model → the utterances that it is enrolled from.

    Raises
    ------
    ValueError
        Trials name utterances that the corpus lacks, or contradict its speakers.
    """
    models = models or {}
    ids = [utterance.id for utterance in corpus]
    first = find_names([utterances[0] for utterances in models.values()], ids)
    names = [*ids, *models]
    speakers = np.concatenate([corpus.speaker_indices, corpus.speaker_indices[first]])
    enrol, test = trials.rows(names)
    wrong = np.flatnonzero((speakers[enrol] == speakers[test]) != trials.labels)
    if len(wrong) and corpus.labelled:  # otherwise the list alone knows
        sides = [int(side[wrong[0]]) for side in (enrol, test)]
        kind = "a target" if trials.labels[wrong[0]] else "a nontarget"
        raise ValueError(
            f"{len(wrong)} of {len(trials)} trials contradict the corpus: {names[sides[0]]} and {names[sides[1]]} are "
            f"listed as {kind} trial, but their speakers are "
            + " and ".join(repr(corpus.speakers[speakers[side]]) for side in sides)
        )
    used, positions = np.unique(np.concatenate([enrol, test]), return_inverse=True)
    enrol, test = np.split(positions, 2)
    return Trials(trials.labels, enrol, test, tuple(names[i] for i in used.tolist()))


def generate_trials(
    corpus: Corpus,
    *,
    per_speaker: int = 200,
    negatives: Negatives = "any",
    across_sessions: bool = False,
    seed: int = 0,
) -> Trials:
    """Draw a balanced list of trials: as many nontargets as targets, for each speaker and so for each stratum.

    Utterances fall into strata that agree in the columns that `negatives` names, and both sides of any trial
    are of one stratum. In each, a speaker gets `per_speaker` targets (or all there are), drawn from the speaker's pairs
    without repetition, and as many nontargets, spread evenly over the stratum's other speakers. Speakers alone in their
    stratum, or without a pair, get no trials. No pair of utterances comes twice.

    Parameters
    ----------
    corpus : utterances of the speakers to verify.
    per_speaker : most targets a speaker and stratum.
    negatives : what the two speakers of a nontarget have in common: "any" for nothing, or columns of the manifest, as
        in "same-language", "same-source-and-language", "same-gender-and-age_group".
    across_sessions : whether the two sides of a target must come from different sessions.
    seed : the list depends on it, and on nothing else but the corpus.

    Raises
    ------
    ValueError
        No speaker has both targets and nontargets.
    """
    columns = shared_columns(negatives, corpus)
    corpus.require_speakers("drawing trials")
    strata: dict[Hashable, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for position, utterance in enumerate(corpus):
        strata[tuple(map(utterance.column, columns))][utterance.speaker].append(position)
    rows: list[tuple[bool, str, str]] = []
    rng = generator(seed, "trials")
    for speakers in strata.values():
        used: set[tuple[int, int]] = set()
        for speaker, own in speakers.items():
            others = [theirs for other, theirs in speakers.items() if other != speaker]
            targets = target_pairs(own, [corpus[i].session for i in own] if across_sessions else None)
            wanted = min(per_speaker, len(targets))
            nontargets = nontarget_pairs(own, others, wanted, used, rng)
            chosen = rng.permutation(targets)[: len(nontargets)]
            rows += [(True, corpus[i].id, corpus[j].id) for i, j in chosen.tolist()]
            rows += [(False, corpus[i].id, corpus[j].id) for i, j in nontargets]
    if not rows:
        across = " in another session" if across_sessions else ""
        raise ValueError(
            f"no speaker of the corpus has a second utterance{across} and another speaker to compare with "
            f"({negatives} negatives)"
        )
    return Trials.from_pairs(rows)


def shared_columns(negatives: Negatives, corpus: Corpus) -> tuple[str, ...]:
    """Columns of the manifest that both sides of a trial agree in.

    Raises
    ------
    ValueError
        Not "any" nor "same-COLUMN-and-COLUMN", or a column that says nothing of any utterance.
    """
    if negatives == "any":
        return ()
    if not negatives.startswith("same-"):
        raise ValueError(f"`negatives` must be any, or same-COLUMN, or same-COLUMN-and-COLUMN; got {negatives!r}")
    columns = tuple(negatives.removeprefix("same-").split("-and-"))
    for column in columns:
        if not any(utterance.column(column) for utterance in corpus):
            known = sorted({name for utterance in corpus for name, _ in utterance.other})
            raise ValueError(
                f"negatives {negatives!r}: the manifest has no column {column!r} that says anything; besides source, "
                f"language and session it has {', '.join(known) or 'nothing'}"
            )
    return columns


def target_pairs(own: Sequence[int], sessions: Sequence[str] | None) -> NDArray[np.int64]:
    """List all (pairs, 2) of one speaker's utterances, those of different sessions if sessions are given."""
    i, j = np.triu_indices(len(own), k=1)
    if sessions is not None:
        _, codes = np.unique(np.array(sessions, dtype=np.str_), return_inverse=True)
        across = codes[i] != codes[j]
        i, j = i[across], j[across]
    positions = np.array(own, dtype=np.int64)
    return np.stack([positions[i], positions[j]], axis=1)


def nontarget_pairs(
    own: Sequence[int],
    others: Sequence[Sequence[int]],
    wanted: int,
    used: set[tuple[int, int]],
    rng: np.random.Generator,
) -> list[tuple[int, int]]:
    """Draw up to `wanted` new pairs of an own utterance and another speaker's, each other speaker in turn."""
    pairs: list[tuple[int, int]] = []
    turns = [others[k] for k in rng.permutation(len(others))]
    while turns and len(pairs) < wanted:
        for theirs in tuple(turns):
            if len(pairs) == wanted:
                break
            pair = unused_pair(own, theirs, used, rng)
            if pair is None:
                turns.remove(theirs)
            else:
                used.add((min(pair), max(pair)))
                pairs.append(pair)
    return pairs


def unused_pair(
    own: Sequence[int], theirs: Sequence[int], used: set[tuple[int, int]], rng: np.random.Generator
) -> tuple[int, int] | None:
    """Draw a pair that isn't in `used`, uniformly; None when all are."""
    for _ in range(20):
        pair = own[int(rng.integers(len(own)))], theirs[int(rng.integers(len(theirs)))]
        if (min(pair), max(pair)) not in used:
            return pair
    # nearly all are used: look at every one
    left = [(i, j) for i in own for j in theirs if (min(i, j), max(i, j)) not in used]
    return left[int(rng.integers(len(left)))] if left else None
