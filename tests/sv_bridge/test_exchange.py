"""Embeddings of other toolkits, written by their own writers."""

import subprocess
import sys

import kaldiio
import numpy as np
import pytest
import torch

from sv_bridge.exchange import read_embeddings

rng = np.random.default_rng(0)
VECTORS = {f"spk{i // 3}/u{i}": rng.normal(size=5).astype(np.float32) for i in range(9)}


@pytest.fixture
def utt2spk(tmp_path):
    (tmp_path / "utt2spk").write_text("".join(f"{name} {name.split('/')[0]}\n" for name in VECTORS))
    return tmp_path / "utt2spk"


def write(folder, kind):
    path = folder / f"e.{kind}"
    matrix = np.stack(list(VECTORS.values()))
    if kind in ("ark", "scp"):
        with kaldiio.WriteHelper(f"ark,scp:{folder}/e.ark,{folder}/e.scp") as writer:
            for name, vector in VECTORS.items():
                writer(name, vector)
    elif kind == "npy":
        np.save(path, matrix)
        (folder / "e.txt").write_text("\n".join(VECTORS) + "\n")
    elif kind == "pt":
        torch.save({name: torch.from_numpy(vector)[None] for name, vector in VECTORS.items()}, path)
    else:
        np.savez(path, embeddings=matrix, names=np.array(list(VECTORS)))
    return path


@pytest.mark.parametrize("kind", ["ark", "scp", "npy", "pt", "npz"])
def test_what_other_toolkits_write_is_read(tmp_path, utt2spk, kind):
    table = read_embeddings(write(tmp_path, kind), speakers=utt2spk)
    assert table.ids.tolist() == list(VECTORS)
    assert table.speakers.tolist() == [name.split("/")[0] for name in VECTORS]
    np.testing.assert_array_equal(table.vectors, np.stack(list(VECTORS.values())))


def test_labels_by_the_names_that_cqm_takes(tmp_path):
    np.savez(tmp_path / "e.npz", X=np.eye(3), y=np.array([1, 1, 2]))
    table = read_embeddings(tmp_path / "e.npz")
    assert table.speakers.tolist() == ["1", "1", "2"]
    (tmp_path / "e.csv").write_text("a,b,speaker\n1,0,x\n0,1,x\n1,1,y\n")
    assert read_embeddings(tmp_path / "e.csv").speakers.tolist() == ["x", "x", "y"]


def test_unusable_files_are_named(tmp_path, utt2spk):
    with pytest.raises(FileNotFoundError, match="sv-bridge embed"):
        read_embeddings(tmp_path / "gone.npz")
    np.save(tmp_path / "alone.npy", np.eye(2))
    with pytest.raises(FileNotFoundError, match=r"alone\.npy says nothing of utterances: put their names, one a line"):
        read_embeddings(tmp_path / "alone.npy")
    with pytest.raises(ValueError, match="is of no known format: wanted one of"):
        read_embeddings(tmp_path / "e.doc")
    with pytest.raises(ValueError, match=r"e\.pkl holds pickled objects, .* np\.savez\('embeddings\.npz'"):
        read_embeddings(tmp_path / "e.pkl")
    (tmp_path / "e.ark").write_bytes(b"no ark")
    with pytest.raises(ValueError, match=r"holds no embeddings|cannot be read as Kaldi's ark"):
        read_embeddings(tmp_path / "e.ark")
    utt2spk.write_text("spk0/u0 spk0\n")
    with pytest.raises(ValueError, match="utt2spk lacks 8 of 9 utterances of"):
        read_embeddings(write(tmp_path, "npy"), speakers=utt2spk)


def test_scores_and_compactness_of_files_need_no_torch(tmp_path, utt2spk):
    (tmp_path / "scores.txt").write_text("1 a b 0.9\n0 a c 0.1\n0 b c 0.3\n")
    write(tmp_path, "scp")
    script = f"""
import sys
class Absent:
    def find_spec(self, name, *_):
        if name.partition(".")[0] in ("torch", "safetensors", "yaml"):
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Absent())
from sv_bridge.commands.app import app
app(["metrics", r"{tmp_path / "scores.txt"}"], standalone_mode=False)
app(["compactness", r"{tmp_path / "e.scp"}", "--speakers", r"{utt2spk}"], standalone_mode=False)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "9 utterances of 3 speakers" in done.stdout
