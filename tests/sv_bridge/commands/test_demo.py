from sv_bridge.commands.demo import run_demo
from sv_bridge.data.synthetic import SyntheticRecipe

RECIPE = SyntheticRecipe(
    train_speakers=6, dev_speakers=0, test_speakers=3, sessions=2, utterances=2, seconds=(1.0, 1.2), channels=2
)
QUICK = ["epochs=1", "batch_size=8", "encoder.channels=8", "encoder.frame_dim=8", "augmentation=none"]


def test_demo_goes_from_nothing_to_a_page(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    page = run_demo(tmp_path, recipe=RECIPE, settings=QUICK, device="cpu")
    text = page.read_text()
    for system in ("mean log-mel", "untrained", "SNT-Xent", "SNT-Xent-AM"):
        assert system in text
    assert "SNT-Xent-AM against SNT-Xent: more compact by" in text
    assert text.count("data:image/png;base64,") == 5
    assert (tmp_path / "runs" / "tiny-am" / "metrics.jsonl").is_file()
