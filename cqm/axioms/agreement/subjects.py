"""External indices as something that can be judged: a direction, and a value for two clusterings."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cqm.axioms.agreement.partitions import Partition, reference, sizes, table, with_sizes
from cqm.axioms.closed_forms import ClosedForm
from cqm.axioms.exact import FLOAT_TOLERANCE, Rounded, is_undefined
from cqm.axioms.instances import Instance
from cqm.axioms.limits import check_time
from cqm.axioms.subjects import Undefined, catalogued, number_of
from cqm.declarations import catalog
from cqm.definitions.arithmetic import irrational, ratio
from cqm.external import ExternalIndex, external_catalog

__all__ = ["IndexSubject", "index_subject", "is_index"]


@dataclass(frozen=True, slots=True)
class IndexSubject:
    """An external index under judgement.

    Attributes
    ----------
    name : what verdicts call it.
    better : which direction means more alike.
    function : (labels_true, labels_pred) → number.
    generic : whether it is a definition, whose values are exact.
    noise : how far rounding may move the values of a function of floats.
    last_digits : how far apart values are that were equal before rounding.
    known : values by the numbers of points that the clusters share.
    """

    name: str
    better: str
    function: Callable[[Any, Any], Any]
    generic: bool
    noise: float = FLOAT_TOLERANCE
    last_digits: float = 2.0**-46
    known: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    def exact(self, instance: Instance) -> Any:
        """Value for two clusterings, or its mean over all clusterings with the sizes of the second."""
        true, pred = reference(instance), instance.labels
        return self.mean(true, pred) if instance.kind == "shuffled partitions" else self.of(true, pred)

    approximate = exact

    def between(self, true: Partition, pred: Partition) -> Any:
        """Value for two clusterings, which is asked for once for all that share as many points."""
        key = table(true, pred)
        if key not in self.known:
            self.known[key] = self.of(true, pred)
        return self.known[key]

    def mean(self, true: Partition, pred: Partition) -> Any:
        """Mean over all clusterings with the sizes of `pred`."""
        values = [self.between(true, other) for other in with_sizes(sizes(pred))]
        if any(map(is_undefined, values)):
            return next(filter(is_undefined, values))
        return ratio(sum(values), len(values)) if self.generic else Rounded(sum(values) / len(values), self.noise)

    def of(self, true: Partition, pred: Partition) -> Any:
        """Value for these very labels."""
        check_time()
        if self.generic:
            token = irrational.set(ClosedForm.of)
            try:
                return self.function(true, pred)
            finally:
                irrational.reset(token)
        number = number_of(lambda: self.function(np.array(true), np.array(pred)))
        if isinstance(number, Undefined):
            return number
        return Undefined("it is NaN") if np.isnan(number) else Rounded(number, self.noise)


def index_subject(index: Any, *, better: str | None = None, name: str | None = None) -> IndexSubject:
    """Make a subject of an index: ours by name, entry or function, anyone's by its function and direction."""
    if isinstance(index, IndexSubject):
        return index
    entry = catalogued(index, ExternalIndex, external_catalog)
    if entry is not None:
        return IndexSubject(entry.name, entry.better, entry.definition, generic=True)
    if not callable(index):
        raise TypeError(f"an index is a callable or a name from cqm.external.external_catalog, got {index!r}")
    called = name or getattr(index, "__name__", None) or type(index).__name__
    if better not in ("higher", "lower"):
        raise ValueError(
            f'say which values of {called} mean more alike: pass better="higher" or better="lower", got {better!r}'
        )
    return IndexSubject(called, better, index, generic=False)


def is_index(measure: Any) -> bool:
    """Whether it is a catalogued index, or a function whose parameters have scikit-learn's names of two labelings."""
    if isinstance(measure, str):
        return measure in external_catalog and measure not in catalog
    if catalogued(measure, ExternalIndex, external_catalog) is not None:
        return True
    try:
        parameters = tuple(inspect.signature(measure).parameters)[:2]
    except (TypeError, ValueError):  # no function, or one written in C
        return False
    return parameters in (("labels_true", "labels_pred"), ("y_true", "y_pred"))
