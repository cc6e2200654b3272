import csv
import json

import numpy as np
import pytest
import soundfile
import torch

from sv_bridge.data import packing
from sv_bridge.data.audio import AudioError, read_audio
from sv_bridge.data.dataset import ContrastiveDataset
from sv_bridge.data.manifest import read_corpus
from sv_bridge.data.packing import check_pack, pack
from sv_bridge.data.shards import Shards

RATE = 16_000
SHARD_HOURS = 1.5 / 3600


@pytest.fixture
def corpus(tmp_path, write_corpus):
    """Ramps that 16 bits hold exactly, in five files."""
    corpus = write_corpus({f"{who}-{i}": 0.5 + 0.1 * i for who in "ab" for i in range(3)})
    for number, utterance in enumerate(corpus):
        frames = round(utterance.duration_s * RATE)
        samples = (np.arange(frames) % 20_000 + 1 + number).astype(np.int16)
        soundfile.write(corpus.path(utterance), samples, RATE, subtype="PCM_16")
    return corpus


def items(corpus, **options):
    dataset = ContrastiveDataset(corpus, view_seconds=(0.2, 0.1), speeds=(1.0, 1.25), **options)
    return dataset, dataset.__getitems__(range(len(dataset)))


def test_training_reads_the_same_from_a_pack(tmp_path, corpus):
    packed, skipped = pack(corpus, tmp_path / "packed", shard_hours=SHARD_HOURS)
    assert not skipped
    assert packed.utterances == read_corpus(tmp_path / "packed").utterances
    assert [u.id for u in packed] == [u.id for u in corpus]
    assert len({u.path for u in packed}) == 3  # 1.5 s at most in each
    dataset, mapped = items(packed)
    _, read = items(corpus)
    for ours, theirs in zip(mapped.views, read.views, strict=True):
        assert torch.equal(ours, theirs)
    assert dataset._shards.open(packed[0].path).frames > packed[0].duration_s * RATE  # it was mapped


def test_a_pack_is_a_corpus_for_everybody(tmp_path, corpus):
    packed, _ = pack(corpus, tmp_path / "packed", shard_hours=SHARD_HOURS)
    for ours, theirs in zip(packed, corpus, strict=True):
        start, frames = round(ours.start_s * RATE), round(ours.duration_s * RATE)
        whole = read_audio(packed.path(ours))  # by libsndfile
        np.testing.assert_array_equal(whole[start : start + frames], read_audio(corpus.path(theirs)))


def test_an_interrupted_pack_goes_on_and_damage_is_made_again(tmp_path, corpus, monkeypatch):
    out, write = tmp_path / "packed", packing.write_shard
    written = []

    def counting(shard, *rest):
        if shard.number == 2 and not written[2:]:
            written.append(None)
            raise KeyboardInterrupt
        written.append(shard.number)
        return write(shard, *rest)

    monkeypatch.setattr(packing, "write_shard", counting)
    with pytest.raises(KeyboardInterrupt):
        pack(corpus, out, shard_hours=SHARD_HOURS, jobs=1)
    assert written == [0, 1, None]
    assert not (out / "manifest.csv").exists()
    damaged = bytearray((out / "shards/00001.wav").read_bytes())
    damaged[-1] ^= 1
    (out / "shards/00001.wav").write_bytes(damaged)
    pack(corpus, out, shard_hours=SHARD_HOURS, jobs=1)
    assert written == [0, 1, None, 1, 2]
    assert check_pack(out) == []
    assert not list(out.rglob("*.part*"))
    with pytest.raises(FileExistsError, match="exists: choose another folder"):
        pack(corpus, out)


def test_shards_of_another_plan_do_not_stay(tmp_path, corpus):
    out = tmp_path / "packed"
    pack(corpus, out, shard_hours=SHARD_HOURS)
    (out / "manifest.csv").unlink()
    pack(corpus, out)
    assert sorted(path.name for path in (out / "shards").iterdir()) == ["00000.json", "00000.wav"]


def test_sources_that_changed_are_packed_again(tmp_path, corpus):
    out = tmp_path / "packed"
    pack(corpus, out, shard_hours=SHARD_HOURS)
    (out / "manifest.csv").unlink()
    soundfile.write(corpus.path(corpus[0]), np.full(round(0.5 * RATE), 0.25), RATE, subtype="PCM_16")
    packed, _ = pack(corpus, out, shard_hours=SHARD_HOURS)
    assert read_audio(packed.path(packed[0]))[0] == 0.25


def test_damage_is_found(tmp_path, corpus):
    out = tmp_path / "packed"
    packed, _ = pack(corpus, out, shard_hours=SHARD_HOURS)
    shard = out / "shards/00000.wav"
    whole = shard.read_bytes()
    shard.write_bytes(whole[:-2] + b"\x77\x77")
    assert check_pack(out) == ["shards/00000.wav"]
    shard.write_bytes(whole[:-2])
    with pytest.raises(AudioError, match=r"is not the shard that pack\.json describes: pack the corpus again"):
        Shards(packed).open("shards/00000.wav")
    with pytest.raises(FileNotFoundError, match="is not a packed corpus"):
        check_pack(corpus.root)


def test_unusable_audio_is_left_out_and_listed(tmp_path, corpus):
    corpus.path(corpus[1]).write_text("not audio")
    packed, skipped = pack(corpus, tmp_path / "packed")
    assert [u.id for u in packed] == [u.id for u in corpus if u.id != corpus[1].id]
    assert [entry.path for entry in skipped] == [str(corpus.path(corpus[1]))]
    (line,) = (tmp_path / "packed" / "skipped.jsonl").read_text().splitlines()
    assert "cannot open" in json.loads(line)["reason"]


def test_samples_beyond_full_scale_clip_and_the_rest_is_rounded(tmp_path, corpus):
    loud = np.linspace(-2, 2, round(0.5 * RATE))
    soundfile.write(corpus.path(corpus[0]), loud, RATE, subtype="FLOAT")
    packed, _ = pack(corpus, tmp_path / "packed")
    samples = read_audio(packed.path(packed[0]), frames=len(loud))
    np.testing.assert_allclose(samples, np.clip(loud, -1, 1), atol=2**-15)


def test_the_command_packs_and_checks(tmp_path, corpus, sv_bridge):
    sv_bridge("pack", corpus.root, "--out", tmp_path / "packed", "--shard-hours", "0.0004")
    with (tmp_path / "packed" / "manifest.csv").open() as lines:
        assert len(list(csv.DictReader(lines))) == len(corpus)
    assert "every shard" in sv_bridge("pack", tmp_path / "packed", "--check")
    (tmp_path / "packed" / "shards" / "00001.wav").unlink()
    with pytest.raises(ValueError, match=r"1 shards of .* are missing or damaged: shards/00001\.wav"):
        sv_bridge("pack", tmp_path / "packed", "--check")
    with pytest.raises(ValueError, match="give either --out"):
        sv_bridge("pack", corpus.root)
