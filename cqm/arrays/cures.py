"""What to do about input that a measure can't take: each cure works on the very input it is said of."""

import difflib
import re
from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "check_alignment",
    "check_noise_label",
    "distances_error",
    "graph_error",
    "labels_shape_error",
    "labels_type_error",
    "lengths_error",
    "metric_error",
    "numbers_error",
    "points_type_error",
    "sparse_error",
]

ALIASES = {
    "cityblock": "manhattan",
    "cos": "cosine",
    "cosine_similarity": "cosine",
    "euclid": "euclidean",
    "infinity": "chebyshev",
    "l1": "manhattan",
    "l2": "euclidean",
    "linf": "chebyshev",
    "maximum": "chebyshev",
    "p": "minkowski",
    "pearson": "correlation",
    "pearsonr": "correlation",
    "taxicab": "manhattan",
}
OTHERWISE = {
    "mahalanobis": "whiten `X` first, (X - X.mean(axis=0)) @ "
    'numpy.linalg.inv(numpy.linalg.cholesky(numpy.cov(X.T))).T, and take metric="euclidean"',
    "seuclidean": 'scale `X` first, X / X.std(axis=0, ddof=1), and take metric="euclidean"',
    "spearman": 'rank each row first, scipy.stats.rankdata(X, axis=1), and take metric="correlation"',
    "russellrao": "no point is at distance 0 of itself under it: pass scipy.spatial.distance.squareform("
    'scipy.spatial.distance.pdist(X, "russellrao")) with metric="precomputed"',
    "haversine": 'pass sklearn.metrics.pairwise_distances(X, metric="haversine") with metric="precomputed"',
    "nan_euclidean": 'pass sklearn.metrics.pairwise_distances(X, metric="nan_euclidean") with metric="precomputed"',
}
# Relative to the largest distance: what float32 and float64 leave of zeros and of equal numbers after some arithmetic.
ROUNDING = {4: 1e-4, 8: 1e-7}
COMMA = re.compile(r"\s*-?\d*,\d+\s*")


def metric_error(metric: object, known: tuple[str, ...]) -> ValueError:
    """No metric has this name; the one that was meant, or how to get there."""
    name = str(metric).lower()
    if name in OTHERWISE:
        return ValueError(f"`metric` {metric!r} depends on more than two points or is none of ours: {OTHERWISE[name]}")
    if name in ALIASES or name in known:
        near = [ALIASES.get(name, name)]
    else:
        near = difflib.get_close_matches(name, known, n=2) if isinstance(metric, str) else []
    meant = f": did you mean {' or '.join(map(repr, near))}?" if near else ""
    return ValueError(f"`metric` must be one of {', '.join(known)}, or a callable; got {metric!r}{meant}")


def numbers_error(X: Any, data: NDArray[Any]) -> TypeError:
    """`X` is no array of real numbers."""
    if data.dtype.kind == "c":
        return TypeError(f"`X` must be real numbers, got dtype {data.dtype}: convert it with numpy.real(X)")
    what = f"`X` must be real numbers, got dtype {data.dtype}"
    if data.dtype.names:
        return TypeError(f"{what}: convert it with numpy.array(numpy.asarray(X).tolist(), dtype=float)")
    if data.dtype.kind in "mM" or _converts(data):
        return TypeError(f"{what}: convert it with numpy.asarray(X, dtype=float)")
    if data.ndim != 2:
        return TypeError(
            f"{what}: turn texts into vectors first, for example with sklearn's TfidfVectorizer, "
            'or pass their distances with metric="precomputed"'
        )
    wrong = [i for i in range(data.shape[1]) if not _converts(data[:, i])]
    row, cell = next((row, cell) for row, cell in enumerate(data[:, wrong[0]].tolist()) if not _is_number(cell))
    found = f"{what}: X[{row}, {wrong[0]}] is {cell!r}"
    if all(_is_number(cell) or COMMA.fullmatch(str(cell)) for cell in data[:, wrong].ravel().tolist()):
        point = 'numpy.char.replace(numpy.asarray(X, dtype=str), ",", ".").astype(float)'
        return TypeError(f"{found}; make decimal commas points with {point}")
    if len(wrong) == data.shape[1]:
        return TypeError(f"{found}, and no column holds numbers: encode them, for example with sklearn's OneHotEncoder")
    names = [X.columns[i] for i in wrong] if hasattr(X, "columns") else []
    if hasattr(X, "iloc"):
        without = f"X.drop(columns={names!r}).astype(float)"
    elif hasattr(X, "column_names"):
        without = f"X.drop_columns({[X.column_names[i] for i in wrong]!r})"
    elif hasattr(X, "columns"):
        without = f"X.drop({names!r})"
    else:
        without = f"numpy.delete(numpy.asarray(X), {wrong}, axis=1).astype(float)"
    return TypeError(f"{found}; leave such columns out with {without}, or encode them as numbers")


def sparse_error(X: Any, metric: str = "") -> TypeError:
    """Sparse matrices where they are not taken."""
    what = f" for {metric} distance" if metric and metric != "precomputed" else ""
    return TypeError(f"`X` must be dense{what}, got a {type(X).__name__}: pass X.toarray()")


def graph_error(X: Any) -> ValueError:
    """A graph of neighbours, whose absent entries are unknown, where all distances are needed."""
    n = X.shape[0]
    stored = int((X.tocoo().row != X.tocoo().col).sum())
    return ValueError(
        f"`X` is a {type(X).__name__} with {stored:,} of the {n * (n - 1):,} distances between its {n:,} points: "
        "enough for measures of neighbours, such as connectivity, but not here; the others are unknown, not 0: "
        f"{_ways_out_of(X)}"
    )


def _ways_out_of(graph: Any) -> str:
    """What to do with a graph of neighbours."""
    from scipy.sparse.csgraph import connected_components  # here, as it takes time to import

    vectors = "pass the vectors that it was made from"
    parts = connected_components(graph, directed=False, return_labels=False)
    if parts > 1:
        return f"{vectors}, or a graph of more neighbours, as this one falls into {parts} parts"
    return f"{vectors}, or distances along the graph, scipy.sparse.csgraph.shortest_path(X, directed=False)"


def distances_error(X: Any, data: NDArray[Any]) -> ValueError:
    """A square matrix that is no matrix of distances: the first thing wrong with it, and what makes distances of it."""
    found, why, steps = _diagnosis(data)
    if steps and not isinstance(X, np.ndarray):
        steps = ["X = numpy.array(X)", *steps]
    return ValueError(f"{found}: {why}{'; '.join(steps)}")


def _diagnosis(data: NDArray[Any]) -> tuple[str, str, list[str]]:
    """What is wrong, what to do, and the statements that do it."""
    diagonal = np.eye(len(data), dtype=bool)
    if not np.isfinite(data).all():
        row, column = np.argwhere(~np.isfinite(data))[0]
        found = f"`X` has {data[row, column]} at X[{row}, {column}], but distances must be finite"
        if np.isfinite(data[~diagonal]).all():
            return found, "mend it with ", _steps(np.where(diagonal, 0.0, data), [], diagonal=True)
        both = np.where(diagonal, 0.0, np.fmin(data, data.T))
        if np.isfinite(both).all():
            fill = not np.isfinite(np.diagonal(data)).all()
            return found, "fill both triangles with ", _steps(both, ["X = numpy.fmin(X, X.T)"], diagonal=fill)
        return found, "leave out points of unknown distance, or give them one", []
    if (data < 0).any():
        row, column = np.argwhere(data < 0)[0]
        found = f"distances must not be negative, but X[{row}, {column}] = {data[row, column]}"
    elif data[diagonal].any():
        row = np.flatnonzero(np.diagonal(data))[0]
        found = f"the distance of a point to itself must be 0, but X[{row}, {row}] = {data[row, row]}"
    else:
        row, column = np.argwhere(~np.isclose(data, data.T, rtol=1e-10, atol=0))[0]
        values = f"X[{row}, {column}] = {data[row, column]} but X[{column}, {row}] = {data[column, row]}"
        found = f"`X` is not symmetric, {values}"
    size = float(np.abs(data).max())
    rounding = ROUNDING[data.dtype.itemsize] * size
    if data.min() >= -rounding and np.abs(data[diagonal]).max() <= rounding:  # distances, but for rounding or a half
        if not (np.triu(data, 1).any() and np.tril(data, -1).any()):
            return found, "fill both triangles with ", _steps(data + data.T, ["X = X + X.T"])
        if ((data == 0) & (data.T > 0)).sum() > len(data) and not _is_transitive(data == 0):
            return found, f"what a neighbour graph leaves out is unknown, not 0; {_ways_out_of(data)}", []
        return found, "mend it with ", _steps(data, [])
    if data.max() <= rounding:
        return found, "turn negated distances round with ", _steps(-data, ["X = -X"])
    if (np.diagonal(data) >= data.max(axis=1) - rounding).all():
        top = "1" if abs(size - 1) <= 1e-6 else "X.max()"
        turned = (1.0 if top == "1" else data.max()) - data
        return found, "turn similarities into distances with ", _steps(turned, [f"X = {top} - X"])
    if data.min() >= -rounding:
        return found, "mend it with ", _steps(data, [])
    if np.allclose(data, -data.T, rtol=0, atol=rounding):
        return found, "take the size of signed differences with ", _steps(np.abs(data), ["X = numpy.abs(X)"])
    why = 'vectors go with another metric, such as "euclidean"; turn similarities into distances with '
    return found, why, _steps(data.max() - data, ["X = X.max() - X"])


def _steps(data: NDArray[Any], first: list[str], *, diagonal: bool = False) -> list[str]:
    """Statements, beginning with `first`, that make distances of a matrix; `data` is what `first` makes of it."""
    steps = list(first)
    if not np.array_equal(data, data.T):
        steps.append("X = (X + X.T) / 2")
    if (data[~np.eye(len(data), dtype=bool)] < 0).any():
        steps.append("X = numpy.maximum(X, 0)")
    if diagonal or np.diagonal(data).any():
        steps.append("numpy.fill_diagonal(X, 0)")
    return steps


def _is_transitive(zero: NDArray[np.bool_]) -> bool:
    """Whether points at distance 0 of each other have the same points at distance 0, as copies of one point do."""
    row = next(iter(np.argwhere(zero & ~np.eye(len(zero), dtype=bool))), None)
    return row is None or bool(np.array_equal(zero[row[0]], zero[row[1]]))


def points_type_error(X: Any) -> TypeError:
    """`X` is no array, list or table."""
    what = f"`X` must be an array, a list of rows or a table, got {type(X).__name__}"
    if hasattr(X, "obsm"):
        keys = [f"X.obsm[{key!r}]" for key in X.obsm]
        return TypeError(f"{what}: pass {' or '.join([*keys, 'X.X'])}")
    if hasattr(X, "collect"):
        return TypeError(f"{what}: pass X.collect()")
    return TypeError(f"{what}: pass list(X)" if isinstance(X, Iterator) else what)


def labels_type_error(labels: Any) -> TypeError:
    """Labels are no list or array."""
    what = f"`labels` must be a list or an array of one label a point, got {type(labels).__name__}"
    if isinstance(labels, Mapping):
        return TypeError(f"{what}: pass list(labels.values()), if it has the points in their order")
    if isinstance(labels, Iterator):
        return TypeError(f"{what}: pass list(labels)")
    if hasattr(labels, "labels_"):
        return TypeError(f"{what}: pass labels.labels_")
    if hasattr(labels, "fit_predict"):
        return TypeError(f"{what}: pass labels.fit_predict(X)")
    return TypeError(what)


def lengths_error(X: Any, shape: tuple[int, ...], labels: int) -> ValueError:
    """Another number of labels than of points."""
    found = f"`labels` has {labels} entries but `X` has {shape[0]} rows"
    if len(shape) == 2 and shape[1] == labels != 0:
        turned = "X.T" if hasattr(X, "T") else "numpy.transpose(X)"
        return ValueError(f"{found}, and as many columns: points are rows, so pass {turned}")
    return ValueError(found)


def check_alignment(one: Any, other: Any, name: str = "X", other_name: str = "labels") -> None:
    """Refuse pandas tables and series that have the same rows in different orders, as rows are taken by position."""
    if not (hasattr(one, "iloc") and hasattr(other, "iloc")):
        return
    here, there = one.index, other.index
    if here.equals(there) or len(here) != len(there) or not (here.isin(there).all() and there.isin(here).all()):
        return
    row = int(np.argmax(here != there))
    raise ValueError(
        f"row {row} is {here[row]} in `{name}` but {there[row]} in `{other_name}`, which has the same rows in another "
        f"order: pass {other_name}.reindex({name}.index), or {other_name}.to_numpy() if the order is right and the "
        "names are not"
    )


def labels_shape_error(array: NDArray[Any]) -> ValueError:
    """Labels of two dimensions: a column, memberships, or several clusterings."""
    found = f"`labels` must be one label a point, got shape {array.shape}"
    if array.ndim != 2 or 1 in array.shape:
        return ValueError(f"{found}: use numpy.ravel(labels)")
    if array.dtype.kind in "biuf":
        likeliest = (
            "these look like memberships, which cqm.fuzzy_silhouette takes, a row a point; take the likeliest cluster "
            "of each point with numpy.asarray(labels)"
        )
        for axis in (1, 0):
            if (array >= 0).all() and np.allclose(array.sum(axis=axis), 1, rtol=0, atol=1e-3):
                return ValueError(f"{found}: {likeliest}.argmax(axis={axis})")
        if array.dtype.kind == "f" and not np.array_equal(array, np.round(array)):
            return ValueError(f"{found}: take the best cluster of each point with numpy.asarray(labels).argmax(axis=1)")
    return ValueError(f"{found}: choose one clustering, such as numpy.asarray(labels)[:, 0]")


def check_noise_label(noise_label: Hashable, classes: tuple[Hashable, ...]) -> None:
    """Refuse a noise label that no point has, where one has a label that reads the same."""
    twin = next((label for label in classes if _reads(label) == _reads(noise_label)), None)
    if twin is not None:
        raise ValueError(
            f"`noise_label` is {noise_label!r} ({type(noise_label).__name__}), but labels have {twin!r} "
            f"({type(twin).__name__}), which is another label: pass noise_label={twin!r}"
        )


def _reads(label: Hashable) -> str:
    text = (label.decode(errors="replace") if isinstance(label, bytes) else str(label)).strip().casefold()
    return f"{float(text):.12g}" if _is_number(text) else text


def _converts(data: NDArray[Any]) -> bool:
    try:
        np.asarray(data, dtype=float)
    except (TypeError, ValueError):
        return False
    return True


def _is_number(cell: Any) -> bool:
    try:
        float(np.nan if cell is None else cell)
    except (TypeError, ValueError):
        return False
    return True
