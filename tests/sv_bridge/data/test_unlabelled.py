"""A folder of recordings of nobody known: it is prepared, trained on and embedded; what needs speakers says so."""

import json
import shutil

import pytest

from sv_bridge.data.dataset import ContrastiveDataset
from sv_bridge.data.manifest import read_corpus, write_manifest
from sv_bridge.training.run_directory import read_metrics
from tests.sv_bridge.training_runs import SMALL, write_corpus

SETTINGS = [word for setting in (*SMALL, "epochs=2") for word in ("--set", setting)]
NEEDED = (
    r"needs to know who speaks, but 22 of the 22 utterances of .* have no speaker: give the manifest a column `speaker`"
)


@pytest.fixture(scope="module")
def recordings(tmp_path_factory):
    """22 files, some of them in folders."""
    folder = tmp_path_factory.mktemp("recordings")
    tones = write_corpus(folder / "tones")
    (folder / "tones" / "manifest.csv").unlink()
    (folder / "tones" / "monday" / "morning").mkdir(parents=True)
    for utterance in tones.utterances[:5]:
        shutil.move(tones.path(utterance), folder / "tones" / "monday" / "morning")
    return folder / "tones"


@pytest.fixture
def corpus(recordings, tmp_path, sv_bridge):
    words = ["--unlabelled", "--min-seconds", "0.3", "--source", "street"]
    sv_bridge("prepare", "folder", recordings, "--out", tmp_path / "corpus", *words)
    return read_corpus(tmp_path / "corpus")


def test_a_folder_without_speakers_is_a_corpus_to_train_on(corpus):
    assert (len(corpus), corpus.splits, corpus.labelled) == (22, ("train",), False)
    assert {(u.speaker, u.source) for u in corpus} == {("", "street")}
    assert {u.session for u in corpus} == {"", "monday/morning"}
    assert sorted(u.id for u in corpus)[-1] == "monday/morning/2-0.wav"


def test_it_trains_and_embeds_without_a_workaround(corpus, tmp_path, sv_bridge, caplog):
    positives = ["--set", "positives={name: neighbours, from_epoch: 1}"]
    words = ["--corpus", corpus.root, "--out", tmp_path / "run", "--device", "cpu", "--quiet", *SETTINGS, *positives]
    sv_bridge("train", "tiny-am", *words)
    assert json.loads((tmp_path / "run" / "environment.json").read_text())["corpus"].startswith(
        "22 utterances, unknown speakers"
    )
    last = read_metrics(tmp_path / "run")[-1]
    assert last["positives_drawn"] > 0.5
    assert not {"dev_eer", "positives_same_speaker"} & last.keys()
    sv_bridge("embed", tmp_path / "run", "--corpus", corpus.root, "--split", "train", "--out", tmp_path / "e.npz")
    with pytest.raises(ValueError, match=r"compactness of speakers needs to know who speaks, but 22 of the 22"):
        sv_bridge("compactness", tmp_path / "e.npz")


def test_what_needs_speakers_says_so(corpus, tmp_path, sv_bridge):
    with pytest.raises(ValueError, match="drawing trials " + NEEDED):
        sv_bridge("evaluate", "log-mel", "--corpus", corpus.root, "--split", "train")
    words = ["--corpus", corpus.root, "--out", tmp_path / "run", "--device", "cpu", *SETTINGS]
    with pytest.raises(ValueError, match="`method.prevent_collisions` " + NEEDED):
        sv_bridge("train", "tiny-am", *words, "--set", "prevent_collisions=true")
    assert not (tmp_path / "run").exists()


def test_a_list_of_trials_knows_what_the_corpus_does_not(corpus, tmp_path, sv_bridge):
    (tmp_path / "trials.txt").write_text("1 3-0.wav 3-1.wav\n0 3-0.wav 4-0.wav\n0 3-1.wav 5-0.wav\n1 5-0.wav 5-1.wav\n")
    words = ["--corpus", corpus.root, "--split", "train", "--trials", tmp_path / "trials.txt"]
    words += ["--out", tmp_path / "out"]
    sv_bridge("evaluate", "log-mel", *words)
    assert (tmp_path / "out" / "results.json").is_file()


def test_development_speakers_may_be_known_where_those_of_training_are_not(tmp_path, sv_bridge):
    corpus = write_corpus(tmp_path / "corpus")
    text = (corpus.root / "manifest.csv").read_text().splitlines()
    known = [
        ",".join(["" if cell[:1] == "s" and "train" in line else cell for cell in line.split(",")]) for line in text[1:]
    ]
    (corpus.root / "manifest.csv").write_text("\n".join([text[0], *known]) + "\n")
    words = ["--corpus", corpus.root, "--out", tmp_path / "run", "--device", "cpu", "--quiet", *SETTINGS]
    sv_bridge("train", "tiny-am", *words)
    assert 0 <= read_metrics(tmp_path / "run")[-1]["dev_eer"] <= 1


def test_development_utterances_of_nobody_known_give_no_error_rate_and_that_is_said(
    corpus, tmp_path, sv_bridge, caplog
):
    text = (corpus.root / "manifest.csv").read_text().splitlines()
    (corpus.root / "manifest.csv").write_text(
        "\n".join([*text[:-4], *(t.replace("train", "dev") for t in text[-4:])]) + "\n"
    )
    words = ["--corpus", corpus.root, "--out", tmp_path / "run", "--device", "cpu", "--quiet", *SETTINGS]
    sv_bridge("train", "tiny-am", *words)
    assert "it is not known who speaks in the split dev: there will be no error rate of it" in caplog.messages


def test_a_manifest_without_a_column_of_speakers_is_prepared(recordings, tmp_path, sv_bridge):
    files = sorted(recordings.rglob("*.wav"))
    (tmp_path / "list.csv").write_text("path\n" + "".join(f"{file}\n" for file in files))
    sv_bridge("prepare", "manifest", tmp_path / "list.csv", "--out", tmp_path / "corpus", "--min-seconds", "0.3")
    corpus = read_corpus(tmp_path / "corpus")
    assert (len(corpus), corpus.splits, corpus.labelled) == (22, ("train",), False)
    rows = [f"{file},{'somebody' if number else ''}\n" for number, file in enumerate(files)]
    (tmp_path / "list.csv").write_text("path,speaker,split\n" + "".join(rows).replace("\n", ",train\n"))
    with pytest.raises(ValueError, match=r"1 of the 22 utterances of 'train' of .* have no `speaker`"):
        sv_bridge("prepare", "manifest", tmp_path / "list.csv", "--out", tmp_path / "other", "--min-seconds", "0.3")
    assert not (tmp_path / "other" / "manifest.csv").exists()


def test_speeds_are_told_apart_without_speakers(tmp_path):
    corpus = write_corpus(tmp_path / "corpus")
    write_manifest(tmp_path / "corpus", [type(u)(u.id, u.path, "", duration_s=u.duration_s) for u in corpus])
    nobody = read_corpus(tmp_path / "corpus")
    items = ContrastiveDataset(nobody, view_seconds=(0.2, 0.2), speeds=(1.0, 1.1, 0.9))
    assert {int(items[i].speakers) for i in range(len(nobody))} == {0, 1, 2}
