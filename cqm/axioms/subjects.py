"""Any quality measure as something that can be judged: a direction, and a value on an instance."""

import inspect
import math
import reprlib
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from numbers import Real
from typing import Any, Literal

import numpy as np

from cqm.axioms.exact import Enclosure
from cqm.axioms.instances import Instance
from cqm.catalogue import Measure, catalog
from cqm.definitions.arithmetic import irrational

__all__ = ["Subject", "Undefined", "subject_of"]


class Undefined(float):
    """A NaN that remembers why."""

    reason: str

    def __new__(cls, reason: str) -> "Undefined":
        """Make the NaN."""
        self = super().__new__(cls, math.nan)
        self.reason = reason
        return self


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
    """

    name: str
    better: str
    needs: Literal["distances", "points"]
    function: Callable[..., Any]
    generic: bool
    keywords: tuple[tuple[str, Any], ...] = ()

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
        try:
            value = self.function(rows, labels)
        except (ArithmeticError, ValueError, TypeError) as error:
            return Undefined(f"{type(error).__name__}: {error}")
        if not isinstance(value, Real | Enclosure):
            raise self._no_number(value)
        return value

    def _no_number(self, value: Any) -> TypeError:
        shape = getattr(value, "shape", None)
        got = f"an array of shape {tuple(shape)}" if shape else reprlib.repr(value)
        cure = ": is a `return` missing?" if value is None else ""
        return TypeError(f"{self.name} has to return one real number for a clustering, got {got}{cure}")

    def _rational(self, rows: Any, labels: tuple[int, ...]) -> Any:
        """Integers are fast; where their quotients come out as floats, fractions stay exact."""
        value = self._call(rows, labels)
        if isinstance(value, float) and math.isfinite(value):
            fractions = [[Fraction(entry) if isinstance(entry, int) else entry for entry in row] for row in rows]
            return self._call(fractions, labels)
        return value

    def _floating(self, instance: Instance) -> float:
        rows: Any = instance.float_distances() if self.needs == "distances" else instance.rows
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                value = self.function(np.array(rows, dtype=float), np.array(instance.labels), **dict(self.keywords))
        except (ArithmeticError, ValueError, IndexError) as error:
            return Undefined(f"{type(error).__name__}: {error}")
        number = np.asarray(value)
        if number.shape or number.dtype.kind not in "biuf":
            raise self._no_number(value)
        return float(number)


def subject_of(
    measure: Any,
    *,
    better: str | None = None,
    needs: Literal["distances", "points"] | None = None,
    generic: bool = False,
    name: str | None = None,
) -> Subject:
    """Make a subject of a measure: ours by name, entry or function, anyone's by its function and direction.

    Parameters
    ----------
    measure : catalogue name, catalogue entry, catalogued function or definition, or any callable
        ``f(X, labels, *, metric=...)`` or ``f(D, labels)``.
    better : direction; known for catalogued measures.
    needs : what the callable takes, distances (the default) or points.
    generic : whether the callable is plain Python that takes nested sequences of any number type, so that it can be
        judged in exact arithmetic.
    name : what verdicts call it; the callable's own name by default.
    """
    if isinstance(measure, Subject):
        return measure
    entry = _catalogued(measure)
    if entry is not None:
        return Subject(entry.name, entry.better, entry.needs, entry.definition, generic=True)
    if not callable(measure):
        raise TypeError(f"a measure is a callable or a name from cqm.catalog, got {measure!r}")
    if better not in ("higher", "lower"):
        raise ValueError(
            f'say which values of {_name_of(measure)} are good: pass better="higher" or better="lower", got {better!r}'
        )
    keywords: tuple[tuple[str, Any], ...] = ()
    if not generic and needs != "points" and _takes_metric(measure):
        keywords = (("metric", "precomputed"),)
    return Subject(name or _name_of(measure), better, needs or "distances", measure, generic, keywords)


def _catalogued(measure: Any) -> Measure | None:
    if isinstance(measure, Measure):
        return measure
    if isinstance(measure, str):
        return catalog[measure]
    for entry in catalog.values():
        if measure is entry.function or measure is entry.definition:
            return entry
    return None


def _takes_metric(function: Callable[..., Any]) -> bool:
    try:
        return "metric" in inspect.signature(function).parameters
    except (TypeError, ValueError):
        return False


def _name_of(function: Any) -> str:
    return getattr(function, "__name__", None) or type(function).__name__
