import itertools
import logging
from dataclasses import replace

import numpy as np
import pytest
import soundfile
import torch
from torch.utils.data import DataLoader

from sv_bridge.data.audio import AudioError
from sv_bridge.data.augmentation import Chain
from sv_bridge.data.dataset import ContrastiveDataset
from sv_bridge.data.manifest import Corpus
from sv_bridge.data.sampler import EpochSampler

CROP = 1_600  # 0.1 s


def dataset(corpus, **options):
    return ContrastiveDataset(corpus, view_seconds=(0.1, 0.1), **options)


def played(items, *indices):
    """The batch of these items."""
    return items.playback(torch.device("cpu"))(items.__getitems__(indices))


def stacked(items, index):
    """(views, samples) waveforms of an item whose views have one length."""
    return torch.cat(played(items, index).views)


def first_samples(waveforms):
    """Where the crops of a ramp start."""
    return (waveforms[:, 0] * 2**20).round().int() - 1


class Jitter(Chain):
    def draw(self, frames, rng, utterance):
        return {"noise": rng.standard_normal(frames, dtype=np.float32)}

    def __call__(self, waveforms, drawn):
        return waveforms + drawn["noise"] / 10

    def to(self, device):
        return self


jitter = Jitter()


def test_items_are_crops_with_their_indices(write_corpus):
    items = dataset(write_corpus({"a-1": 1.0, "b-1": 0.5, "b-2": 0.5}))
    batch = played(items, 2, 0)
    assert [view.shape for view in batch.views] == [(2, CROP), (2, CROP)]
    assert batch.utterances.tolist() == [2, 0]
    assert batch.speakers.tolist() == [1, 0]
    waveforms = stacked(items, 2)
    assert waveforms.dtype == torch.float32
    assert torch.equal(waveforms, torch.stack([view[0] for view in batch.views]))
    starts = first_samples(waveforms)
    assert abs(starts[0] - starts[1]) >= CROP
    for view, start in zip(waveforms, starts, strict=True):
        torch.testing.assert_close(view * 2**20, start + 1.0 + torch.arange(CROP), rtol=0, atol=0)


def test_the_second_view_may_be_of_another_utterance_of_the_speaker(write_corpus):
    corpus = write_corpus({"a-1": 0.2, "a-2": 0.4, "a-3": 0.6, "b-1": 0.8, "c-1": 0.3, "c-2": 0.5})
    items = dataset(corpus, across_utterances=True, speeds=(1.0,), non_overlapping=False)
    opened = []
    fill = items._fill
    items._fill = lambda index, *rest: opened.append(index) or fill(index, *rest)
    pairs = set()
    for epoch in range(30):
        items.set_epoch(epoch)
        for index in range(len(corpus)):
            opened.clear()
            items[index]
            assert opened[0] == index
            pairs.add(tuple(opened))
    assert pairs == {(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1), (3,), (4, 5), (5, 4)}
    items.set_epoch(0)
    alone = dataset(corpus, non_overlapping=False)
    assert torch.equal(stacked(items, 0)[0], stacked(alone, 0)[0])  # the first view is what it would have been
    assert torch.equal(stacked(items, 3), stacked(alone, 3))  # and both, of who has one utterance


def test_items_depend_on_seed_epoch_and_utterance_alone(write_corpus):
    corpus = write_corpus({f"a-{i}": 1.0 for i in range(4)})
    reordered = Corpus(corpus.root, corpus.utterances[::-1])
    one, two = dataset(corpus, augmentation=jitter), dataset(reordered, augmentation=jitter)
    assert torch.equal(stacked(one, 0), stacked(two, 3))
    assert torch.equal(stacked(one, 0), stacked(one, 0))
    assert not torch.equal(stacked(one, 0), stacked(dataset(corpus, augmentation=jitter, seed=1), 0))
    before = stacked(one, 0)
    one.set_epoch(1)
    assert not torch.equal(stacked(one, 0), before)
    one.set_epoch(0)
    assert torch.equal(stacked(one, 0), before)


def test_views_are_augmented_apart(write_corpus):
    added = stacked(dataset(write_corpus({"a-1": 1.0}), augmentation=jitter), 0)
    plain = stacked(dataset(write_corpus({"a-1": 1.0})), 0)
    assert not torch.equal(added[0] - plain[0], added[1] - plain[1])


def as_it_is(crops):
    return crops


@pytest.mark.parametrize("workers", [1, 2])
def test_workers_change_nothing_and_see_new_epochs(write_corpus, workers):
    corpus = write_corpus({f"a-{i}": 0.5 for i in range(8)})

    def epochs(workers):
        items = dataset(corpus, augmentation=jitter, seed=3)
        sampler = EpochSampler(len(items), batch_size=4, seed=3)
        loader = DataLoader(
            items, batch_sampler=sampler, num_workers=workers, persistent_workers=workers > 0, collate_fn=as_it_is
        )
        play = items.playback(torch.device("cpu"))
        for epoch in range(2):
            items.set_epoch(epoch)
            sampler.set_epoch(epoch)
            yield from ((torch.stack(batch.views), batch.utterances.clone()) for batch in map(play, loader))

    for (waveforms, index), (expected, expected_index) in zip(epochs(workers), epochs(0), strict=True):
        assert torch.equal(waveforms, expected)
        assert torch.equal(index, expected_index)


def test_short_utterances_overlap_then_wrap(write_corpus):
    items = dataset(write_corpus({"a-1": 0.15, "a-2": 0.04}))
    assert sorted(first_samples(stacked(items, 0)).tolist()) == [0, 800]
    wrapped = stacked(items, 1) * 2**20
    assert wrapped.max() == 640
    assert ((wrapped[:, 1:] - wrapped[:, :-1] == 1) | (wrapped[:, :-1] == 640)).all()


def test_views_may_differ_in_length_and_do_not_overlap_where_there_is_room(write_corpus):
    items = ContrastiveDataset(write_corpus({"a-1": 0.5, "a-2": 0.12}), view_seconds=(0.2, 0.1, 0.05))
    for epoch in range(20):
        items.set_epoch(epoch)
        views = [view[0] for view in played(items, 0).views]
        spans = sorted((round(float(view[0]) * 2**20), round(float(view[-1]) * 2**20)) for view in views)
        assert [len(view) for view in views] == [3_200, 1_600, 800]
        assert all(end < start for (_, end), (start, _) in itertools.pairwise(spans))
    assert [view.shape[1] for view in played(items, 1).views] == [3_200, 1_600, 800]  # the first wraps


def test_items_do_not_share_the_memory_of_kept_speech(write_corpus):
    items = dataset(write_corpus({"a-1": 1.0}), memory_hours=1.0)
    before = stacked(items, 0)
    played(items, 0).views[0].zero_()
    assert torch.equal(stacked(items, 0), before)


def test_independent_crops_may_overlap(write_corpus):
    items = dataset(write_corpus({"a-1": 0.25}), non_overlapping=False)
    starts = []
    for epoch in range(20):
        items.set_epoch(epoch)
        starts.append(first_samples(stacked(items, 0)))
    assert any(abs(a - b) < CROP for a, b in starts)


def test_speed_changes_make_other_voices(write_corpus):
    corpus = write_corpus({"a-1": 1.0, "b-1": 1.0})
    items = dataset(corpus, speeds=(1.0, 2.0))
    seen = set()
    for epoch in range(20):
        items.set_epoch(epoch)
        speaker = int(played(items, 1).speakers)
        seen.add(speaker)
        middle = stacked(items, 1)[:, 100:-100] * 2**20  # the resampler's filter rings at the ends
        slopes = middle[:, 1:] - middle[:, :-1]
        torch.testing.assert_close(slopes, torch.full_like(slopes, {1: 1.0, 3: 2.0}[speaker]), rtol=0, atol=0.05)
    assert seen == {1, 3}
    with pytest.raises(ValueError, match="at least one speed"):
        dataset(corpus, speeds=())


def test_segments_stay_within_their_part_of_the_file(write_corpus):
    corpus = write_corpus({"a-1": 1.0})
    items = dataset(Corpus(corpus.root, (replace(corpus[0], start_s=0.5, duration_s=0.2),)))
    assert sorted(first_samples(stacked(items, 0)).tolist()) == [8_000, 9_600]


def test_a_manifest_that_promises_too_much_is_clipped_to_the_file(write_corpus):
    corpus = write_corpus({"a-1": 0.2})
    items = dataset(Corpus(corpus.root, (replace(corpus[0], duration_s=60.0),)))
    assert sorted(first_samples(stacked(items, 0)).tolist()) == [0, 1_600]


def test_unusable_files_are_replaced_the_same_way_each_time(write_corpus, caplog):
    corpus = write_corpus({f"a-{i}": 0.5 for i in range(4)})
    corpus.path(corpus[0]).write_text("not audio")
    soundfile.write(corpus.path(corpus[1]), np.zeros(8_000), 16_000)
    corpus.path(corpus[2]).unlink()
    items = dataset(corpus)
    with caplog.at_level(logging.WARNING):
        for broken in range(3):
            assert played(items, broken).utterances == 3
            assert torch.equal(stacked(items, broken), stacked(items, 3))
    assert "cannot open" in caplog.text
    assert "silent crop" in caplog.text
    assert "no audio file" in caplog.text


def test_a_corpus_of_broken_files_is_an_error(write_corpus):
    corpus = write_corpus({"a-1": 0.5})
    corpus.path(corpus[0]).write_text("not audio")
    with pytest.raises(AudioError, match=r"10 utterances in a row were unusable, a-1\.wav first"):
        dataset(corpus)[0]


def test_options_are_checked(write_corpus):
    corpus = write_corpus({"a-1": 0.5})
    with pytest.raises(ValueError, match="no utterances"):
        dataset(corpus.where(lambda _: False))
    with pytest.raises(ValueError, match=r"view_seconds > 0, at least one, got \(\)"):
        ContrastiveDataset(corpus, view_seconds=())


def test_utterances_kept_in_memory_give_the_same_items_and_are_read_once(write_corpus):
    corpus = write_corpus({"a-1": 1.0, "a-2": 0.05, "b-1": 1.0})
    plain, kept = dataset(corpus), dataset(corpus, memory_hours=1.1 / 3600)
    assert kept.kept_utterances == 2
    first = [stacked(kept, i) for i in range(3)]
    assert all(torch.equal(ours, stacked(plain, i)) for i, ours in enumerate(first))
    for utterance in corpus.utterances[:2]:
        corpus.path(utterance).unlink()
    kept.set_epoch(0)
    assert all(torch.equal(stacked(kept, i), first[i]) for i in range(3))


def test_a_kept_segment_is_only_its_part_of_the_file(write_corpus):
    corpus = write_corpus({"a-1": 2.0})
    segment = Corpus(corpus.root, (replace(corpus[0], start_s=1.0, duration_s=0.3),))
    starts = first_samples(stacked(dataset(segment, memory_hours=1.0), 0))
    assert (starts >= 16_000).all()
    assert (starts < 16_000 + 4_800 - CROP + 1).all()
