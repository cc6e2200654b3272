import json

import pytest

from sv_bridge.data.manifest import Corpus, Utterance, read_corpus, write_manifest

HEADER = "path,speaker,duration_s\n"


def write(folder, text, name="manifest.csv"):
    path = folder / name
    path.write_text(text)
    return path


def test_what_was_written_is_read_back(tmp_path):
    utterances = (
        Utterance("a/1", "a/1.wav", "a", "studio", "en", "s1", "dev", 1.2345, 0.5, 16_000),
        Utterance("b, 2", 'b "2".flac', "b", duration_s=3.0),
    )
    write_manifest(tmp_path, utterances)
    assert read_corpus(tmp_path, check_files=False).utterances == utterances


def test_absent_columns_have_defaults_and_further_ones_are_kept(tmp_path):
    write(tmp_path, "path,speaker,mood,duration_s\nx.wav,a,glad,2.5\n")
    wanted = Utterance("x.wav", "x.wav", "a", duration_s=2.5, other=(("mood", "glad"),))
    assert read_corpus(tmp_path, check_files=False)[0] == wanted


def test_json_lines_say_the_same_as_csv(tmp_path):
    row = {"path": "x.wav", "speaker": "a", "duration_s": 2.5, "language": "fr"}
    listed = read_corpus(write(tmp_path, json.dumps(row) + "\n\n", "m.jsonl"), check_files=False)
    assert listed.utterances == (Utterance("x.wav", "x.wav", "a", language="fr", duration_s=2.5),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEADER + "x.wav,a,1\nx.wav,a,1\n", "'x.wav' is listed twice"),
        ("id,path,speaker,duration_s\n1,x.wav,a,1\n2,x.wav,b,1\n", "x.wav is listed under two speakers, 'a' and 'b'"),
        (HEADER + ",a,1\n", ":2: no `path`"),
        (HEADER + "x.wav,a,1\ny.wav,,1\n", "1 of the 2 utterances of 'train' of"),
        ("path,speaker\nx.wav,a\n", "no `duration_s`; `sv-bridge prepare manifest` measures it"),
        (HEADER + "x.wav,a,long\n", ":2: could not convert"),
        (HEADER + "x.wav,a,0\n", "wanted duration_s > 0"),
        (HEADER + "x.wav,a,nan\n", "wanted duration_s > 0"),
        (HEADER, "lists no utterances"),
    ],
)
def test_bad_manifests_say_what_is_wrong(tmp_path, text, message):
    write(tmp_path, text)
    with pytest.raises(ValueError, match=message):
        read_corpus(tmp_path, check_files=False)


def test_bad_json_names_its_line(tmp_path):
    with pytest.raises(ValueError, match=r"m\.jsonl:1: not JSON"):
        read_corpus(write(tmp_path, "{x", "m.jsonl"))
    with pytest.raises(ValueError, match="wanted a JSON object a line"):
        read_corpus(write(tmp_path, "[1]", "m.jsonl"))


def test_segments_of_one_file_may_belong_to_two_speakers(tmp_path):
    call = [Utterance(s, "call.wav", s, duration_s=1.0, start_s=t) for s, t in (("a", 0.0), ("b", 1.5))]
    assert len(Corpus(tmp_path, tuple(call))) == 2


def test_missing_files_are_counted_and_named(tmp_path):
    write(tmp_path, HEADER + "here.wav,a,1\ngone.wav,a,1\n")
    (tmp_path / "here.wav").touch()
    with pytest.raises(FileNotFoundError, match=r"1 of 2 files .* are missing: gone\.wav"):
        read_corpus(tmp_path)
    with pytest.raises(FileNotFoundError, match="sv-bridge prepare"):
        read_corpus(tmp_path / "nowhere")


def test_splits_and_speakers():
    rows = [("1", "b", "train"), ("2", "a", "dev"), ("3", "a", "train")]
    corpus = Corpus("", tuple(Utterance(i, i, who, split=split, duration_s=2) for i, who, split in rows))
    assert corpus.speakers == ("a", "b")
    assert corpus.speaker_indices.tolist() == [1, 0, 0]
    assert [u.id for u in corpus.split("train")] == ["1", "3"]
    assert corpus.duration_s == 6
    with pytest.raises(ValueError, match="no split 'test': it has dev, train"):
        corpus.split("test")


def test_a_failed_write_leaves_the_old_manifest(tmp_path):
    write_manifest(tmp_path, [Utterance("1", "1.wav", "a", duration_s=1)])
    before = (tmp_path / "manifest.csv").read_bytes()
    with pytest.raises(UnicodeEncodeError):
        write_manifest(tmp_path, [Utterance("1", "1.wav", "\ud800", duration_s=1)])
    assert (tmp_path / "manifest.csv").read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["manifest.csv"]


def test_further_columns_are_kept_and_written_back(tmp_path):
    write(tmp_path, "path,speaker,duration_s,gender,age\nx.wav,a,1,m,14\ny.wav,b,1,f,15\nz.wav,c,1,,\n")
    corpus = read_corpus(tmp_path, check_files=False)
    assert [u.column("gender") for u in corpus] == ["m", "f", ""]
    assert [u.column("age_group") for u in corpus] == ["child", "adult", ""]
    write_manifest(tmp_path, corpus)
    assert read_corpus(tmp_path, check_files=False) == corpus
