import json
import re
import struct
import sys
from hashlib import sha256

import numpy as np
import pytest
import soundfile

from sv_bridge.data import debian
from sv_bridge.data.audio import read_audio
from sv_bridge.data.debian import debian_packages, first_match, make_debian_voices
from sv_bridge.data.debian_packages import Fetched, fetch, unpack_queen
from sv_bridge.data.manifest import read_corpus
from sv_bridge.data.randomness import generator


def speech(seed, seconds=1.0, rate=16_000):
    return generator(seed).standard_normal(round(seconds * rate)) / 10


def sound(path, seed, seconds=1.0, rate=16_000):
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, speech(seed, seconds, rate), rate)


@pytest.fixture
def packages():
    """A stand-in for apt with miniature packages; counts what was asked for."""
    asked = []

    def get(name, folder):
        asked.append(name)
        share = folder / "usr" / "share"
        if name == "klettres-data":
            for k in range(3):
                sound(share / "klettres" / "fr" / "alpha" / f"a-{k}.ogg", k)
                sound(share / "klettres" / "de" / "alpha" / f"a-{k}.ogg", 10 + k)  # not in the recipe's splits
            for k in range(8):
                sound(share / "klettres" / "it" / "syllab" / f"ba-{k}.ogg", 20 + k, seconds=0.4)
            (share / "klettres" / "fr" / "alpha" / "broken.ogg").write_text("not audio")
        elif name == "ktuberling-data":
            sound(share / "ktuberling" / "sounds" / "nn" / "hat.wav", 30, rate=48_000)
            sound(share / "ktuberling" / "sounds" / "fr" / "hat.wav", 31, rate=8_000)
        else:
            raise RuntimeError(f"apt doesn't know {name}")
        (share / "doc" / name).mkdir(parents=True)
        (share / "doc" / name / "copyright").write_text(f"licence of {name}")
        return Fetched(folder, "1.0", "ab" * 32)

    get.asked = asked
    return get


def test_the_recipe_says_whose_each_file_is(packages, tmp_path):
    corpus, skipped = make_debian_voices(tmp_path, sources=["klettres", "ktuberling"], fetch_package=packages)
    facts = {(u.speaker, u.language, u.session, u.split, u.source) for u in corpus}
    assert facts == {
        ("klettres_fr", "fr", "alpha", "train", "klettres"),
        ("klettres_it", "it", "syllab", "test", "klettres"),
        ("ktuberling_nn_48k", "nn", "48k", "test", "ktuberling"),
        ("ktuberling_fr_8k", "fr", "8k", "test", "ktuberling"),
    }
    assert [entry.path for entry in skipped] == ["klettres-data: usr/share/klettres/fr/alpha/broken.ogg"]
    assert read_corpus(tmp_path).utterances == corpus.utterances
    for utterance in corpus:
        assert len(read_audio(corpus.path(utterance))) == round(utterance.duration_s * 16_000)
    assert (tmp_path / "licences" / "klettres-data.txt").read_text() == "licence of klettres-data"
    note = json.loads((tmp_path / "packages" / "klettres-data.json").read_text())
    assert (note["version"], note["sha256"]) == ("1.0", "ab" * 32)


def test_an_interrupted_run_goes_on_where_it_stopped(packages, tmp_path):
    with pytest.raises(RuntimeError, match="apt doesn't know gcin-voice"):
        make_debian_voices(tmp_path, sources=["klettres", "gcin"], fetch_package=packages)
    corpus, _ = make_debian_voices(tmp_path, sources=["klettres", "ktuberling"], fetch_package=packages)
    assert packages.asked == ["klettres-data", "gcin-voice", "ktuberling-data"]
    assert {u.source for u in corpus} == {"klettres", "ktuberling"}
    assert not list(tmp_path.glob(".package-*"))
    whole, _ = make_debian_voices(tmp_path / "2", sources=["klettres", "ktuberling"], fetch_package=packages)
    assert whole.utterances == corpus.utterances


def test_speakers_are_limited_in_the_manifest(packages, tmp_path):
    corpus, _ = make_debian_voices(tmp_path, sources=["klettres"], max_minutes=2.5 / 60, fetch_package=packages)
    french = corpus.where(lambda u: u.speaker == "klettres_fr")
    assert len(french) == 2
    assert french.duration_s <= 2.5
    corpus, _ = make_debian_voices(tmp_path, sources=["klettres"], fetch_package=packages)
    assert len(corpus.where(lambda u: u.speaker == "klettres_fr")) == 3


def test_changed_packages_and_unknown_sources_are_errors(tmp_path):
    with pytest.raises(RuntimeError, match="no file of gcin-voice matches the recipe: its contents have changed"):
        make_debian_voices(
            tmp_path, sources=["gcin"], fetch_package=lambda name, folder: Fetched(folder, "2", "ab" * 32)
        )
    with pytest.raises(ValueError, match="unknown source 'librispeech': the recipe has asterisk, festvox_ru"):
        make_debian_voices(tmp_path, sources=["librispeech"])


def test_every_speaker_of_the_splits_can_come_out_of_a_rule():
    templates = {rule["speaker"] for package in debian_packages() for rule in package.rules}
    patterns = [re.sub(r"\\\{\w+\\\}", r"\\w+", re.escape(template)) for template in templates]
    for speaker in debian.speaker_splits():
        assert any(re.fullmatch(pattern, speaker) for pattern in patterns), speaker
    assert len(debian.speaker_splits()) == 72


@pytest.mark.parametrize(
    ("package", "name", "facts"),
    [
        ("tuxpaint-stamps-default", "share/tuxpaint/stamps/animals/crow_desc_fr.ogg", "tuxpaint_fr fr animals"),
        ("fillets-ng-data-cs", "fillets-ng/sound/share/blackjokes/cs/smrt-m-obe.ogg", "fillets_cs_small cs blackjokes"),
        ("fillets-ng-data-nl", "usr/share/games/fillets-ng/sound/city/nl/vit-v-hlava.ogg", "fillets_nl_big nl city"),
        ("gcin-voice", "usr/share/gcin-voice/ogg/ㄊㄢ3/5.ogg", "gcin_5 zh syllables"),
        ("asterisk-core-sounds-es-g722", "asterisk/sounds/es_MX_f_Allison/1.g722", "asterisk_allison es ast_es"),
        ("flight-of-the-amazon-queen", "170001P1.mp3", "queen_arnold en prin"),
        ("flight-of-the-amazon-queen", "170001J1.mp3", "queen_lavelle en 17"),
    ],
)
def test_rules_match_the_packages_names(package, name, facts):
    chosen = next(entry for entry in debian_packages() if entry.name == package)
    found = first_match(chosen, name)
    assert " ".join(found[key].format(**found) for key in ("speaker", "language", "session")) == facts


def test_files_of_nobody_match_no_rule():
    by_name = {package.name: package for package in debian_packages()}
    assert first_match(by_name["fillets-ng-data-cs"], "usr/share/games/fillets-ng/sound/city/cs/b1-voda5.ogg") is None
    assert first_match(by_name["tuxpaint-stamps-default"], "usr/share/tuxpaint/stamps/animals/crow_desc_de.ogg") is None
    assert first_match(by_name["flight-of-the-amazon-queen"], "310001P1.mp3") is None  # lola is left out


def archive(entries):
    table = b"".join(struct.pack(">12sBII", name.encode(), 1, offset, len(data)) for name, offset, data in entries)
    return b"QTBLCEM10\0\0\0\1" + struct.pack(">H", len(entries)) + table + b"".join(data for _, _, data in entries)


def test_the_games_archive_is_unpacked(tmp_path):
    start = 15 + 3 * 21
    content = [("020001P2.SB", start, b"one"), ("AND1.DOG", start + 3, b"text"), ("020006J1.SB", start + 7, b"two")]
    (tmp_path / "queen.1c").write_bytes(archive(content))
    unpack_queen(tmp_path / "queen.1c", tmp_path / "out")
    assert {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()} == {
        "020001P2.mp3": b"one",
        "020006J1.mp3": b"two",
    }


@pytest.mark.parametrize("size", [14, 40, 80])
def test_an_archive_cut_short_is_an_error(tmp_path, size):
    start = 15 + 2 * 21
    content = [("020001P2.SB", start, b"o" * 20), ("020006J1.SB", start + 20, b"t" * 20)]
    (tmp_path / "queen.1c").write_bytes(archive(content)[:size])
    with pytest.raises(RuntimeError, match="is cut short"):
        unpack_queen(tmp_path / "queen.1c", tmp_path / "out")


DEB = b"what a package would hold"


@pytest.fixture
def apt(tmp_path, monkeypatch):
    """Scripts in the place of apt-cache, apt-get and dpkg; returns a function that sets the hash apt announces."""
    tools = tmp_path / "tools"
    tools.mkdir()
    programs = {
        "apt-cache": "print(open({hash!r}).read() if sys.argv[-1] == 'voices' else '')",
        "apt-get": "assert sys.argv[1:] == ['download', 'voices=1.2']; open('voices.deb', 'wb').write({deb!r})",
        "dpkg": "assert sys.argv[1] == '-x'; os.mkdir(sys.argv[3]); open(sys.argv[3] + '/file', 'w').write('in it')",
    }
    for name, program in programs.items():
        text = program.format(hash=str(tmp_path / "facts"), deb=DEB)
        (tools / name).write_text(f"#!{sys.executable}\nimport os, sys\n{text}\n")
        (tools / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tools))

    def announce(digest):
        (tmp_path / "facts").write_text(f"Package: voices\nVersion: 1.2\nSHA256: {digest}\nDescription: some\n")

    announce(sha256(DEB).hexdigest())
    (tmp_path / "work").mkdir()
    return announce


def test_packages_are_fetched_checked_and_unpacked(apt, tmp_path):
    fetched = fetch("voices", tmp_path / "work")
    assert (fetched.version, fetched.sha256) == ("1.2", sha256(DEB).hexdigest())
    assert (fetched.root / "file").read_text() == "in it"


def test_a_wrong_hash_stops_before_unpacking(apt, tmp_path):
    apt("0" * 64)
    with pytest.raises(RuntimeError, match=r"voices\.deb has SHA-256 \w+, but apt's index says 0{64}"):
        fetch("voices", tmp_path / "work")
    assert not (tmp_path / "work" / "unpacked").exists()


def test_unknown_packages_and_missing_tools_are_named(apt, tmp_path, monkeypatch):
    with pytest.raises(RuntimeError, match="no version and SHA-256 of nobody: try `apt-get update`"):
        fetch("nobody", tmp_path / "work")
    (tmp_path / "tools" / "apt-get").write_text(f"#!{sys.executable}\nraise SystemExit('E: no network')\n")
    with pytest.raises(RuntimeError, match="cannot download voices: E: no network"):
        fetch("voices", tmp_path / "work")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="apt-cache is missing: this needs a Debian or Ubuntu machine"):
        fetch("voices", tmp_path / "work")


def test_mp3_files_that_promise_too_much_are_read(tmp_path):
    path = tmp_path / "x.mp3"
    soundfile.write(path, speech(0, seconds=2.0, rate=11_025), 11_025)
    cut = path.read_bytes()
    path.write_bytes(cut[: int(0.98 * len(cut))])
    samples = read_audio(path)
    assert np.abs(samples).max() > 0.1
