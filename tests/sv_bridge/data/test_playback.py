import numpy as np
import pytest
import soundfile
import torch

from sv_bridge.data.augmentation import make_augmentation
from sv_bridge.data.dataset import ContrastiveDataset
from sv_bridge.training.ahead import ahead

RATE = 16_000
DEVICES = ["cuda:0"] * torch.cuda.is_available()


@pytest.fixture
def items(write_corpus, tmp_path):
    """Six utterances, half of their crops augmented by everything there is, rooms from files included."""
    corpus = write_corpus({f"{who}-{i}": 0.6 for who in "abc" for i in range(2)})
    (tmp_path / "rirs").mkdir()
    response = np.random.default_rng(0).standard_normal(800) * np.exp(-np.arange(800) / 100)
    soundfile.write(tmp_path / "rirs" / "room.wav", response / 10, RATE)
    augmentation = make_augmentation("channel", corpus, probability=0.5, rirs=tmp_path / "rirs")
    return ContrastiveDataset(
        corpus, view_seconds=(0.25, 0.2), augmentation=augmentation, speeds=(0.9, 1.0, 1.25), seed=2
    )


@pytest.mark.parametrize("device", ["meta", *DEVICES])
def test_a_batch_is_made_where_it_is_wanted(items, device):
    crops = items.__getitems__(range(6))
    assert all(0 < len(rows) < 6 for rows in crops.augmented)
    batch = items.playback(torch.device(device))(crops)
    assert [view.shape for view in batch.views] == [(6, 4_000), (6, 3_200)]
    assert {tensor.device for tensor in (*batch.views, batch.utterances, batch.speakers)} == {torch.device(device)}


@pytest.mark.parametrize("device", ["cpu", *DEVICES])
def test_batches_made_ahead_are_the_same_in_the_same_order(items, device):
    read = [items.__getitems__(range(first, first + 2)) for first in (0, 2, 4)]
    made = list(ahead(read, items.playback(torch.device(device))))
    assert [batch.utterances.tolist() for batch in made] == [[0, 1], [2, 3], [4, 5]]
    for batch, crops in zip(made, read, strict=True):
        expected = items.playback(torch.device("cpu"))(crops)
        for ours, theirs in zip(batch.views, expected.views, strict=True):
            # float32 transforms; where they fall on either side of a level of the telephone's, it is another level
            assert ((ours.cpu() - theirs).abs() < 1e-4 * theirs.abs().max()).float().mean() > 0.999


def test_a_long_batch_is_what_its_utterances_are_alone(items):
    play = items.playback(torch.device("cpu"))
    together = play(items.__getitems__(range(6)))
    for index in range(6):
        alone = play(items[index])
        for ours, theirs in zip(together.views, alone.views, strict=True):
            assert ((ours[index] - theirs[0]).abs() < 1e-4 * theirs.abs().max()).float().mean() > 0.999
