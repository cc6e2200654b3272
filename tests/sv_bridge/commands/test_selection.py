import json
from dataclasses import replace

import numpy as np
import pytest

from sv_bridge.data.manifest import Corpus, write_manifest
from sv_bridge.models.embedding import EmbeddingOptions, embed
from sv_bridge.models.systems import load_system
from sv_bridge.presets import load_config
from sv_bridge.reports.label_free import LabelFreeEvaluator, checkpoints_of
from sv_bridge.training.loop import train

QUICK = [
    "epochs=2", "keep_checkpoints=2", "batch_size=4", "encoder.channels=8", "encoder.frame_dim=8",
    "encoder.embedding_dim=8", "augmentation=none", "crop_seconds=0.5", "schedule.warmup_epochs=0", "validate_epochs=0",
]  # fmt: skip


@pytest.fixture(scope="module")
def run(tmp_path_factory, speech):
    return train(load_config("tiny-snt", QUICK), speech, tmp_path_factory.mktemp("runs") / "run", progress_bar=False)


@pytest.fixture(scope="module")
def nobodys(tmp_path_factory, speech):
    """The same recordings in a manifest without speakers."""
    folder = tmp_path_factory.mktemp("nobodys")
    utterances = [replace(u, path=str(speech.path(u).resolve()), speaker="", split="train") for u in speech]
    write_manifest(folder, utterances)
    return folder


def test_select_ranks_every_checkpoint_of_unlabelled_speech(sv_bridge, run, nobodys, tmp_path):
    out = tmp_path / "selection.json"
    printed = sv_bridge("select", run, "log-mel", "--corpus", nobodys, "--device", "cpu", "--json", out)
    record = json.loads(out.read_text())
    checkpoints = [str(path) for path in sorted((run / "checkpoints").iterdir())]
    assert sorted(record["ranking"]) == sorted([*checkpoints, "log-mel"])
    assert printed.splitlines()[-1] == record["ranking"][0]
    assert record["statement"].startswith(record["ranking"][0])
    assert sum(record["steady"].values()) == pytest.approx(1)
    assert set(record["values"]) == set(record["ranking"])


def test_select_takes_the_newest_checkpoints_alone_if_asked(sv_bridge, run, nobodys, tmp_path):
    out = tmp_path / "selection.json"
    sv_bridge("select", run, "log-mel", "--corpus", nobodys, "--newest", "--utterances", 12, "--json", out)
    record = json.loads(out.read_text())
    assert sorted(record["ranking"]) == sorted([str(run), "log-mel"])
    assert record["utterances"] == 12


def test_compare_without_labels_has_their_numbers(sv_bridge, run, nobodys, tmp_path):
    out = tmp_path / "columns.json"
    command = ["compare", run, "log-mel", "--corpus", nobodys, "--split", "train", "--no-labels", "--device", "cpu"]
    sv_bridge(*command, "--cross-channels", 0, "--json", out)
    columns = {column["name"]: column for column in json.loads(out.read_text())}
    assert columns["view_error_rate"]["better"] == "lower"
    assert "EER %" not in columns
    selection = tmp_path / "selection.json"
    sv_bridge("select", run, "log-mel", "--corpus", nobodys, "--newest", "--device", "cpu", "--json", selection)
    values = json.loads(selection.read_text())["values"]
    for name, column in columns.items():
        assert {system: spread["mean"] for system, spread in column["spreads"].items()} == pytest.approx(
            {system: values[system][name] for system in values}
        )
    with pytest.raises(ValueError, match="--no-labels draws no trials"):
        sv_bridge(*command, "--negatives", "same-language")


def test_names_of_speakers_change_nothing(speech):
    test = speech.split("test")
    renamed = Corpus(test.root, tuple(replace(u, speaker=f"{i}") for i, u in enumerate(test)))
    mine, theirs = (LabelFreeEvaluator(corpus, EmbeddingOptions(device="cpu"))("log-mel") for corpus in (test, renamed))
    assert mine.values() == theirs.values()
    assert {u.speaker for u in LabelFreeEvaluator(test).speech} == {""}


def test_views_are_the_beginning_and_the_end_each_through_its_own_channel(speech):
    test = speech.split("test")
    heard = LabelFreeEvaluator(test, EmbeddingOptions(device="cpu"), channels=5)("log-mel")
    whole = embed(load_system("log-mel"), test, EmbeddingOptions(device="cpu", cross_channels=5))
    np.testing.assert_allclose(heard.whole, whole.vectors, atol=1e-5)
    for view, seed in ((heard.first, 6), (heard.second, 7)):
        options = EmbeddingOptions(device="cpu", crops=2, crop_seconds=1.5, cross_channels=seed)
        crops = embed(load_system("log-mel"), test, options).vectors
        np.testing.assert_allclose(view, crops[:, seed - 6], atol=1e-5)
    recorded = LabelFreeEvaluator(test, EmbeddingOptions(device="cpu"), channels=None)("log-mel")
    assert np.abs(recorded.first - heard.first).max() > 0.1


def test_a_run_without_finished_epochs_and_other_systems_are_by_themselves(run, tmp_path):
    assert checkpoints_of("log-mel") == ["log-mel"]
    assert checkpoints_of(str(tmp_path)) == [str(tmp_path)]
    assert [path.rpartition("/")[2] for path in checkpoints_of(str(run))] == ["epoch-0001", "epoch-0002"]


def test_too_few_utterances_are_an_error(speech):
    with pytest.raises(ValueError, match="wanted at least 4 utterances to compare systems on, got 3"):
        LabelFreeEvaluator(speech, utterances=3)
