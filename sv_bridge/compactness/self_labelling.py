"""From a first model of unlabelled speech to one trained on the speakers it found: cluster, train, again.

Each round embeds the training utterances with the newest model, finds pseudo-speakers (`pseudo_speakers`), and trains
on them a method that learns from speakers, from that model's weights. Each round may have a method of its own; rounds
of the last one end when the measure that chose the number of speakers no longer gets better.
"""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cqm
from cqm.json_files import write_json
from sv_bridge.compactness.pseudo_speakers import Clusterer, PseudoSpeakers, find_pseudo_speakers
from sv_bridge.config import ConfigError, RunConfig
from sv_bridge.data.manifest import Corpus, write_manifest
from sv_bridge.embeddings import Embeddings
from sv_bridge.models.embedding import DEFAULT_OPTIONS, EmbeddingOptions
from sv_bridge.models.systems import LOG_MEL, embeddings_of
from sv_bridge.training.loop import train, training_speech
from sv_bridge.verification.transforms import whiten_themselves

__all__ = ["Round", "pseudo_labelled", "self_label"]


@dataclass(frozen=True, slots=True, eq=False)
class Round:
    """One round.

    Attributes
    ----------
    run : the run directory that it trained.
    found : the pseudo-speakers that it trained on.
    labelled : the utterances that belong to one, named after it.
    """

    run: Path
    found: PseudoSpeakers
    labelled: Corpus


def self_label(
    start: str,
    corpus: Corpus,
    out: Path | str,
    configs: Sequence[RunConfig],
    *,
    rounds: int | None = None,
    clusterer: Clusterer = "ahc",
    numbers: Collection[int] | None = None,
    measure: str = "silhouette",
    options: EmbeddingOptions = DEFAULT_OPTIONS,
    progress_bar: bool = True,
) -> Iterator[Round]:
    """Train on pseudo-speakers, round by round; speakers that the corpus may name are not read.

    An interrupted call goes on where it stopped when it is repeated.

    Parameters
    ----------
    start : a run, or "log-mel" for mean log-mel spectra, which need no network; the first round then trains from fresh
        weights.
    corpus : its "train" split is clustered and trained on.
    out : round i lies in `out/round-i`: the run, and beside it the manifest and the values it was chosen by.
    configs : of each round in turn, with methods that learn from speakers; `start_from` is set round by round. Where
        there are more rounds, they are of the last, and end when the measure no longer gets better.
    rounds : at most so many; as many as configurations if not given.
    clusterer, numbers, measure : see `find_pseudo_speakers`.
    options : how utterances are embedded.
    progress_bar : whether to show one.

    Yields
    ------
    Round
        As it ends. The last one's run is the result.

    Raises
    ------
    ConfigError
        A configuration's method does not learn from speakers, or it doesn't fit the corpus.
    """
    for config in configs:
        if not config.method.needs_speakers_for:
            raise ConfigError(
                f"method {config.method.name} learns nothing from speakers: take aam_softmax, or positives of speakers"
            )
    out, system = Path(out), start
    better = cqm.catalog[measure].oriented
    before = math.nan
    for number in range(1, (len(configs) if rounds is None else rounds) + 1):
        config = configs[min(number, len(configs)) - 1]
        speech = training_speech(config, corpus)
        found = find_pseudo_speakers(
            _embedded(system, speech, options), clusterer=clusterer, numbers=numbers, measure=measure
        )
        if number > len(configs) and better(found.value) <= better(before):
            return
        before = found.value
        folder = out / f"round-{number}"
        folder.mkdir(parents=True, exist_ok=True)
        labelled = pseudo_labelled(speech, found)
        write_manifest(folder / "pseudo_speakers.csv", labelled)
        write_json(folder / "pseudo_speakers.json", _record(found, system))
        source = None if system == LOG_MEL else str(Path(system).resolve())
        run = train(
            config.model_copy(update={"start_from": source}),
            _with_dev(labelled, corpus),
            folder / "run",
            device=options.device,
            progress_bar=progress_bar,
        )
        yield Round(run, found, labelled)
        system = str(run)


def pseudo_labelled(speech: Corpus, found: PseudoSpeakers) -> Corpus:
    """The utterances that belong to a pseudo-speaker, named after it."""
    utterances = (
        replace(utterance, speaker=f"pseudo-{label:05d}")
        for utterance, label in zip(speech, found.labels.tolist(), strict=True)
        if label >= 0
    )
    return Corpus(speech.root, tuple(utterances))


def _embedded(system: str, speech: Corpus, options: EmbeddingOptions) -> Embeddings:
    """Embeddings of all utterances in their order; spectra, whose loudest bands would decide all, whitened."""
    embeddings = embeddings_of(system, speech, options)
    if len(embeddings) != len(speech):
        raise ValueError(f"utterances with unusable audio: {len(embeddings.skipped)}, first {embeddings.skipped[0]}")
    return whiten_themselves(embeddings) if system == LOG_MEL else embeddings


def _with_dev(labelled: Corpus, corpus: Corpus) -> Corpus:
    """What is trained on, and the other splits as they are."""
    others = tuple(utterance for utterance in corpus if utterance.split != "train")
    return Corpus(corpus.root, labelled.utterances + others)


def _record(found: PseudoSpeakers, system: str) -> Mapping[str, Any]:
    return {
        "system": system,
        "measure": found.measure,
        "values": {str(k): value for k, value in found.values.items()},
        "clusters": found.clusters,
        "pseudo_speakers": found.speakers,
        "kept": found.kept,
    }
