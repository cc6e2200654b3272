"""Every error says how to mend the input, and doing so to the very input mends it."""

import re

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy
from scipy import sparse
from scipy.spatial.distance import cdist, pdist, squareform
from sklearn.metrics import silhouette_score
from sklearn.metrics.pairwise import cosine_similarity
from sklearn.neighbors import kneighbors_graph

import cqm
from tests.cqm.inputs import DISTANCES, LABELS, POINTS

CURE = re.compile(r"(?:X = )?(?:\b(?:numpy|scipy)\.\S|1 - X|X\.|\(X|X \+|-X|labels\.)")


def mended(error, **names):
    """The input after the last statements of the message."""
    text = str(error).removesuffix(", or encode them as numbers")
    scope = {"numpy": np, "scipy": scipy, **names}
    subject = next(iter(names))
    start = CURE.search(text, text.find(": "))
    assert start, text
    for statement in text[start.start() :].split("; "):
        code = statement if statement.startswith(("X =", "numpy.fill_diagonal")) else f"{subject} = {statement}"
        exec(code, scope)
    return scope[subject]


def error_of(X, labels=LABELS, **options):
    with pytest.raises((TypeError, ValueError)) as caught:
        cqm.silhouette(X, labels, **options)
    return caught.value


GENERATOR = np.random.default_rng(0)
NOISE = GENERATOR.normal(size=(9, 9)) * 1e-12
KERNEL = np.exp(-(DISTANCES**2) / 100)
WITH_NAN = np.where(np.tri(9, k=-1, dtype=bool), DISTANCES, np.nan)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (DISTANCES + NOISE, DISTANCES),
        (DISTANCES - np.eye(9) * 1e-15, DISTANCES),
        (DISTANCES + np.abs(NOISE), DISTANCES),
        (DISTANCES * (1 + 1e-7 * np.tri(9)), DISTANCES),
        ((DISTANCES + NOISE).astype(np.float32), DISTANCES),
        (np.tril(DISTANCES), DISTANCES),
        (np.triu(DISTANCES), DISTANCES),
        (WITH_NAN, DISTANCES),
        (np.where(np.tri(9, dtype=bool), np.inf, DISTANCES), DISTANCES),
        (np.where(np.eye(9), np.nan, DISTANCES), DISTANCES),
        (np.where(np.eye(9), np.inf, DISTANCES), DISTANCES),
        (np.where(np.eye(9), 3.0, DISTANCES), DISTANCES),
        (-DISTANCES, DISTANCES),
        (-DISTANCES + np.eye(9) * 1e-16, DISTANCES),
        (1 - DISTANCES / 40, DISTANCES),
        (np.corrcoef(POINTS), squareform(pdist(POINTS, "correlation"))),
        (cosine_similarity(POINTS + 1), squareform(pdist(POINTS + 1, "cosine"))),
        (KERNEL, 1 - KERNEL),
        (5 * KERNEL, 1 - KERNEL),
        (POINTS[:, 0] - POINTS[:, [0]], cdist(POINTS[:, :1], POINTS[:, :1])),
        (DISTANCES + np.triu(DISTANCES) * 0.5, DISTANCES),
    ],
)
def test_what_makes_distances_of_a_matrix(wrong, right):
    X = mended(error_of(wrong, metric="precomputed"), X=wrong.copy())
    assert cqm.silhouette(X, LABELS, metric="precomputed") == pytest.approx(
        cqm.silhouette(right, LABELS, metric="precomputed"), rel=1e-5
    )


@pytest.mark.parametrize("kind", [pd.DataFrame, np.ndarray.tolist, lambda X: pd.DataFrame(X, index=list("abcdefghi"))])
@pytest.mark.parametrize("wrong", [DISTANCES + NOISE, np.tril(DISTANCES), WITH_NAN, np.corrcoef(POINTS), KERNEL])
def test_what_makes_distances_of_a_table(kind, wrong):
    X = mended(error_of(kind(wrong), metric="precomputed"), X=kind(wrong))
    assert -1 <= cqm.silhouette(X, LABELS, metric="precomputed") <= 1


def test_any_square_matrix_can_be_made_one_of_distances():
    for seed in range(20):
        wrong = np.random.default_rng(seed).normal(size=(9, 9))
        X = mended(error_of(wrong, metric="precomputed"), X=wrong.copy())
        assert -1 <= cqm.silhouette(X, LABELS, metric="precomputed") <= 1


@pytest.fixture(scope="module")
def blobs():
    generator = np.random.default_rng(1)
    return np.concatenate([generator.normal(at, 1.0, size=(30, 2)) for at in (0, 3)]), np.repeat([0, 1], 30)


@pytest.mark.parametrize("layout", [sparse.csr_matrix, sparse.csr_array, sparse.coo_array, sparse.lil_array])
def test_absent_distances_of_a_neighbour_graph_are_not_zero(blobs, layout):
    points, labels = blobs
    graph = layout(kneighbors_graph(points, 12, mode="distance"))
    error = error_of(graph, labels, metric="precomputed")
    assert "with 720 of the 3,540 distances" in str(error)
    X = mended(error, X=graph)
    assert (cdist(points, points) - 1e-9 <= X).all()  # along edges, no way is shorter than the straight one
    assert cqm.silhouette(X, labels, metric="precomputed") > 0.3


def test_a_dense_neighbour_graph_is_known_by_its_zeros(blobs):
    points, labels = blobs
    graph = kneighbors_graph(points, 12, mode="distance").toarray()
    error = error_of(graph, labels, metric="precomputed")
    assert "unknown, not 0" in str(error)
    assert cqm.silhouette(mended(error, X=graph), labels, metric="precomputed") > 0.3


def test_a_neighbour_graph_in_parts_says_so(blobs):
    points, labels = blobs
    graph = kneighbors_graph(points, 2, mode="distance")
    assert "falls into" in str(error_of(graph, labels, metric="precomputed"))


def test_full_sparse_distances_and_vectors_that_a_metric_moves_are_made_dense():
    for X, metric in [(DISTANCES, "precomputed"), (POINTS, "manhattan"), (POINTS, "correlation"), (POINTS, "jaccard")]:
        given = sparse.csr_array(X)
        made = mended(error_of(given, metric=metric), X=given)
        assert cqm.silhouette(made, LABELS, metric=metric) == cqm.silhouette(X, LABELS, metric=metric)


@pytest.mark.parametrize(
    ("X", "cure"), [(sparse.coo_array(POINTS[:, 0]), "X.reshape(-1, 1)"), (sparse.csr_array(POINTS + 1j), "numpy.real")]
)
def test_sparse_vectors_of_another_shape_or_type(X, cure):
    error = error_of(X)
    assert cure in str(error)
    assert np.isfinite(cqm.silhouette(mended(error, X=X), LABELS))


TABLE = pd.DataFrame(POINTS, columns=["x", "y", "z"])


@pytest.mark.parametrize(
    "X",
    [
        TABLE.assign(kind="a"),
        TABLE.assign(kind=pd.Categorical(list("abcabcabc"))),
        TABLE.assign(kind="a", other="b").astype(object),
        pl.DataFrame(TABLE.assign(kind="a")),
        pa.table({"x": POINTS[:, 0], "y": POINTS[:, 1], "kind": ["a"] * 9, "z": POINTS[:, 2]}),
        np.column_stack([POINTS.astype(object), ["a"] * 9]),
        np.column_stack([["a"] * 9, POINTS.astype(str)]),
        [[*row, "a"] for row in POINTS.tolist()],
        POINTS.astype(object),
        POINTS.astype(str),
        TABLE.astype(str),
        TABLE.map(lambda value: str(value).replace(".", ",")),
        np.char.replace(POINTS.astype(str), ".", ","),
        POINTS + 1j,
    ],
)
def test_tables_with_text(X):
    assert cqm.silhouette(mended(error_of(X), X=X), LABELS) == pytest.approx(cqm.silhouette(POINTS, LABELS))


def test_the_column_with_text_is_named():
    message = str(error_of(TABLE.assign(kind=["1", "2", "b", *"456789"])))
    assert "X[2, 3] is 'b'" in message
    assert "['kind']" in message


def test_texts_are_no_vectors():
    assert "TfidfVectorizer" in str(error_of(["some words"] * 9))
    assert "OneHotEncoder" in str(error_of([["red", "blue"]] * 9))


HARD = np.eye(3)[LABELS]
SOFT = 0.7 * HARD + 0.1


@pytest.mark.parametrize(
    "labels",
    [
        SOFT,
        SOFT.T,
        SOFT.tolist(),
        pd.DataFrame(SOFT, columns=["a", "b", "c"]),
        pl.DataFrame(SOFT),
        SOFT.astype(np.float32),
        HARD,
        HARD.T,
        HARD.astype(bool),
        HARD.astype(int),
        10 * SOFT,
        np.array(LABELS)[:, None],
        np.array(LABELS)[None],
        [[label] for label in LABELS],
        pd.DataFrame({"cluster": LABELS}),
        pl.DataFrame({"cluster": LABELS}),
        np.column_stack([LABELS, [5] * 9]),
        np.column_stack([np.array(LABELS).astype(str), ["a"] * 9]),
        pd.DataFrame({"cluster": LABELS, "batch": ["b"] * 9}),
        sparse.csr_array(SOFT),
    ],
)
def test_labels_of_two_dimensions(labels):
    wanted = cqm.silhouette(POINTS, LABELS)
    mend = mended(error_of(POINTS, labels), labels=labels)
    if np.ndim(mend) == 2:  # a sparse matrix is made dense first
        mend = mended(error_of(POINTS, mend), labels=mend)
    assert cqm.silhouette(POINTS, mend) == wanted


NOISY = np.array([0, 0, 0, 1, 1, 1, -1, 2, 2])


@pytest.mark.parametrize(
    ("labels", "noise_label"),
    [
        (NOISY.astype(str), -1),
        (NOISY, "-1"),
        (NOISY.astype(float), "-1"),
        (NOISY.astype(float).astype(str), -1),
        ([f" {label}" for label in NOISY], "-1"),
        (NOISY.astype("S"), "-1"),
        (pd.Series(NOISY).astype(str).astype("category"), -1),
        (np.where(NOISY < 0, "Noise", "cluster"), "noise"),
    ],
)
def test_a_noise_label_of_another_type_is_not_passed_over(labels, noise_label):
    points = np.concatenate([POINTS, POINTS + 100])
    labels = [*np.asarray(labels), *np.asarray(labels)[3:6], *np.asarray(labels)[:6]]
    with pytest.raises(ValueError, match="which is another label: pass noise_label=") as caught:
        cqm.silhouette(points, labels, noise_label=noise_label)
    names = {"np": np}
    exec(str(caught.value).rpartition("pass ")[2], names)
    kept = [label != names["noise_label"] for label in labels]
    if len(set(labels)) > 2:
        expected = silhouette_score(points[kept], [str(label) for label in labels if label != names["noise_label"]])
        assert cqm.silhouette(points, labels, noise_label=names["noise_label"]) == pytest.approx(expected)


def test_a_noise_label_that_nothing_reads_like_is_no_error():
    assert cqm.silhouette(POINTS, LABELS, noise_label=-1) == cqm.silhouette(POINTS, LABELS)
    assert cqm.silhouette(POINTS, [f"cluster {label}" for label in LABELS], noise_label=-1) > 0


@pytest.mark.parametrize(
    ("name", "meant"),
    [("cityblock", "manhattan"), ("l2", "euclidean"), ("euclidian", "euclidean"), ("Cosine", "cosine"), ("l1", "man")],
)
def test_names_that_others_give_to_metrics(name, meant):
    assert re.search(f"did you mean '{meant}", str(error_of(POINTS, metric=name)))


@pytest.mark.parametrize("metric", ["mahalanobis", "seuclidean", "russellrao", "nan_euclidean", "spearman"])
def test_metrics_of_more_than_two_points_say_how_to_get_there(metric):
    message = str(error_of(POINTS, metric=metric))
    code, option = re.search(
        r"((?:\(X|X /|scipy|sklearn).*\)(?:\.T)?),? (?:and take|with) (metric=\S+)", message
    ).groups()
    import sklearn.metrics

    X = eval(code, {"X": POINTS, "numpy": np, "scipy": scipy, "sklearn": sklearn})
    value = cqm.silhouette(X, LABELS, metric=option.removeprefix("metric=").strip('"'))
    if metric in ("mahalanobis", "seuclidean", "russellrao"):
        referee = squareform(pdist(POINTS, metric))
        assert value == pytest.approx(silhouette_score(referee, LABELS, metric="precomputed"))
    assert -1 <= value <= 1


@pytest.mark.parametrize("metric", ["braycurtis", "canberra", "jensenshannon", "hamming", "jaccard", "dice", "yule"])
def test_metrics_of_scipy_by_name(metric):
    points = np.concatenate([POINTS, POINTS + 1]) + 1
    points = points > 1.5 if metric in ("hamming", "jaccard", "dice", "yule") else points
    labels = LABELS + LABELS
    distances = squareform(pdist(points, metric))
    for name in ("silhouette", "dunn", "weakest_link", "gamma", "connectivity"):
        measure = cqm.catalog[name].function
        expected = measure(distances, labels, metric="precomputed")
        assert measure(points, labels, metric=metric) == pytest.approx(expected, nan_ok=True)


def test_a_metric_of_scipy_without_a_value_is_an_error():
    with pytest.raises(ValueError, match="must return finite distances"):
        cqm.silhouette(np.zeros((9, 2)), LABELS, metric="braycurtis")


class AnnotatedData:
    """What scanpy keeps cells in."""

    def __init__(self, X, labels):
        self.X, self.obsm = sparse.csr_matrix(X), {"X_pca": np.asarray(X)}
        self.obs = pd.DataFrame({"leiden": pd.Categorical(labels)}, index=[f"cell {i}" for i in range(len(labels))])


@pytest.mark.parametrize(
    "X",
    [
        AnnotatedData(POINTS, LABELS),
        pl.LazyFrame(POINTS),
        iter(POINTS.tolist()),
        np.array([tuple(row) for row in POINTS], dtype=[("x", float), ("y", float), ("z", float)]),
        POINTS.T,
        pd.DataFrame(POINTS).T,
        POINTS.T.tolist(),
    ],
    ids=lambda X: type(X).__name__ + str(getattr(X, "dtype", "")),
)
def test_points_in_other_clothes(X):
    text = str(error_of(X))
    cure = re.search(r"(?:pass|with) ([\w.]*\(?.*)", text)[1].split(" or ")[0]
    mended = eval(cure, {"numpy": np, "X": X})
    assert cqm.silhouette(mended, LABELS) == pytest.approx(cqm.silhouette(POINTS, LABELS))


class Fitted:
    labels_ = LABELS


@pytest.mark.parametrize("labels", [dict(enumerate(LABELS)), (label for label in LABELS), Fitted()])
def test_labels_in_other_clothes(labels):
    cure = re.search(r"pass ([\w.]*(?:\([^,]*\))?)", str(error_of(POINTS, labels)))[1]
    assert cqm.silhouette(POINTS, eval(cure, {"labels": labels})) == cqm.silhouette(POINTS, LABELS)


def test_a_table_and_a_series_of_the_same_rows_in_another_order():
    names = list("pqrstuvwx")
    X = pd.DataFrame(POINTS, index=names)
    labels = pd.Series(LABELS, index=names)[::-1]
    text = str(error_of(X, labels))
    assert "row 0 is p in `X` but x in `labels`" in text
    cures = re.search(r"pass (\S+), or (\S+) if", text).groups()
    for cure, wanted in zip(cures, (LABELS, LABELS[::-1]), strict=True):
        assert cqm.silhouette(X, eval(cure, {"X": X, "labels": labels})) == pytest.approx(
            cqm.silhouette(POINTS, wanted)
        )
    for fine in (pd.Series(LABELS), pd.Series(LABELS, index=names), LABELS):  # other names say nothing
        assert cqm.silhouette(X, fine) == cqm.silhouette(POINTS, LABELS)


@pytest.mark.parametrize(
    ("function", "names"),
    [
        (cqm.adjusted_rand, ("labels_true", "labels_pred")),
        (cqm.variation_of_information, ("labels_true", "labels_pred")),
        (cqm.fuzzy_silhouette, ("X", "memberships")),
        (cqm.fuzzy_xie_beni, ("X", "memberships")),
    ],
)
def test_other_pairs_of_the_same_rows_in_another_order(function, names):
    one = pd.DataFrame(POINTS, index=list("pqrstuvwx")) if names[0] == "X" else pd.Series(LABELS, list("pqrstuvwx"))
    other = (
        pd.DataFrame(np.eye(3)[LABELS], index=one.index) if names[0] == "X" else pd.Series([2, *LABELS[1:]], one.index)
    )
    wanted, turned = function(one, other), other[::-1]
    with pytest.raises(ValueError, match=rf"in `{names[0]}` but x in `{names[1]}`, which has the same rows") as caught:
        function(one, turned)
    cure = re.search(r"pass (\S+), or", str(caught.value))[1]
    assert function(one, eval(cure, dict(zip(names, (one, turned), strict=True)))) == wanted
