import json
import subprocess
import sys

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from typer.testing import CliRunner

import cqm
from cqm import cli

POINTS = [[0.0, 0.0], [0.0, 1.0], [9.0, 9.0], [9.0, 11.0]]
LABELS = ["a", "a", "b", "b"]


@pytest.fixture
def folder(tmp_path):
    np.savez(tmp_path / "data.npz", X=POINTS, labels=LABELS)
    np.save(tmp_path / "points.npy", POINTS)
    (tmp_path / "table.csv").write_text("x,y,kind\n0,0,a\n0,1,a\n9,9,b\n9,11,b\n")
    (tmp_path / "points.csv").write_text("0,0\n0,1\n9,9\n9,11\n")
    (tmp_path / "labels.csv").write_text("a\na\nb\nb\n")
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(cli.app, [str(argument) for argument in arguments])


@pytest.mark.parametrize(
    "source",
    [
        ["data.npz"],
        ["table.csv", "--label-column", "kind"],
        ["points.csv", "--labels", "labels.csv"],
        ["points.npy", "--labels", "labels.csv"],
        ["points.npy", "--labels", "data.npz"],
    ],
)
def test_score_reads_every_format_alike(folder, source):
    paths = [folder / word if "." in word else word for word in source]
    out = folder / "out.json"
    result = run("score", *paths, "--measure", "weakest_link", "--json", out, "--html", folder / "out.html")
    assert result.exit_code == 0, result.output
    assert json.loads(out.read_text())["values"] == {"weakest_link": cqm.weakest_link(POINTS, LABELS)}
    assert "weakest_link" in (folder / "out.html").read_text()


def test_score_reads_parquet(folder):
    import pandas as pd

    pd.DataFrame(POINTS, columns=["x", "y"]).assign(kind=LABELS).to_parquet(folder / "table.parquet")
    result = run("score", folder / "table.parquet", "--label-column", "kind", "--measure", "weakest_link")
    assert f"{cqm.weakest_link(POINTS, LABELS):.6g}" in result.output


@pytest.mark.parametrize("labels", [[0, 0, 1, 1, -1], [0.0, 0.0, 1.0, 1.0, -1.0], ["0", "0", "1", "1", "-1"]])
def test_noise_labels_are_matched_as_they_read(folder, labels):
    np.savez(folder / "noisy.npz", X=[*POINTS, [50.0, 50.0]], labels=labels)
    result = run("score", folder / "noisy.npz", "--noise-label", "-1", "--measure", "weakest_link")
    assert "4 points and 1 of noise, 2 clusters" in result.output
    assert "1 point is noise (label -1)" in result.output
    nothing = run("score", folder / "noisy.npz", "--noise-label", "-9", "--measure", "weakest_link")
    assert "no point has the noise label -9 (labels: 0" in nothing.output


def test_points_without_a_label_are_noise_if_so_asked(folder):
    (folder / "gaps.csv").write_text("x,y,kind\n0,0,a\n50,50,\n0,1,a\n9,9,b\n9,11,b\n")
    result = run("score", folder / "gaps.csv", "--noise-label", "NA", "--measure", "weakest_link")
    assert f"{cqm.weakest_link(POINTS, LABELS):.6g}" in result.output
    assert "1 point is noise (label NA)" in result.output


def test_one_line_says_what_was_read(folder):
    result = run("score", folder / "table.csv")
    line = "table.csv: 4 points of 2 features; labels from column 'kind' (2 different); no noise label"
    assert result.output.splitlines()[0] == line
    beside = run("score", folder / "points.csv", "--labels", folder / "labels.csv")
    assert "labels from labels.csv (2 different)" in beside.output
    select = run("select", folder / "table.csv", "--k", "2:3")
    assert select.output.splitlines()[0] == "table.csv: 4 points of 2 features, column 'kind' left out"


def test_score_prints_the_short_set_unless_asked_for_all(folder):
    assert "relative_margin" not in run("score", folder / "data.npz").output
    every = run("score", folder / "data.npz", "--all").output
    assert all(name in every for name in cqm.catalog)


def test_pages_are_whole_and_styled(folder):
    run("score", folder / "data.npz", "--html", folder / "score.html")
    run("select", folder / "points.csv", "--k", "2:3", "--html", folder / "select.html")
    for name in ("score.html", "select.html"):
        page = (folder / name).read_text()
        assert page.startswith("<!doctype html>")
        assert "<style>" in page
        assert page.rstrip().endswith("</html>")


def test_select_prints_and_plots(folder):
    result = run("select", folder / "points.csv", "--k", "2:3", "--plot", folder / "k.png")
    assert result.exit_code == 0, result.output
    assert "*" in result.output
    assert (folder / "k.png").read_bytes().startswith(b"\x89PNG")


def test_select_chooses_the_radius_of_dbscan(folder):
    generator = np.random.default_rng(0)
    np.save(folder / "blobs.npy", np.vstack([generator.normal(at, 0.2, (30, 2)) for at in (0, 5, 10)]))
    result = run(
        *("select", folder / "blobs.npy", "--clusterer", "dbscan", "--grid", "eps=0.05,0.8,20"),
        *("--measure", "silhouette", "--measure", "dunn"),
    )
    assert "eps=0.8: 2 of 2 votes" in result.output


def test_select_over_the_bend_of_the_sum_of_squares(folder):
    generator = np.random.default_rng(0)
    np.save(folder / "blobs.npy", np.vstack([generator.normal(at, 0.2, (30, 2)) for at in (0, 5, 10)]))
    result = run("select", folder / "blobs.npy", "--measure", "trace_w", "--k", "2:8")
    assert "k=3: 1 of 1 votes" in result.output
    assert "the bend is marked: splitting a cluster never makes it worse" in result.output


def test_select_standardizes(folder):
    wide = np.random.default_rng(0).normal(size=(60, 2)) * [1, 500]
    np.save(folder / "wide.npy", wide)
    result = run("select", folder / "wide.npy", "--standardize", "--measure", "silhouette", "--k", "2:4")
    clusterer = make_pipeline(StandardScaler(), KMeans(random_state=0, n_init=10))
    expected = cqm.select(wide, clusterer, k=range(2, 5), measures="silhouette").scores("silhouette")
    assert all(f"{value:.6g}" in result.output for value in expected.values())


def test_select_over_distances_clusters_distances(folder):
    from scipy.spatial.distance import pdist, squareform

    generator = np.random.default_rng(0)
    distances = squareform(pdist(np.vstack([generator.normal(at, 0.2, (20, 2)) for at in (0, 5, 10)])))
    (folder / "distances.csv").write_text("\n".join(",".join(map(str, row)) for row in distances.tolist()))
    result = run("select", folder / "distances.csv", "--metric", "precomputed", "--k", "2:5")
    assert "60 points, their distances" in result.output
    assert "k=3: " in result.output


def test_recommend_and_version(folder):
    assert "dbcv" in run("recommend", "--noise", "--shape", "any").output
    assert run("--version").output == f"cqm {cqm.__version__}\n"


def test_measures_and_metrics_are_completed():
    assert cli._measures("sil") == ["silhouette"]
    assert cli._measures("") == list(cqm.catalog)
    assert cli._metrics("cos") == ["cosine"]
    assert cli._voters("hart") == ["hartigan"]


def test_help_and_completion_import_nothing_that_takes_time():
    program = "import sys, cqm.cli; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert not {"numpy", "scipy", "numba", "sklearn", "cqm.declarations"} & set(loaded)


def test_measures_lists_the_catalogue():
    result = run("measures")
    assert all(name in result.output for name in cqm.catalog)
    assert all(name in result.output for name in cqm.external_catalog)


def test_the_table_of_verdicts_has_external_indices_with_their_own_axioms():
    text = run("table", "rand", "dunn").output
    assert [line.split()[0] for line in text.splitlines() if line.startswith((" rand", " dunn"))] == ["dunn", "rand"]
    assert text.index("scale invariance") < text.index(" dunn") < text.index("symmetry") < text.index(" rand")
    verdicts = [verdict.status for verdict in cqm.external_catalog["rand"].axioms.values()]
    assert next(line for line in text.splitlines() if line.startswith(" rand")).split()[1:] == verdicts
    assert "scale invariance" not in run("table", "rand").output
    assert "symmetry" not in run("table").output
    assert all(f" {name} " in run("table", "--all").output for name in (*cqm.catalog, *cqm.external_catalog))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["score", "points.csv"], "has no labels: give --labels FILE or --label-column NAME"),
        (["score", "text.csv"], "has 'p' in data row 1, column 1, where a number was wanted"),
        (
            ["score", "table.csv", "--label-column", "sort"],
            "no column is named 'sort': the 3 columns are 'x', 'y'",
        ),
        (
            ["score", "gaps.csv"],
            "has no label in 1 row, 2: fill them in, or leave such points out with",
        ),
        (["select", "points.csv", "--measure", "sd_index"], "sd_index: it can't compare different k"),
        (["select", "square.csv", "--metric", "precomputed", "--clusterer", "kmeans"], "KMeans clusters vectors"),
        (["select", "points.csv", "--clusterer", "dbscan"], "DBSCAN has none of the parameters n_clusters"),
        (["select", "points.csv", "--grid", "tol"], "--grid takes NAME=VALUE,VALUE"),
        (["recommend", "--metric", "cityblock"], "did you mean 'manhattan'"),
        (["score", "points.csv", "--labels", "short.csv"], "`labels` has 1 entries but `X` has 4 rows"),
        (["score", "ragged.csv"], "has 3 cells in line 2 but 2 in the first"),
        (["score", "empty.csv"], "is empty"),
        (["score", "data.xyz"], "is of no known format"),
        (["score", "other.npz"], "has none of the arrays X, embeddings"),
        (["score", "data.npz", "--measure", "silhuette"], "did you mean silhouette"),
        (["score", "data.npz", "--metric", "cosin"], "`metric` must be one of"),
        (["score", "data.npz", "--measure", "dbi"], "did you mean davies_bouldin"),
        (["score", "data.npz", "--metric", "l2"], "did you mean 'euclidean'"),
        (["select", "points.csv", "--k", "two"], "--k takes first:last"),
        (["select", "points.csv", "--k", "5:2"], "--k takes first:last with 1 ≤ first ≤ last"),
    ],
)
def test_wrong_input_is_one_clear_line(folder, monkeypatch, capsys, arguments, message):
    (folder / "short.csv").write_text("a\n")
    (folder / "ragged.csv").write_text("1,2\n1,2,3\n")
    (folder / "empty.csv").write_text("")
    (folder / "data.xyz").write_text("1")
    (folder / "text.csv").write_text("p,0,0,a\nq,0,1,a\n")
    (folder / "gaps.csv").write_text("x,y,kind\n0,0,a\n0,1,\n9,9,b\n9,8,b\n")
    (folder / "square.csv").write_text("0,1,2\n1,0,1\n2,1,0\n")
    np.savez(folder / "other.npz", Z=POINTS)
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", ["cqm", *arguments])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == 2
    error = capsys.readouterr().err
    assert message in error
    assert "Traceback" not in error
