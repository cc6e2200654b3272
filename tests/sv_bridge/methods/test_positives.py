"""Positives of other recordings, against the same by hand."""

import numpy as np
import pytest
import torch
from torch import nn

from sv_bridge.data.batch import Batch
from sv_bridge.methods.method import TrainingSet
from sv_bridge.methods.moco import MoCoConfig
from sv_bridge.methods.positives import ClustersConfig, NeighboursConfig, PositiveSampler, SpeakersConfig
from sv_bridge.methods.schedules import Moment
from sv_bridge.methods.simclr import SimCLRConfig
from sv_bridge.training.loop import train
from sv_bridge.training.run_directory import read_metrics
from tests.sv_bridge.training_runs import small_config, write_corpus

N, SPEEDS, DIM, SCALE = 12, 2, 3, 4.0
GROUPS = np.arange(N) % 4  # speakers, and where the vectors lie


def later(step=0):
    return Moment(30 + step, steps_per_epoch=10, epochs=9)


def at_speed(utterances, speed):
    utterances = torch.tensor(list(utterances), dtype=torch.int64)
    return Batch((), utterances, torch.from_numpy(GROUPS)[utterances] + 4 * speed)


def sampler(config, *, forget=()):
    """All utterances at both speeds remembered, in four groups at the corners of a square, speeds a little apart."""
    made = PositiveSampler(config, TrainingSet(N, 4, SPEEDS), DIM)
    rng = np.random.default_rng(0)
    for speed in range(SPEEDS):
        corners = np.stack([np.cos(GROUPS * np.pi / 2), np.sin(GROUPS * np.pi / 2), np.full(N, 0.3 * speed)], axis=1)
        vectors = torch.from_numpy(corners + 0.05 * rng.standard_normal((N, DIM)))
        kept = [u for u in range(N) if u not in forget]
        made.remember(at_speed(kept, speed), vectors[kept])
    made.begin_epoch(later())
    return made


def drawn_often(made, utterances, speed=0, times=200):
    """{(anchor, drawn row)} over many steps."""
    batch = at_speed(utterances, speed)
    vectors = made.memory[made._rows(batch)]
    steps = [made.draw(batch, vectors, later(step)).tolist() for step in range(times)]
    return {(int(u), row) for rows in steps for u, row in zip(batch.utterances, rows, strict=True)}


@pytest.mark.parametrize("nearest", [1, 3, 50])
def test_neighbours_are_the_nearest_rows_of_other_utterances(nearest, monkeypatch):
    monkeypatch.setattr("sv_bridge.methods.positives.BLOCK", 7)  # several blocks
    made = sampler(NeighboursConfig(name="neighbours", from_epoch=3, nearest=nearest), forget=[11])
    memory = made.memory.double().numpy()
    for speed in range(SPEEDS):
        expected = set()
        for u in range(N - 1):
            cosine = memory @ memory[u + speed * N]
            others = [row for row in range(2 * N) if row % N not in (u, 11)]
            expected |= {(u, row) for row in sorted(others, key=lambda row, c=cosine: -c[row])[:nearest]}
        assert drawn_often(made, range(N - 1), speed, times=600 if nearest == 50 else 100) == expected


def test_clusters_give_any_row_of_the_closest_other_cluster():
    made = sampler(ClustersConfig(name="clusters", from_epoch=3, clusters=4, iterations=50), forget=[11])
    clusters = made.clusters
    cluster = clusters.assignment.numpy()
    assert set(cluster[[11, 23]]) == {-1}
    known = np.flatnonzero(cluster >= 0)
    unit = made.memory.double().numpy()
    centres = np.stack([unit[known][cluster[known] == c].mean(0) for c in range(4)])
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    for u in range(N - 1):
        cosine = centres @ centres[cluster[u]]
        cosine[cluster[u]] = -np.inf
        members = np.flatnonzero(cluster == cosine.argmax())
        assert drawn_often(made, [u]) == {(u, row) for row in members if row % N != u} | {
            (u, -1) for row in members if row % N == u
        }


def test_their_own_cluster_gives_all_its_rows_but_the_anchor():
    made = sampler(ClustersConfig(name="clusters", from_epoch=3, clusters=4, nearby=0, iterations=50))
    cluster = made.clusters.assignment.numpy()
    for u in range(N):
        members = set(np.flatnonzero(cluster == cluster[u])) - {u}
        expected = {(u, -1) if row == u + N else (u, row) for row in members}  # itself at another speed is none
        assert drawn_often(made, [u]) == expected


def test_who_is_alone_in_the_cluster_keeps_the_other_view():
    made = sampler(ClustersConfig(name="clusters", from_epoch=3, clusters=24, nearby=0, iterations=50))
    assert drawn_often(made, range(N), times=3) == {(u, -1) for u in range(N)}


def test_nothing_is_drawn_before_its_epoch_or_from_an_empty_memory():
    made = sampler(NeighboursConfig(name="neighbours", from_epoch=4))
    assert drawn_often(made, range(N), times=3) == {(u, -1) for u in range(N)}
    neighbours = NeighboursConfig(name="neighbours", from_epoch=3)
    clusters = ClustersConfig(name="clusters", from_epoch=3, clusters=3)
    for config in (neighbours, clusters):
        assert drawn_often(sampler(config, forget=range(N)), range(N), times=3) == {(u, -1) for u in range(N)}


def test_the_report_counts_drawn_positives_of_the_same_speaker():
    made = sampler(NeighboursConfig(name="neighbours", from_epoch=3, nearest=1))
    batch = at_speed(range(N), 0)
    vectors = made.memory[:N].clone()
    vectors[:3] = made.memory[1:4]  # three anchors beside others' groups
    drawn = made.draw(batch, vectors, later())
    right = sum(GROUPS[row % N] == GROUPS[u] and row < N for u, row in enumerate(drawn.tolist()))
    assert 0 < right < N
    assert made.describe() == {"positives_drawn": 1.0, "positives_same_speaker": right / N}
    made.begin_epoch(later())
    assert made.describe() == {"positives_drawn": 0.0}


class Given(nn.Module):
    """An encoder that gives back what it is given."""

    embedding_dim = DIM

    def __init__(self):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(()))

    def forward(self, waveforms):
        return self.gain * waveforms


def unit(rows):
    return np.asarray(rows) / np.linalg.norm(rows, axis=-1, keepdims=True)


def fraction(anchor, positive, negatives):
    up = np.exp(SCALE * anchor @ positive)
    return -np.log(up / (up + sum(np.exp(SCALE * anchor @ n) for n in negatives)))


POSITIVES = NeighboursConfig(name="neighbours", from_epoch=1, nearest=1)
REMEMBERED = [2, 3, 1, 0]  # their vectors lie where the anchors 0, 1, 2 are, and the last elsewhere


def two_views(method):
    """A batch of utterances 0, 1, 2 whose drawn positives are 2, 3 and 1; unit vectors of views and memory."""
    views = np.random.default_rng(1).standard_normal((2, 3, DIM)).astype(np.float32)
    method.positives.memory[REMEMBERED] = torch.from_numpy(unit([*views[1], [0, 0, 1]])).half()
    method.positives.speakers.fill_(0)
    batch = Batch(tuple(torch.from_numpy(views)), torch.tensor([0, 1, 2]), torch.tensor([0, 1, 2]))
    return batch, unit(views.astype(np.float64)), method.positives.memory.double().numpy().copy()


@pytest.mark.parametrize("symmetric", [False, True])
def test_simclr_takes_the_drawn_positive_and_no_negative_of_its_utterance(symmetric):
    config = SimCLRConfig(name="simclr", scale=SCALE, symmetric=symmetric, positives=POSITIVES)
    method = config.build(Given(), TrainingSet(4, 4))
    batch, (z1, z2), memory = two_views(method)
    positives = [2, 3, 1]
    expected = []
    for anchors in (z1, z2)[: 1 + symmetric]:
        for u, positive in enumerate(positives):
            others = [j for j in range(3) if j not in (u, positive)]
            negatives = [z[j] for z in ((z1, z2) if symmetric else (z2,)) for j in others]
            expected.append(fraction(anchors[u], memory[positive], negatives))
    assert method(batch, later()).item() == pytest.approx(np.mean(expected), rel=1e-3)  # remembered in half precision
    assert method.describe(later())["positives_drawn"] == 1
    np.testing.assert_allclose(method.positives.memory[:3].double(), z2, atol=1e-3)  # and remembers the new ones


def test_a_speakers_other_utterances_are_positives_and_never_negatives():
    config = SimCLRConfig(name="simclr", scale=SCALE, symmetric=False, positives=SpeakersConfig(name="speakers"))
    assert config.needs_speakers_for == "method.positives"
    assert config.across_utterances
    method = config.build(Given(), TrainingSet(4, 2))
    views = np.random.default_rng(1).standard_normal((2, 4, DIM)).astype(np.float32)
    speakers = [0, 1, 0, 1]
    batch = Batch(tuple(torch.from_numpy(views)), torch.arange(4), torch.tensor(speakers))
    z1, z2 = unit(views.astype(np.float64))
    expected = [
        fraction(z1[u], z2[u], [z2[j] for j in range(4) if speakers[j] != speakers[u]]) for u in range(len(speakers))
    ]
    assert method(batch, later()).item() == pytest.approx(np.mean(expected), rel=1e-5)
    assert "positives_drawn" not in method.describe(later())


def test_moco_takes_the_drawn_positive_and_no_key_of_its_utterance():
    config = MoCoConfig(name="moco", scale=SCALE, queue_size=4, positives=POSITIVES)
    method = config.build(Given(), TrainingSet(4, 4))
    batch, (z1, z2), memory = two_views(method)
    queue = unit(np.random.default_rng(2).standard_normal((4, DIM)))
    method.queue[0], method.queue_utterances[:] = torch.from_numpy(queue).float(), torch.tensor([3, 2, 1, 0])
    expected = []
    for u, positive in enumerate([2, 3, 1]):
        negatives = [key for key, whose in zip(queue, [3, 2, 1, 0], strict=True) if whose not in (u, positive)]
        expected.append(fraction(z1[u], memory[positive], negatives))
    assert method(batch, later()).item() == pytest.approx(np.mean(expected), rel=1e-3)
    np.testing.assert_allclose(unit(method.queue[0, 1:].numpy()), z2, atol=1e-6)  # the keys themselves, not the drawn


@pytest.mark.parametrize(
    ("preset", "positives"),
    [
        ("tiny-snt", ["positives={name: neighbours, nearest: 1, from_epoch: 2}"]),
        ("tiny-moco", ["positives={name: clusters, clusters: 8, nearby: 0, from_epoch: 2}", "queue_size=32"]),
    ],
)
def test_positives_are_of_the_same_speaker_more_often_than_by_chance(tmp_path, preset, positives):
    """Eight tones, four recordings each."""
    corpus = write_corpus(tmp_path / "corpus", utterances=4)
    config = small_config(preset, "epochs=4", "batch_size=8", "learning_rate=0.003", "speeds=[1]", *positives)
    run = train(config, corpus, tmp_path / "run", device="cpu", progress_bar=False)
    early, _, *late = read_metrics(run)
    assert early["positives_drawn"] == 0
    assert all(line["positives_drawn"] > 0.5 for line in late)
    assert late[-1]["positives_same_speaker"] > 2 * 3 / 31
