"""The benchmark of GPUs runs all its parts on tensors of a CPU, and compares what it says it does."""

import json

import pytest
import torch

import cqm
from benchmarks import gpu

CPU = torch.device("cpu")


def test_all_parts_run_and_every_measure_is_accounted_for(tmp_path):
    record = gpu.measure(CPU, 0.002, tmp_path)
    assert json.loads((tmp_path / "gpu.json").read_text())["times"] == record["times"]
    assert {row["name"] for row in record["agreement"]} == set(cqm.catalog)
    assert all("left_out" in row or row["agrees"] for row in record["agreement"]), record["agreement"]
    assert len(record["times"]) == len(gpu.WORK)
    text = (tmp_path / "gpu.md").read_text()
    assert all(work.name in text for work in gpu.WORK)


@pytest.mark.parametrize("naive", [gpu.naive_silhouette, gpu.naive_dunn])
def test_plain_torch_computes_the_same(naive):
    measure = {gpu.naive_silhouette: cqm.silhouette, gpu.naive_dunn: cqm.dunn}[naive]
    X, labels = gpu.points(60, 3, 4, CPU, torch.float64)
    assert float(naive(X, labels)) == pytest.approx(
        measure(X.numpy(), labels.numpy()), rel=1e-6
    )  # torch's cdist multiplies


def test_what_does_not_fit_into_the_time_is_said(tmp_path):
    record = gpu.measure(CPU, 0.002, tmp_path, limit=0.0)
    assert all(row["left_out"] == "no time left" for row in record["times"])
    assert "no time left" in (tmp_path / "gpu.md").read_text()


def test_without_a_gpu_the_page_is_left_alone(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["gpu"])
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(gpu, "measure", lambda *_: pytest.fail("measured"))
    gpu.main()
    assert "no GPU here" in capsys.readouterr().out
