import json

import numpy as np
import pytest
import soundfile
import torch

from sv_bridge.data.manifest import Corpus
from sv_bridge.embeddings import Embeddings
from sv_bridge.models import embedding
from sv_bridge.models.embedding import EmbeddingOptions
from sv_bridge.models.systems import embeddings_of, load_system, short_names, system_groups
from sv_bridge.presets import load_config
from sv_bridge.reports.evaluator import Evaluator
from sv_bridge.training.checkpoint import CheckpointError
from sv_bridge.training.loop import train
from sv_bridge.training.run_directory import heard_speakers

QUICK = [
    "epochs=1", "batch_size=4", "encoder.channels=8", "encoder.frame_dim=8", "encoder.embedding_dim=8",
    "augmentation=none", "crop_seconds=0.5", "schedule.warmup_epochs=0",
]  # fmt: skip


@pytest.fixture(scope="module")
def run(tmp_path_factory, speech):
    return train(load_config("tiny-snt", QUICK), speech, tmp_path_factory.mktemp("runs") / "run", progress_bar=False)


def test_a_run_embeds_with_its_trained_weights(run, speech):
    test = speech.split("test")
    embeddings = embeddings_of(str(run), test)
    assert embeddings.vectors.shape == (len(test), 8)
    assert embeddings.ids.tolist() == [u.id for u in test]
    expected = load_system(str(run))
    assert not expected.training
    assert all(torch.isfinite(p).all() for p in expected.parameters())


def test_embeddings_of_a_run_are_kept_until_something_changes(run, speech):
    test = speech.split("test")
    first = embeddings_of(str(run), test)
    kept = sorted((run / "embeddings").glob("*.npz"))
    altered = Embeddings.load(kept[0]).vectors + 1
    for path in kept:  # whatever is read now was read from the files
        columns = {**np.load(path), "vectors": altered}
        np.savez(path, **columns)
    np.testing.assert_array_equal(embeddings_of(str(run), test).vectors, first.vectors + 1)
    fewer = Corpus(test.root, test.utterances[:-1])
    np.testing.assert_allclose(embeddings_of(str(run), fewer).vectors, first.vectors[:-1], atol=1e-6)
    assert embeddings_of(str(run), test, EmbeddingOptions(crops=2, crop_seconds=0.5)).vectors.shape == (len(test), 2, 8)
    crossed = embeddings_of(str(run), test, EmbeddingOptions(cross_channels=0))
    assert not np.allclose(crossed.vectors, first.vectors, atol=1e-3)


def test_stored_embeddings_are_a_system(tmp_path, run, speech):
    whole = embeddings_of(str(run), speech)
    whole.save(tmp_path / "e.npz")
    dev = speech.split("dev")
    assert embeddings_of(str(tmp_path / "e.npz"), dev).ids.tolist() == [u.id for u in dev]
    with pytest.raises(ValueError, match="make them with `sv-bridge embed --cross-channels 3`"):
        embeddings_of(str(tmp_path / "e.npz"), dev, EmbeddingOptions(cross_channels=3))
    with pytest.raises(ValueError, match="crops can't be chosen"):
        embeddings_of(str(tmp_path / "e.npz"), dev, EmbeddingOptions(crops=2, crop_seconds=1.0))


def test_untrained_encoders_are_the_same_every_time():
    waveforms = torch.randn(1, 8_000, generator=torch.Generator().manual_seed(0))
    one, two = (load_system("untrained:tiny-snt").eval() for _ in range(2))
    torch.testing.assert_close(one(waveforms), two(waveforms), atol=0, rtol=0)


def test_runs_that_differ_in_their_seed_are_one_group(tmp_path, run, speech):
    other = train(load_config("tiny-snt", [*QUICK, "seed=1"]), speech, tmp_path / "seed1", progress_bar=False)
    margin = train(load_config("tiny-am", QUICK), speech, tmp_path / "am", progress_bar=False)
    groups = system_groups([str(run), str(margin), str(other), "log-mel"])
    assert groups == {str(run): [str(run), str(other)], str(margin): [str(margin)], "log-mel": ["log-mel"]}
    with pytest.raises(CheckpointError, match="nowhere is not a run directory"):
        system_groups(["log-mel", "nowhere"])


def test_titles_are_what_tells_paths_apart(tmp_path, monkeypatch):
    first, last, other = (tmp_path / name for name in ("runs/snt", "runs/snt/checkpoints/epoch-0002", "runs/am"))
    for folder in (last, other):
        folder.mkdir(parents=True)
    (tmp_path / "e.npz").touch()
    named = {str(first): "snt", str(last): "snt/checkpoints/epoch-0002", str(other): "am", "log-mel": "log-mel"}
    assert short_names(named) == named
    assert short_names([str(last)]) == {str(last): "epoch-0002"}
    assert short_names([str(other), str(tmp_path / "e.npz")]) == {
        str(other): "runs/am",
        str(tmp_path / "e.npz"): "e.npz",
    }
    monkeypatch.chdir(tmp_path)
    assert short_names(["runs/am/", str(first)]) == {"runs/am/": "am", str(first): "snt"}


def test_a_checkpoint_folder_is_a_system(tmp_path, speech):
    run = train(
        load_config("tiny-snt", [*QUICK, "epochs=2", "keep_checkpoints=2"]),
        speech,
        tmp_path / "run",
        progress_bar=False,
    )
    first, last = sorted((run / "checkpoints").iterdir())
    test = speech.split("test")
    newest = embeddings_of(str(run), test)
    np.testing.assert_array_equal(embeddings_of(str(last), test).vectors, newest.vectors)
    assert np.abs(embeddings_of(str(first), test).vectors - newest.vectors).max() > 1e-3
    assert len(list((run / "embeddings").glob("*.npz"))) == 2  # the newest is the last one
    assert {path.name for path in first.iterdir()} == {"model.safetensors", "state.pt"}
    assert embeddings_of(str(first), speech).heard == speech.split("train").speakers
    assert system_groups([str(first), str(last), str(run)]) == {
        name: [name] for name in (str(first), str(last), str(run))
    }


def test_unknown_systems_are_named():
    with pytest.raises(CheckpointError, match="nowhere is not a run directory"):
        load_system("nowhere")


def test_a_system_without_a_run_goes_on_where_it_stopped_too(tmp_path, speech, monkeypatch):
    test, out = speech.split("test"), tmp_path / "e.npz"
    monkeypatch.setattr(embedding, "PART_UTTERANCES", 1)
    options = EmbeddingOptions(batch_size=1, device="cpu")
    whole = embeddings_of("log-mel", test, options)
    run = embedding._run
    calls = []

    def breaking(*arguments):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return run(*arguments)

    monkeypatch.setattr(embedding, "_run", breaking)
    with pytest.raises(KeyboardInterrupt):
        embeddings_of("log-mel", test, options, out=out)
    assert not out.exists()
    assert list(tmp_path.glob(".*.parts/*.npz"))
    np.testing.assert_array_equal(embeddings_of("log-mel", test, options, out=out).vectors, whole.vectors)
    assert len(calls) == 1 + len(embedding._batches(test, None, together=1))
    assert [path.name for path in tmp_path.iterdir()] == ["e.npz"]


def test_a_run_knows_whom_it_has_heard(run, speech):
    heard = set(speech.split("train").speakers)
    assert heard_speakers(run) == heard
    assert not embeddings_of(str(run), speech.split("test")).warnings()
    everything = embeddings_of(str(run), speech)
    assert set(everything.heard) == heard
    assert f"{len(heard)} of {len(speech.speakers)} speakers were heard in training" in everything.warnings()[0]
    assert embeddings_of(str(run), speech).heard == everything.heard  # of the stored ones, too
    evaluation = Evaluator(str(run), speech)("train")
    assert [warning for warning in evaluation.warnings if "heard in training" in warning]


def test_a_run_has_heard_whom_its_start_has_heard(tmp_path, run, speech):
    record = {"speakers": ["new"], "started_from": {"run": str(run)}}
    (tmp_path / "environment.json").write_text(json.dumps(record))
    assert heard_speakers(tmp_path) == {"new", *speech.split("train").speakers}
    assert heard_speakers(tmp_path / "nowhere") == frozenset()


def test_a_module_of_ones_own_is_a_system_by_name_and_as_it_is(tmp_path, monkeypatch, speech, endpoints):
    (tmp_path / "mine.py").write_text(
        "import torch\n"
        "class Ends(torch.nn.Module):\n"
        "    def forward(self, waveforms):\n"
        "        return waveforms[:, [0, -1]] + 1\n"
        "ready = Ends()\n"
        "number = int\n"
        "class Crops(torch.nn.Module):\n"
        "    def forward(self, waveforms):\n"
        "        return waveforms[:, None, :2]\n"
    )
    monkeypatch.chdir(tmp_path)
    test = speech.split("test")
    by_class, by_object = embeddings_of("mine:Ends", test), embeddings_of("mine:ready", test)
    np.testing.assert_array_equal(by_class.vectors, by_object.vectors)
    read = [soundfile.read(test.path(u))[0][[0, -1]] + 1 for u in test]
    np.testing.assert_allclose(by_class.vectors, read, rtol=1e-6)
    evaluation = Evaluator(endpoints, speech)("test")
    assert evaluation.system == "EndPoints"
    assert len(evaluation.embeddings) == len(test)
    with pytest.raises(ValueError, match="mine:gone is not there"):
        load_system("mine:gone")
    with pytest.raises(ValueError, match="nowhere:f is not there: No module named 'nowhere'"):
        load_system("nowhere:f")
    with pytest.raises(ValueError, match="mine:number makes int: wanted a torch module"):
        load_system("mine:number")
    with pytest.raises(ValueError, match=r"Crops made \(\d+, 1, 2\) of \d+ waveforms: wanted \(\d+, dim\)"):
        embeddings_of("mine:Crops", test)
