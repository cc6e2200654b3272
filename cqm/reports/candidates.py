"""The clusterings that a selection chooses from: settings in every combination, each of them tried."""

import difflib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from numpy.typing import NDArray

from cqm.arrays.intake import validate
from cqm.declarations import Measure
from cqm.estimators import SIZE_PARAMETERS, size_parameter
from cqm.reports.report import Report, assess, metric_name
from cqm.reports.spaces import check_dense, final_of, labels_of, named, transformed
from cqm.sharing import shared_work

__all__ = ["Candidate", "Space", "settings_to_try", "tried"]

SIZES = range(2, 11)

Space = Literal["final", "input"]


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """One clustering that was tried.

    Attributes
    ----------
    name : its settings in words.
    parameters : its settings, by the names that the estimator's `set_params` takes.
    labels : (n,) what the clusterer found; None where it failed.
    report : its measures, with the number of points and clusters.
    """

    name: str
    parameters: Mapping[str, Any]
    labels: NDArray[Any] | None
    report: Report


def settings_to_try(
    estimator: Any, k: Iterable[int] | None, grid: Mapping[str, Any] | Iterable[Mapping[str, Any]] | None
) -> tuple[list[dict[str, Any]], str]:
    """Every setting to try, by the names that `set_params` takes, and the name of the number of clusters."""
    from sklearn.model_selection import ParameterGrid  # here, because scikit-learn takes a second to import

    known = estimator.get_params()
    inner = size_parameter(final_of(estimator))
    size = named(estimator, inner) if inner else ""
    grids: list[Mapping[str, Any]] = [grid] if isinstance(grid, Mapping) else [{}] if grid is None else list(grid)
    if k is not None or grid is None:
        if not size:
            raise ValueError(
                f"{type(final_of(estimator)).__name__} has none of the parameters {', '.join(SIZE_PARAMETERS)}: "
                "give the settings to try as `grid`"
            )
        sizes = list(dict.fromkeys(SIZES if k is None else k))
        if not sizes:
            raise ValueError("`k` is empty: give at least one number of clusters")
        grids = [{size: sizes, **part} for part in grids]
    resolved = []
    for part in grids:
        names = {name: name if name in known else named(estimator, name) for name in part}
        for given, name in names.items():
            if name not in known:
                near = difflib.get_close_matches(given, [key.rpartition("__")[2] for key in known] + list(known), n=3)
                cure = f"did you mean {' or '.join(dict.fromkeys(near))}?" if near else f"it has {', '.join(known)}"
                raise ValueError(f"{type(estimator).__name__} has no parameter {given!r}: {cure}")
        for given, values in part.items():
            if isinstance(values, str) or not isinstance(values, Iterable):
                raise TypeError(f"`grid` takes several values of {given!r}, such as [{values!r}], got {values!r}")
        resolved.append({names[given]: list(values) for given, values in part.items()})
    return list(ParameterGrid(resolved)), size


def tried(
    X: Any,
    estimator: Any,
    settings: list[dict[str, Any]],
    size: str,
    fixed: Mapping[str, Any],
    measures: list[Measure],
    space: Space,
    n_jobs: int | None,
    options: dict[str, Any],
) -> tuple[list[Candidate], Any]:
    """All candidates, and the points that the last of them was judged over."""
    from sklearn.base import clone
    from sklearn.utils.parallel import Parallel, delayed

    prefix = named(estimator, "")
    before = [
        {name: value for name, value in setting.items() if not (name.startswith(prefix) or name == prefix[:-2])}
        for setting in settings
    ]
    if any(part != before[0] for part in before) and space == "final":
        varied = sorted({name for part in before for name in part})
        raise ValueError(
            f"candidates with different {', '.join(varied)} lie in different spaces, whose distances do not compare: "
            'pass space="input" to judge all of them over `X` itself, or select within each'
        )
    varying = {name for setting in settings for name in setting if len({repr(s.get(name)) for s in settings}) > 1}
    spaces: list[tuple[dict[str, Any], Any]] = []
    tasks: list[tuple[Any, ...]] = []
    for setting, part in zip(settings, before, strict=True):
        whole = clone(estimator).set_params(**fixed, **setting)
        seen = next((points for known, points in spaces if known == part), None)
        if seen is None:
            seen = transformed(whole, X, fit=True, sample_weight=options["sample_weight"])
            spaces.append((part, seen))
        judged = X if space == "input" else seen
        name = _words(setting, varying, size)
        twins = sum(task[0].split(" #")[0] == name for task in tasks)
        tasks.append((f"{name} #{twins + 1}" if twins else name, setting, final_of(whole), seen, judged))
    checked: list[Any] = []
    for *_, judged in tasks:
        if not any(judged is one for one in checked):
            checked.append(judged)
            check_dense(estimator, judged, options["metric"])
            known = {name: options[name] for name in ("metric", "sample_weight")}
            together = [0] * _rows(judged)
            validate(judged, together, **known, min_clusters=0, allow_singletons_only=True, fractions=True)
    work = (delayed(_candidate)(*task, measures, options) for task in tasks)
    return list(Parallel(n_jobs=n_jobs)(work)), tasks[-1][4]


def _candidate(
    name: str,
    setting: Mapping[str, Any],
    clusterer: Any,
    seen: Any,
    judged: Any,
    measures: list[Measure],
    options: dict[str, Any],
) -> Candidate:
    from sklearn.utils._param_validation import InvalidParameterError

    try:
        labels = labels_of(clusterer, seen, options["sample_weight"])
    except InvalidParameterError:
        raise
    except ValueError as error:
        reason = f"{type(clusterer).__name__} failed: {' '.join(str(error).split())}"
        report = Report({}, {m.name: reason for m in measures}, 0, 0, metric_name(options["metric"]), _rows(judged))
        return Candidate(name, setting, None, report)
    with shared_work():
        report = assess(judged, labels, measures, **options)
    return Candidate(name, setting, labels, report)


def _words(setting: Mapping[str, Any], varying: set[str], size: str) -> str:
    """A setting in short: what varies, the number of clusters first, names without the step where that is clear."""
    plain = {name: "k" if name == size else name.rpartition("__")[2] for name in setting}
    order = sorted(setting, key=lambda name: (name != size, name))
    shown = [name for name in order if name in varying] or order
    twice = Counter(plain.values())
    return ", ".join(f"{plain[name] if twice[plain[name]] == 1 else name}={setting[name]}" for name in shown)


def _rows(X: Any) -> int:
    return int(X.shape[0]) if hasattr(X, "shape") else len(X)
