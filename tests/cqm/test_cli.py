import json
import sys

import numpy as np
import pytest
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


def test_noise_label_is_matched_as_text(folder):
    np.savez(folder / "noisy.npz", X=[*POINTS, [50.0, 50.0]], labels=[0, 0, 1, 1, -1])
    result = run("score", folder / "noisy.npz", "--noise-label", "-1", "--measure", "weakest_link")
    assert "4 points, 2 clusters" in result.output


def test_select_prints_and_plots(folder):
    result = run("select", folder / "points.csv", "--k", "2:3", "--plot", folder / "k.png")
    assert result.exit_code == 0, result.output
    assert "*" in result.output
    assert (folder / "k.png").read_bytes().startswith(b"\x89PNG")


def test_measures_lists_the_catalogue():
    result = run("measures")
    assert all(name in result.output for name in cqm.catalog)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["score", "points.csv"], "has no labels: give --labels FILE or --label-column NAME"),
        (["score", "table.csv"], "has 'a' in data row 1 where a number was wanted"),
        (["score", "table.csv", "--label-column", "sort"], "has no column 'sort': its columns are"),
        (["score", "points.csv", "--labels", "short.csv"], "`labels` has 1 entries but `X` has 4 rows"),
        (["score", "ragged.csv"], "has 3 cells in line 2 but 2 in the first"),
        (["score", "empty.csv"], "is empty"),
        (["score", "data.xyz"], "is of no known format"),
        (["score", "other.npz"], "has none of the arrays X, embeddings"),
        (["score", "data.npz", "--measure", "silhuette"], "did you mean silhouette"),
        (["score", "data.npz", "--metric", "cosin"], "`metric` must be one of"),
        (["select", "points.csv", "--k", "two"], "--k takes first:last"),
    ],
)
def test_wrong_input_is_one_clear_line(folder, monkeypatch, capsys, arguments, message):
    (folder / "short.csv").write_text("a\n")
    (folder / "ragged.csv").write_text("1,2\n1,2,3\n")
    (folder / "empty.csv").write_text("")
    (folder / "data.xyz").write_text("1")
    np.savez(folder / "other.npz", Z=POINTS)
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", ["cqm", *arguments])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == 2
    error = capsys.readouterr().err
    assert message in error
    assert "Traceback" not in error
