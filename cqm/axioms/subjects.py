"""Any quality measure as something that can be judged: a direction, and a value on an instance."""

import inspect
import math
import reprlib
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from numbers import Real
from typing import Any, Literal, TypeVar

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin

from cqm.axioms.exact import FLOAT_TOLERANCE, Enclosure, Rounded
from cqm.axioms.instances import Instance
from cqm.axioms.limits import check_time
from cqm.declarations import Measure, catalog
from cqm.definitions.arithmetic import irrational
from cqm.external import ExternalIndex

__all__ = ["Subject", "Undefined", "catalogued", "number_of", "subject_of"]

Entry = TypeVar("Entry", Measure, ExternalIndex)


class Undefined(float):
    """A NaN that remembers why: the measure has no value there, or it failed."""

    reason: str
    failed: bool

    def __new__(cls, reason: str, *, failed: bool = False) -> "Undefined":
        """Make the NaN."""
        self = super().__new__(cls, math.nan)
        self.reason, self.failed = reason, failed
        return self

    @classmethod
    def by(cls, error: Exception) -> "Undefined":
        """What an error says: these three are how functions refuse an input, any other is a failure."""
        refused = isinstance(error, ArithmeticError | ValueError | IndexError)
        return cls(f"{type(error).__name__}: {error}", failed=not refused)


@dataclass(frozen=True, slots=True)
class Subject:
    """A measure under judgement.

    Attributes
    ----------
    name : what verdicts call it.
    better : its direction.
    needs : what it is given: distances, or points by their coordinates.
    function : the definition over (rows, labels) in any number type, or a function of floats.
    generic : whether `function` takes any number type.
    keywords : passed on every call, such as ``metric="precomputed"``.
    tolerance : relative to values above 1, how far rounding may move the values of a function of floats.
    """

    name: str
    better: str
    needs: Literal["distances", "points"]
    function: Callable[..., Any]
    generic: bool
    keywords: tuple[tuple[str, Any], ...] = ()
    tolerance: float = FLOAT_TOLERANCE

    def value(self, rows: Any, labels: Any) -> Any:
        """What the function returns."""
        return self.function(rows, labels, **dict(self.keywords))

    def screen(self, instance: Instance) -> Any:
        """Value in the fastest arithmetic that fits: exact for rational distances, floats for points."""
        if instance.kind == "points" or not self.generic:
            return self.approximate(instance)
        return self._rational(instance.rows, instance.labels)

    def approximate(self, instance: Instance) -> Any:
        """Value in floats."""
        if not self.generic:
            return self._floating(instance)
        rows = instance.float_distances() if self.needs == "distances" else instance.float_rows()
        return self._call(rows, instance.labels)

    def exact(self, instance: Instance) -> Any:
        """Value as a rational or an enclosure; a float only where the function knows nothing else."""
        if not self.generic:
            return self._floating(instance)
        rows = instance.distances() if self.needs == "distances" else [list(row) for row in instance.rows]
        token = irrational.set(Enclosure.of)
        try:
            return self._rational(rows, instance.labels)
        finally:
            irrational.reset(token)

    def _call(self, rows: Any, labels: tuple[int, ...]) -> Any:
        check_time()
        try:
            value = self.value(rows, labels)
        except Exception as error:
            return Undefined.by(error)
        return value if isinstance(value, Real | Enclosure) else no_number(value)

    def _rational(self, rows: Any, labels: tuple[int, ...]) -> Any:
        """Integers are fast; where their quotients come out as floats, fractions stay exact."""
        value = self._call(rows, labels)
        if isinstance(value, float) and math.isfinite(value):
            fractions = [[Fraction(entry) if isinstance(entry, int) else entry for entry in row] for row in rows]
            return self._call(fractions, labels)
        return value

    def _floating(self, instance: Instance) -> Any:
        check_time()
        rows: Any = instance.float_distances() if self.needs == "distances" else instance.rows
        number = number_of(lambda: self.value(np.array(rows, dtype=float), np.array(instance.labels)))
        return number if isinstance(number, Undefined) else Rounded(number, self.tolerance * max(1.0, abs(number)))


def number_of(function: Callable[[], Any]) -> float | Undefined:
    """The number that a function of floats returns, with no word of its warnings."""
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            value = function()
    except Exception as error:
        return Undefined.by(error)
    try:
        number = np.asarray(float(value) if isinstance(value, Real | Decimal) else value)
    except OverflowError as error:  # whole numbers and fractions have no largest one
        return Undefined.by(error)
    except ValueError:  # nested sequences of different lengths
        return no_number(value)
    return no_number(value) if number.shape or number.dtype.kind not in "biuf" else float(number)


def no_number(value: Any) -> Undefined:
    """What is said of a value that is no number."""
    shape = getattr(value, "shape", None)
    got = f"an array of shape {tuple(shape)}" if shape else reprlib.repr(value)
    cure = ": is a `return` missing?" if value is None else ""
    return Undefined(f"it has to return one real number for a clustering, got {got}{cure}", failed=True)


def subject_of(
    measure: Any,
    *,
    better: str | None = None,
    needs: Literal["distances", "points"] | None = None,
    generic: bool = False,
    name: str | None = None,
    tolerance: float = FLOAT_TOLERANCE,
) -> Subject:
    """Make a subject of a measure: ours by name, entry or function, anyone's by its function and direction.

    Parameters
    ----------
    measure : catalogue name, catalogue entry, catalogued function or definition; any callable
        ``f(X, labels, *, metric=...)``, ``f(X, labels)`` or ``f(D, labels)``; or a scorer ``s(estimator, X, y=None)``.
    better : direction; known for catalogued measures, and "higher" for scorers.
    needs : what the callable takes. By default points where its first parameter is called X and there is no ``metric``,
        distances otherwise.
    generic : whether the callable is plain Python that takes nested sequences of any number type, so that it can be
        judged in exact arithmetic.
    name : what verdicts call it; the callable's own name by default.
    tolerance : relative to values above 1, differences up to here are rounding in a callable of floats.
    """
    if isinstance(measure, Subject):
        return measure
    entry = catalogued(measure, Measure, catalog)
    if entry is not None:
        return Subject(entry.name, entry.better, entry.needs, entry.definition, generic=True, keywords=entry.judged)
    if not callable(measure):
        raise TypeError(f"a measure is a callable or a name from cqm.catalog, got {measure!r}")
    parameters = _parameters(measure)
    first = next(iter(parameters), "")
    called, function = name or _name_of(measure), measure
    if first == "estimator":
        function, needs, better = _of_labels(measure, called, parameters), "points", better or "higher"
    if better not in ("higher", "lower"):
        raise ValueError(
            f'say which values of {called} are good: pass better="higher" or better="lower", got {better!r}'
        )
    if needs is None:
        needs = "points" if first == "X" and "metric" not in parameters else "distances"
    keywords = (("metric", "precomputed"),) if needs == "distances" and not generic and "metric" in parameters else ()
    return Subject(called, better, needs, function, generic, keywords, tolerance)


def catalogued(measure: Any, kind: type[Entry], entries: Mapping[str, Entry]) -> Entry | None:
    """The entry that a name, an entry, a function or a definition stands for; None for what is somebody else's."""
    if isinstance(measure, kind):
        return measure
    if isinstance(measure, str):
        return entries[measure]
    same = (each for each in entries.values() if measure is each.function or measure is each.definition)
    return next(same, None)


def _parameters(function: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    try:
        return dict(inspect.signature(function).parameters)
    except (TypeError, ValueError):  # written in C, without a signature
        return {}


def _name_of(function: Any) -> str:
    return getattr(function, "__name__", None) or type(function).__name__


class Labelled(ClusterMixin, BaseEstimator):  # type: ignore[misc]
    """A clusterer that has been told the answer."""

    def __init__(self, labels: Any = None) -> None:
        self.labels = labels

    def fit(self, X: Any, y: Any = None) -> "Labelled":
        """Take the labels."""
        self.labels_ = self.labels
        return self

    def predict(self, X: Any) -> Any:
        """The labels."""
        return self.labels


def _of_labels(scorer: Any, name: str, parameters: dict[str, inspect.Parameter]) -> Callable[..., Any]:
    """A scorer of estimators as a function of points and labels."""
    truth = parameters.get("y_true")
    if truth is not None and truth.default is inspect.Parameter.empty:
        raise ValueError(f"{name} compares labels with given ones; the axioms ask about labels and the data they group")

    def score(X: Any, labels: Any) -> Any:
        return scorer(Labelled(labels).fit(X), X)

    return score
