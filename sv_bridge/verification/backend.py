"""Back ends, what happens between embeddings and scores, in words: `whiten+length+plda+as-norm:top=200`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sv_bridge.embeddings import Embeddings
from sv_bridge.verification.enrolment import enrolled
from sv_bridge.verification.fusion import QUALITIES, Fusion, learn_fusion, trial_qualities
from sv_bridge.verification.plda import Plda, fit_plda
from sv_bridge.verification.scoring import CropScoring, cohort_statistics, score_trials, speaker_means
from sv_bridge.verification.transforms import center, unit_length, whiten
from sv_bridge.verification.trials import Trials

__all__ = ["COSINE", "Backend", "Step", "parse_backend"]

COSINE = "cosine"
ON = "on"
TRAIN, DEV = "train", "dev"
STEPS: Mapping[str, tuple[str, ...]] = {
    COSINE: (),
    "center": (ON,),
    "whiten": (ON, "dimensions"),
    "length": (),
    "plda": (ON,),
    "as-norm": (ON, "top", "cohort"),
    "qmf": (ON,),
}
"""Steps, in the order they may come in (the first four in any), and their settings."""
FITTED = {
    "center": "the mean that is subtracted",
    "whiten": "the covariance that is whitened",
    "plda": "the PLDA",
    "as-norm": "the cohort of AS-norm",
    "qmf": "the calibration with qualities",
}
"""Steps that are fitted on embeddings, and what is fitted, in words."""
RANK = {"plda": 1, "as-norm": 2, "qmf": 3}
COHORTS = ("utterances", "speakers")
TOP = 300


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a back end.

    Attributes
    ----------
    name : see `STEPS`.
    on : split that it is fitted on.
    settings : the others.
    """

    name: str
    on: str
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def top(self) -> int:
        """Cohort scores that AS-norm uses."""
        return int(self.settings.get("top", TOP))


def parse_backend(text: str) -> tuple[Step, ...]:
    """Steps of a back end that is written as `step:setting=value+step+…`.

    ``cosine``: nothing, the cosines of the embeddings. ``center``, ``whiten`` (``dimensions=`` keeps the largest),
    ``length``: see `sv_bridge.verification.transforms`. ``plda``: log-likelihood ratios, see
    `sv_bridge.verification.plda`. ``as-norm``: adaptive score normalisation with the ``top=300`` highest scores against
    a cohort of utterances, or of one mean a speaker (``cohort=speakers``). ``qmf``: calibration with durations and
    imposter means. ``on=SPLIT`` names the split that a step is fitted on: train, and dev for ``qmf``.

    Raises
    ------
    ValueError
        Unknown steps or settings, values of another kind, or an order in which they mean nothing.

    Examples
    --------
    >>> [(step.name, step.on) for step in parse_backend("center+as-norm:on=dev:top=100")]
    [('center', 'train'), ('as-norm', 'dev')]
    """
    steps = []
    for part in text.split("+"):
        name, *written = part.strip().split(":")
        if name not in STEPS:
            raise ValueError(f"back end {text!r}: {name!r} is none of the steps {', '.join(STEPS)}")
        settings = dict(setting.partition("=")[::2] for setting in written)
        if unknown := next((key for key in settings if key not in STEPS[name]), None):
            has = ", ".join(STEPS[name]) or "none"
            raise ValueError(f"back end {text!r}: {name} has no setting {unknown!r}; it has {has}")
        for key in ("top", "dimensions"):
            if not settings.get(key, "1").isdecimal() or int(settings.get(key, "1")) < 1:
                raise ValueError(f"back end {text!r}: {key} is a whole number above 0, got {settings[key]!r}")
        if settings.get("cohort", COHORTS[0]) not in COHORTS:
            raise ValueError(f"back end {text!r}: cohort is {' or '.join(COHORTS)}, got {settings['cohort']!r}")
        steps.append(Step(name, settings.pop(ON, DEV if name == "qmf" else TRAIN), settings))
    ranks = [RANK.get(step.name, 0) for step in steps]
    if ranks != sorted(ranks) or len(set(ranks) - {0}) < np.count_nonzero(ranks):
        raise ValueError(f"back end {text!r}: wanted center, whiten and length, then plda, then as-norm, then qmf")
    return tuple(steps)


class Backend:
    """A back end, fitted.

    Parameters
    ----------
    steps : see `parse_backend`.
    embeddings_of : gives the embeddings of a split.
    crops, device : see `sv_bridge.verification.scoring.score_trials`.
    """

    def __init__(
        self,
        steps: tuple[Step, ...],
        embeddings_of: Callable[[str], Embeddings],
        *,
        crops: CropScoring = "embedding",
        device: str = "cpu",
    ) -> None:
        self.steps, self.embeddings_of, self.crops, self.device = steps, embeddings_of, crops, device
        self._transforms: list[Callable[[Embeddings], Embeddings]] = []
        self.plda: Plda | None = None
        self.cohort: Embeddings | None = None
        self.top = TOP
        for step in steps:
            self._fit(step)

    @classmethod
    def kept(cls, text: str, path: Path, *, device: str = "cpu") -> "Backend":
        """The back end that is written as `text`, fitted on what `keep` put beside the file `path`."""

        def embeddings_of(split: str) -> Embeddings:
            beside = _beside(path, split)
            if not beside.is_file():
                raise FileNotFoundError(
                    f"no {beside}, which {text} of {path.name} is fitted on: `sv-bridge calibrate` makes it"
                )
            return Embeddings.load(beside)

        return cls(parse_backend(text), embeddings_of, device=device)

    def keep(self, path: Path) -> list[Path]:
        """Write the embeddings that steps are fitted on beside a file: decision.json → decision.train.npz."""
        written = {split: _beside(path, split) for _, split in self._fitted()}
        for split, beside in written.items():
            self.embeddings_of(split).save(beside)
        return list(written.values())

    def transform(self, embeddings: Embeddings) -> Embeddings:
        """Embeddings as they are scored: centred, whitened, of unit length."""
        for transform in self._transforms:
            embeddings = transform(embeddings)
        return embeddings

    def enrol(self, embeddings: Embeddings, models: Mapping[str, Sequence[str]]) -> Embeddings:
        """Transformed embeddings with a row for each model, see `sv_bridge.verification.enrolment.enrolled`."""
        found = enrolled(embeddings, models)
        if not models or self.plda is None:
            return found
        if not any(step.name == "length" for step in self.steps):
            raise ValueError("models of several utterances are means of directions: put length before plda")
        return unit_length(found)

    def score(self, embeddings: Embeddings, trials: Trials) -> NDArray[np.float64]:
        """Score trials of transformed embeddings; without qualities."""
        normalised = any(step.name == "as-norm" for step in self.steps)
        return score_trials(
            embeddings,
            trials,
            crops=self.crops,
            plda=self.plda,
            cohort=self.cohort if normalised else None,
            top=self.top,
            device=self.device,
        )

    @property
    def quality_split(self) -> str | None:
        """Split that calibration with qualities is learned on, if it is asked for."""
        return next((step.on for step in self.steps if step.name == "qmf"), None)

    def columns(self, embeddings: Embeddings, trials: Trials, seconds: Mapping[str, float]) -> NDArray[np.float64]:
        """(trials, 5) scores of transformed embeddings, and the qualities of the recordings."""
        if self.cohort is None:
            raise ValueError("qualities are those of a back end with the step qmf")
        means, _ = cohort_statistics(
            embeddings, self.cohort, crops=self.crops, plda=self.plda, top=self.top, device=self.device
        )
        lengths = np.array([seconds[name] for name in embeddings.ids.tolist()])
        qualities = trial_qualities(lengths, means, *embeddings.rows(trials))
        return np.column_stack([self.score(embeddings, trials), qualities])

    @staticmethod
    def learn_qualities(columns: NDArray[np.float64], labels: NDArray[np.bool_]) -> Fusion:
        """Calibration of scores with qualities, from development trials."""
        return learn_fusion(columns, labels, ("score", *QUALITIES))

    def fitted_on(self) -> Iterator[tuple[str, Embeddings]]:
        """What was fitted, in words, and on whom."""
        return ((purpose, self.embeddings_of(split)) for purpose, split in self._fitted())

    def _fitted(self) -> Iterator[tuple[str, str]]:
        """What is fitted, in words, and on which split."""
        for step in self.steps:
            if step.name in FITTED:
                yield FITTED[step.name], step.on
        if self.quality_split is not None and not any(step.name == "as-norm" for step in self.steps):
            yield "the cohort of imposter means", TRAIN

    def _fit(self, step: Step) -> None:
        if step.name in (COSINE, "length"):
            self._transforms += [unit_length] if step.name == "length" else []
        elif step.name == "qmf":
            self.cohort = self.transform(self.embeddings_of(TRAIN)) if self.cohort is None else self.cohort
        else:
            reference = self.transform(self.embeddings_of(step.on))
            if step.name == "center":
                self._transforms.append(lambda embeddings: center(embeddings, reference))
            elif step.name == "whiten":
                wanted = step.settings.get("dimensions")
                dimensions = None if wanted is None else int(wanted)
                self._transforms.append(lambda embeddings: whiten(embeddings, reference, dimensions=dimensions))
            elif step.name == "plda":
                reference.require_speakers("PLDA")
                vectors = reference.vectors if reference.vectors.ndim == 2 else reference.vectors.mean(axis=1)
                self.plda = fit_plda(vectors, reference.speakers)
            else:
                self.cohort = speaker_means(reference) if step.settings.get("cohort") == "speakers" else reference
                self.top = step.top


def _beside(path: Path, split: str) -> Path:
    return path.with_suffix(f".{split}.npz")
