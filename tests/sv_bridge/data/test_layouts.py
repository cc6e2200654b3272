import pytest
import soundfile

from sv_bridge.data.audio import write_audio
from sv_bridge.data.files import audio_files, why_unread
from sv_bridge.data.layouts import read_folder, read_kaldi, read_manifest, read_voxceleb
from sv_bridge.data.prepare import prepare
from sv_bridge.data.randomness import generator
from sv_bridge.verification.trials import check_trials, read_trials

RATE = 16_000


def touch(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


def test_folders_of_speakers(tmp_path):
    touch(tmp_path, "ann/1.wav", "ann/monday/2 b.FLAC", "bob/3.mp3", "bob/readme.txt")
    got = [(r.id, r.speaker, r.session, r.language) for r in read_folder(tmp_path, source="home", language="en")]
    assert got == [
        ("ann/1.wav", "ann", "", "en"),
        ("ann/monday/2_b.FLAC", "ann", "monday", "en"),
        ("bob/3.mp3", "bob", "", "en"),
    ]


def test_folders_without_speakers_are_errors(tmp_path):
    with pytest.raises(FileNotFoundError, match="is not a folder"):
        read_folder(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="no audio files in folders of speakers"):
        read_folder(touch(tmp_path, "ann/notes.txt"))
    with pytest.raises(ValueError, match=r"lie beside the speakers' folders, .*stray\.wav for one"):
        read_folder(touch(tmp_path, "stray.wav"))


@pytest.mark.parametrize(
    ("names", "speakers", "languages", "splits"),
    [
        (["en/ann/1.wav", "fr_CA/bob/x/2.wav"], ["en/ann", "fr_CA/bob"], ["en", "fr_CA"], ["", ""]),
        (["english/001/1.wav", "german/001/1.wav"], ["english/001", "german/001"], ["english", "german"], ["", ""]),
        (["train-clean/1/9/a.flac", "dev_clean/2/9/b.flac"], ["2", "1"], ["xx", "xx"], ["dev", "train"]),
        # speakers who only look like languages: their files lie at once below
        (["de/1.wav", "al/2.wav"], ["al", "de"], ["xx", "xx"], ["", ""]),
        (["sid/monday/1.wav", "mag/monday/2.wav"], ["mag", "sid"], ["xx", "xx"], ["", ""]),
        (["en/ann/1.wav", "ann/1.wav"], ["ann", "en"], ["xx", "xx"], ["", ""]),
    ],
)
def test_folders_of_languages_and_splits_are_no_speakers(tmp_path, names, speakers, languages, splits):
    got = read_folder(touch(tmp_path, *names), language="xx")
    assert [r.speaker for r in got] == speakers
    assert [r.language for r in got] == languages
    assert [r.split for r in got] == splits


def test_what_folders_name_can_be_said(tmp_path):
    touch(tmp_path, "home/de/al/x/1.wav", "home/de/stray.wav")
    (one,) = read_folder(tmp_path, levels=["source", "language", "speaker"])
    assert (one.source, one.language, one.speaker, one.session) == ("home", "de", "home/de/al", "x")
    with pytest.raises(ValueError, match="each once and the speaker's last, as in language/speaker; got 'speaker/x'"):
        read_folder(tmp_path, levels=["speaker", "x"])


def test_linked_folders_and_files_are_read_and_loops_end(tmp_path):
    touch(tmp_path / "elsewhere", "ann/1.wav", "2.wav")
    root = touch(tmp_path / "corpus", "bob/3.wav")
    (root / "ann").symlink_to(tmp_path / "elsewhere" / "ann")
    (root / "bob" / "2.wav").symlink_to(tmp_path / "elsewhere" / "2.wav")
    (root / "bob" / "loop").symlink_to(root)
    (root / "bob" / "gone.wav").symlink_to(tmp_path / "nowhere")
    assert [r.id for r in read_folder(root)] == ["ann/1.wav", "bob/2.wav", "bob/3.wav"]
    reasons = {path.name: reason for path, reason in why_unread(root, [r.file for r in read_folder(root)])}
    assert reasons == {"loop": "a link back to a folder above it", "gone.wav": "a link to nothing"}
    assert [path.name for path in audio_files(root)] == ["1.wav", "2.wav", "3.wav"]


@pytest.fixture
def miniature_voxceleb(tmp_path):
    """VoxCeleb1 and 2 with their exact layout: 6 + 4 training speakers, 3 test speakers, metadata and trial list."""
    root = tmp_path / "voxceleb"
    train1 = [f"wav/id100{n:02d}/1zcIwhmdeo4/0000{k}.wav" for n in range(1, 7) for k in (1, 2)]
    train2 = [f"vox2/dev/wav/id000{n}/21Uxsk56VDQ/0000{k}.wav" for n in (12, 15, 16, 18) for k in (1, 2)]
    test = [f"wav/id102{n}/{video}/00001.wav" for n in (70, 71, 72) for video in ("5r0dWxy17C8", "x6uYqmx31kE")]
    for i, name in enumerate((*train1, *train2, *test)):
        write_audio(root / name, generator(i).standard_normal(RATE) / 10)
    (root / "vox1_meta.csv").write_text(
        "VoxCeleb1 ID\tVGGFace1 ID\tGender\tNationality\tSet\n"
        "id10001\tA.J._Buckley\tm\tIreland\tdev\nid10270\tEartha_Kitt\tf\tUSA\ttest\n"
    )
    (root / "vox2_meta.csv").write_text(
        "VoxCeleb2 ID ,VGGFace2 ID ,Gender ,Set \nid00012 ,n000012 ,m ,dev \nid00015 ,n000015 ,m ,test \n"
    )
    (root / "veri_test2.txt").write_text(
        "1 id10270/5r0dWxy17C8/00001.wav id10270/x6uYqmx31kE/00001.wav\n"
        "0 id10270/5r0dWxy17C8/00001.wav id10271/x6uYqmx31kE/00001.wav\n"
        "0 id10272/5r0dWxy17C8/00001.wav id10271/x6uYqmx31kE/00001.wav\n"
    )
    return root


def test_voxceleb_from_folder_to_official_trials(miniature_voxceleb, tmp_path):
    corpus, skipped = prepare(read_voxceleb(miniature_voxceleb), tmp_path / "corpus", dev=0.02, test=0.0)
    assert not skipped
    assert len(corpus) == 26
    test = corpus.split("test")
    assert test.speakers == ("id00015", "id10270", "id10271", "id10272")
    assert (len(corpus.split("dev").speakers), len(corpus.split("train").speakers)) == (2, 7)
    trials = read_trials(miniature_voxceleb / "veri_test2.txt")
    check_trials(trials, test)
    first = test[test.positions["id10270/5r0dWxy17C8/00001.wav"]]
    assert first.session == "id10270/5r0dWxy17C8"
    assert first.source == "voxceleb1"
    assert {u.source for u in corpus if u.speaker.startswith("id000")} == {"voxceleb2"}
    assert soundfile.info(str(corpus.path(first))).frames == RATE


def test_a_folder_named_test_holds_test_speakers(tmp_path):
    touch(tmp_path, "vox2_test_aac/id00017/video/1.m4a", "vox2_dev_aac/id00018/video/1.m4a")
    assert {r.speaker: r.split for r in read_voxceleb(tmp_path)} == {"id00017": "test", "id00018": ""}


def test_the_wav_folder_itself_may_be_given(tmp_path):
    touch(tmp_path, "wav/id10001/video/00001.wav")
    assert read_voxceleb(tmp_path / "wav")[0].id == "id10001/video/00001.wav"
    with pytest.raises(ValueError, match="no files like id10270"):
        read_voxceleb(touch(tmp_path / "other", "ann/1.wav"))


def test_manifests_need_path_and_speaker_alone(tmp_path):
    (tmp_path / "list.csv").write_text("path,speaker,split\na/1.wav,ann,dev\n")
    (one,) = read_manifest(tmp_path / "list.csv")
    assert (one.id, one.file, one.speaker, one.split, one.end_s) == (
        "a/1.wav",
        tmp_path / "a/1.wav",
        "ann",
        "dev",
        None,
    )
    (tmp_path / "list.jsonl").write_text(
        '{"id": "x", "path": "/a.wav", "speaker": 7, "start_s": 1, "duration_s": 2.5}\n'
    )
    (two,) = read_manifest(tmp_path / "list.jsonl")
    assert (two.id, str(two.file), two.speaker, two.start_s, two.end_s) == ("x", "/a.wav", "7", 1.0, 3.5)


def test_bad_manifests_name_the_line(tmp_path):
    (tmp_path / "list.csv").write_text("path,speaker\n,a\n")
    with pytest.raises(ValueError, match=r"list\.csv:2: no `path`"):
        read_manifest(tmp_path / "list.csv")
    (tmp_path / "list.csv").write_text("path,speaker,start_s,duration_s\nx.wav,a,soon,1\n")
    with pytest.raises(ValueError, match=r"list\.csv:2: could not convert"):
        read_manifest(tmp_path / "list.csv")


def kaldi(folder, **files):
    for name, text in files.items():
        (folder / name.replace("wav_scp", "wav.scp")).write_text(text)
    return folder


def test_kaldi_folders(tmp_path):
    (whole,) = read_kaldi(kaldi(tmp_path, wav_scp="u1 /data/u1.wav\n", utt2spk="u1 ann\n"))
    assert (whole.id, str(whole.file), whole.speaker, whole.end_s) == ("u1", "/data/u1.wav", "ann", None)


def test_kaldi_segments(tmp_path):
    kaldi(tmp_path, wav_scp="call call.wav\n", utt2spk="u1 ann\nu2 bob\n", segments="u1 call 0.5 2\nu2 call 2 -1\n")
    one, two = read_kaldi(tmp_path)
    assert (one.file, one.session, one.start_s, one.end_s) == (tmp_path / "call.wav", "call", 0.5, 2.0)
    assert (two.speaker, two.start_s, two.end_s) == ("bob", 2.0, None)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"wav_scp": "u1 sph2pipe x.sph |\n", "utt2spk": "u1 a\n"}, r"wav\.scp:1: .* is a command"),
        ({"wav_scp": "u1 x.wav\n", "utt2spk": "u2 a\n"}, "'u2' of utt2spk has no recording"),
        ({"wav_scp": "u1 x.wav\n", "utt2spk": "u1\n"}, "utt2spk:1: wanted a name and a value"),
        ({"wav_scp": "r x.wav\n", "utt2spk": "u a\n", "segments": "u r 1\n"}, "wanted `utterance recording start end`"),
        ({"wav_scp": "r x.wav\n", "utt2spk": ""}, "lists no utterances"),
    ],
)
def test_bad_kaldi_folders_say_what_is_wrong(tmp_path, files, message):
    with pytest.raises(ValueError, match=message):
        read_kaldi(kaldi(tmp_path, **files))


def test_a_kaldi_folder_needs_its_files(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"wav\.scp and utt2spk"):
        read_kaldi(tmp_path)
