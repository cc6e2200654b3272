import numpy as np
import onnxruntime
import pytest
import torch
from typer.testing import CliRunner

from sv_bridge.commands.app import app
from sv_bridge.models import export
from sv_bridge.models.embedding import embed
from sv_bridge.models.encoders import build_encoder
from sv_bridge.models.encoders.resnet import ResNetConfig
from sv_bridge.models.encoders.tdnn import TdnnConfig
from sv_bridge.models.export import export_onnx
from sv_bridge.models.systems import decision_of, embeddings_of, load_system
from sv_bridge.training.loop import train
from sv_bridge.verification.calibration import Calibration
from sv_bridge.verification.decision import DecisionRule
from tests.sv_bridge.training_runs import small_config, write_corpus

SMALL_ENCODERS = [
    TdnnConfig(name="tdnn", channels=8, frame_dim=12, embedding_dim=6),
    ResNetConfig(name="fast_resnet34", base_channels=8, embedding_dim=6),
]


@pytest.mark.parametrize("config", SMALL_ENCODERS, ids=lambda config: config.name)
def test_onnx_embeddings_equal_torchs_at_any_batch_and_length(config, tmp_path):
    encoder = build_encoder(config, seed=0)
    export_onnx(encoder, tmp_path / "model.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "model.onnx")
    assert session.get_modelmeta().custom_metadata_map["sample_rate_hz"] == "16000"
    for shape in ((1, 4_000), (5, 7_777)):
        waveforms = torch.randn(shape, generator=torch.Generator().manual_seed(1))
        (got,) = session.run(["embeddings"], {"waveforms": waveforms.numpy()})
        expected = encoder(waveforms).detach().numpy()
        np.testing.assert_allclose(got, expected, atol=1e-4 * np.abs(expected).max())  # float32 sums in another order


def test_a_wrong_export_is_refused_and_leaves_no_file(tmp_path, monkeypatch):
    monkeypatch.setattr(export, "_difference", lambda *_: 0.5)
    with pytest.raises(RuntimeError, match=r"5\.0e-01 off torch's"):
        export_onnx(build_encoder(SMALL_ENCODERS[0], seed=0), tmp_path / "model.onnx")
    assert list(tmp_path.iterdir()) == []


def test_the_command_exports_a_run(tmp_path):
    run = train(small_config("tiny-am", "epochs=1"), write_corpus(tmp_path / "c"), tmp_path / "run", progress_bar=False)
    done = CliRunner().invoke(app, ["export", str(run), "--onnx", str(tmp_path / "model.onnx")])
    assert done.exit_code == 0, done.output
    assert "model.onnx: embeddings within" in done.output
    wrong = CliRunner().invoke(app, ["export", str(run), "--onnx", str(tmp_path / "model.bin")])
    assert "wanted one in .onnx" in str(wrong.exception)
    assert not (tmp_path / "model.bin").exists()


def test_a_rule_for_other_scores_than_cosines_is_not_exported(tmp_path):
    run = train(small_config("tiny-am", "epochs=1"), write_corpus(tmp_path / "c"), tmp_path / "run", progress_bar=False)
    DecisionRule(Calibration(3.0, -1.0), 0.25, 0.01, 0.1, 0.05, "an aim", backend="as-norm").save(run / "decision.json")
    done = CliRunner().invoke(app, ["export", str(run), "--onnx", str(tmp_path / "model.onnx")])
    assert "warning: the run decides by scores of as-norm, which ONNX does not hold" in done.output
    assert decision_of(str(tmp_path / "model.onnx")) is None


def test_an_export_reads_back_as_a_system_with_its_rule(tmp_path, speech):
    encoder = build_encoder(TdnnConfig(name="tdnn", channels=8, frame_dim=8, embedding_dim=8), seed=0).eval()
    rule = DecisionRule(Calibration(3.0, -1.0), 0.25, 0.01, 0.1, 0.05, "an aim", processing={"crops": None})
    export_onnx(encoder, tmp_path / "e.onnx", decision=rule)
    name, test = str(tmp_path / "e.onnx"), speech.split("test")
    assert decision_of(name) == rule
    assert load_system(name).sample_rate_hz == 16_000
    np.testing.assert_allclose(embeddings_of(name, test).vectors, embed(encoder, test).vectors, atol=1e-3)
    with pytest.raises(ValueError, match=r"no ONNX file at gone\.onnx: make one with"):
        load_system("gone.onnx")
    (tmp_path / "no.onnx").write_text("text")
    with pytest.raises(ValueError, match="not an ONNX file"):
        load_system(str(tmp_path / "no.onnx"))
