"""A system, a corpus and trials → scores, error rates and files: what `sv-bridge evaluate` and `compare` do."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from cqm.json_files import write_json
from sv_bridge.compactness.speakers import summary
from sv_bridge.data.manifest import Corpus
from sv_bridge.distributed import choose_device
from sv_bridge.embeddings import Embeddings
from sv_bridge.models.embedding import DEFAULT_OPTIONS, EmbeddingOptions
from sv_bridge.models.systems import embeddings_of
from sv_bridge.reports.comparison import Assessment
from sv_bridge.reports.plots import det_plot, save
from sv_bridge.verification.backend import COSINE, Backend, parse_backend
from sv_bridge.verification.enrolment import enrolled, read_enrolment
from sv_bridge.verification.error_rates import error_curve
from sv_bridge.verification.evaluation import (
    Result,
    SpeakerErrors,
    breakdown,
    calibrated_costs,
    separation,
    speaker_errors,
)
from sv_bridge.verification.fusion import learn_fusion
from sv_bridge.verification.names import find_names
from sv_bridge.verification.overlap import shared
from sv_bridge.verification.score_files import write_scores
from sv_bridge.verification.scoring import CropScoring, score_trials
from sv_bridge.verification.trials import Negatives, Trials, check_trials, generate_trials, read_trials

__all__ = ["Evaluation", "Evaluator", "evaluate_embeddings", "fused"]


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What a system scored.

    Attributes
    ----------
    system : its name.
    embeddings : of the utterances that the trials name, or of the whole split when they were drawn; centred, whitened
        or of unit length if the back end makes them so.
    trials, scores : (trials,).
    results : error rates, all trials first.
    warnings : where the evaluation flatters the system, and what is odd about the trials.
    cross_channels : seed of the channels that utterances went through; None as recorded.
    """

    system: str
    embeddings: Embeddings
    trials: Trials
    scores: NDArray[np.float64]
    results: tuple[Result, ...]
    warnings: tuple[str, ...] = ()
    cross_channels: int | None = None

    def speakers(self) -> list[SpeakerErrors]:
        """Errors about each speaker at the threshold of the equal error rate, the worst first."""
        return speaker_errors(self.scores, self.trials, self.embeddings, self.results[0].threshold)

    def record(self, calibrated: Mapping[str, float]) -> dict[str, Any]:
        """Everything but the scores, for JSON."""
        return {
            "system": self.system,
            "cross_channels": self.cross_channels,
            "looked_at": self.embeddings.description(),
            "warnings": self.warnings,
            "results": [result.to_dict() for result in self.results],
            "speakers": [asdict(speaker) for speaker in self.speakers()]
            if (self.embeddings.speakers != "").all()
            else [],
            "calibrated": dict(calibrated),
            "skipped": self.embeddings.skipped,
        }

    def calibrated(self, dev: "Evaluation") -> dict[str, float]:
        """Actual detection costs and Cllr, calibrated on other trials."""
        return calibrated_costs(self.scores, self.trials.labels, dev.scores, dev.trials.labels)

    def calibration_warnings(self, dev: "Evaluation") -> list[str]:
        """Where calibrating on others flatters this one."""
        return shared(self.embeddings.speakers.tolist(), dev.embeddings.speakers.tolist(), "the calibration set")

    def assessment(self) -> Assessment:
        """Error rates and compactness, to be compared with other systems'."""
        return Assessment(self.system, self.results, summary(self.embeddings))

    def write(self, folder: Path, calibrated: Mapping[str, float]) -> None:
        """Write scores.txt, results.json and det.png."""
        write_scores(folder / "scores.txt", self.trials, self.scores)
        write_json(folder / "results.json", self.record(calibrated))
        labels = self.trials.labels
        curve = error_curve(self.scores[labels], self.scores[~labels])
        save(det_plot({Path(self.system).name: curve}), folder / "det.png")


class Evaluator:
    """Embeds and scores with one system in one way: call it with a split.

    Parameters
    ----------
    system : see `sv_bridge.models.systems.embeddings_of`.
    corpus : with the splits that are named here and in calls.
    options : crops, device and the like.
    crop_scoring : see `sv_bridge.verification.scoring.score_trials`.
    backend : what happens between embeddings and scores, see `sv_bridge.verification.backend.parse_backend`.
    """

    def __init__(
        self,
        system: str | nn.Module,
        corpus: Corpus,
        options: EmbeddingOptions = DEFAULT_OPTIONS,
        *,
        crop_scoring: CropScoring = "embedding",
        backend: str = COSINE,
    ) -> None:
        self.system, self.corpus, self.options = system, corpus, options
        self.steps, self.crop_scoring = parse_backend(backend), crop_scoring
        self._of_split: dict[str, Embeddings] = {}

    def __call__(
        self,
        split: str,
        *,
        trials: Trials | Path | None = None,
        enrolment: Path | None = None,
        negatives: Negatives = "any",
        by: Sequence[str] = ("language", "source"),
        priors: Sequence[float] = (),
        intervals: bool = False,
    ) -> Evaluation:
        """Score trials: a list, or drawn from the split.

        Only utterances that a given list names are embedded, and what they must be is checked before that. The list may
        name models, of which the file `enrolment` says from which utterances each is enrolled.
        """
        models = {} if enrolment is None else read_enrolment(enrolment)
        whole = trials is None
        chosen = self.corpus if split == "all" else self.corpus.split(split)
        if isinstance(trials, Path):
            trials = read_trials(trials)
        if trials is None:
            models = {}
            trials = generate_trials(chosen, negatives=negatives)
        else:
            trials = check_trials(trials, self.corpus, models)
            named = set(trials.ids)
            models = {model: utterances for model, utterances in models.items() if model in named}
            ids = [utterance.id for utterance in self.corpus]
            named |= {ids[i] for utterances in models.values() for i in find_names(utterances, ids)}
            chosen = self.corpus.where(lambda utterance: utterance.id in named)
        raw = self.embeddings_of_split(split) if whole else self.embeddings(chosen)
        embeddings = self.backend.enrol(self.backend.transform(raw), models)
        scores = self._scores(embeddings, trials, models)
        results = breakdown(scores, trials, embeddings, by=by, priors=priors, intervals=intervals)
        system = self.system if isinstance(self.system, str) else type(self.system).__name__
        warnings = embeddings.warnings() + trials.oddities() + separation(results[0])
        for purpose, others in self.backend.fitted_on():
            warnings += shared(embeddings.speakers.tolist(), others.speakers.tolist(), purpose)
        return Evaluation(
            system, embeddings, trials, scores, tuple(results), tuple(warnings), self.options.cross_channels
        )

    def embeddings(self, corpus: Corpus) -> Embeddings:
        """Embeddings of these utterances."""
        return embeddings_of(self.system, corpus, self.options)

    def embeddings_of_split(self, split: str) -> Embeddings:
        """Embeddings of a split, or of "all" utterances; made once."""
        if split not in self._of_split:
            self._of_split[split] = self.embeddings(self.corpus if split == "all" else self.corpus.split(split))
        return self._of_split[split]

    def with_backend(self, backend: str) -> "Evaluator":
        """An evaluator of the same embeddings with another back end."""
        other = Evaluator(self.system, self.corpus, self.options, crop_scoring=self.crop_scoring, backend=backend)
        other._of_split = self._of_split
        return other

    @cached_property
    def backend(self) -> Backend:
        """The back end, fitted."""
        device = str(choose_device(self.options.device))
        return Backend(self.steps, self.embeddings_of_split, crops=self.crop_scoring, device=device)

    def _scores(
        self, embeddings: Embeddings, trials: Trials, models: Mapping[str, Sequence[str]]
    ) -> NDArray[np.float64]:
        """(trials,) scores of transformed embeddings, calibrated with qualities if the back end does so."""
        learn_on = self.backend.quality_split
        if learn_on is None:
            return self.backend.score(embeddings, trials)
        seconds = {utterance.id: utterance.duration_s for utterance in self.corpus}
        ids = list(seconds)
        seconds |= {
            model: sum(seconds[ids[i]] for i in find_names(utterances, ids)) for model, utterances in models.items()
        }
        dev = self.backend.transform(self.embeddings_of_split(learn_on))
        dev_trials = generate_trials(self.corpus.split(learn_on))
        fusion = self.backend.learn_qualities(self.backend.columns(dev, dev_trials, seconds), dev_trials.labels)
        return fusion(self.backend.columns(embeddings, trials, seconds))


def fused(dev: Sequence[Evaluation], evaluations: Sequence[Evaluation], *, by: Sequence[str] = ()) -> Evaluation:
    """Scores of several systems on the same trials as one, by logistic regression on development trials.

    Parameters
    ----------
    dev : an evaluation of each system on the same development trials.
    evaluations : one of each on the trials to score, in the same order.
    by : columns of the manifest to break down by.
    """
    for group in (dev, evaluations):
        if any(not group[0].trials.same_as(other.trials) for other in group):
            raise ValueError("fusion needs the scores of all systems on the same trials: name a list of trials")
    columns, known = (np.stack([one.scores for one in group], axis=1) for group in (evaluations, dev))
    first = evaluations[0]
    scores = learn_fusion(known, dev[0].trials.labels, [one.system for one in dev])(columns)
    results = breakdown(scores, first.trials, first.embeddings, by=by)
    warnings = shared(
        first.embeddings.speakers.tolist(), dev[0].embeddings.speakers.tolist(), "the set that fusion is learned on"
    )
    name = f"fusion of {len(evaluations)}"
    return Evaluation(name, first.embeddings, first.trials, scores, tuple(results), tuple(warnings))


def evaluate_embeddings(
    name: str,
    embeddings: Embeddings,
    trials: Trials,
    *,
    enrolment: Path | None = None,
    by: Sequence[str] = (),
    priors: Sequence[float] = (),
) -> Evaluation:
    """Score a list of trials with embeddings alone, where there is no corpus.

    The labels are the list's; who speaks is known as far as the embeddings say.
    """
    models = {} if enrolment is None else read_enrolment(enrolment)
    table = enrolled(embeddings, models)
    scores = score_trials(table, trials)
    results = breakdown(scores, trials, table, by=by, priors=priors)
    warnings = table.warnings() + trials.oddities() + separation(results[0])
    return Evaluation(name, table, trials, scores, tuple(results), tuple(warnings))
