"""MoCo's steps against numpy that restates the paper: He et al., CVPR 2020, algorithm 1, with a margin."""

import numpy as np
import pytest
import torch
from torch import nn

from sv_bridge.data.batch import Batch
from sv_bridge.methods.method import TrainingSet
from sv_bridge.methods.moco import MoCoConfig
from sv_bridge.methods.schedules import Moment

SAMPLES, DIM, BATCH, QUEUE = 4, 3, 3, 7
SCALE, MARGIN, MOMENTUM, RATE = 5.0, 0.2, 0.8, 0.3
UTTERANCES = [[0, 1, 2], [3, 0, 4], [1, 3, 5], [2, 0, 3], [5, 1, 4]]
SPEAKERS = [u // 2 for u in range(6)]


def start():
    return np.random.default_rng(0).standard_normal((DIM, SAMPLES))


class Matrix(nn.Module):
    """An encoder that numpy can restate."""

    embedding_dim = DIM

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.from_numpy(start()).float())

    def forward(self, waveforms):
        return waveforms @ self.weight.T


def unit(rows):
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def one_direction(w_query, w_key, query_view, key_view, utterances, queue, by_speaker):
    """Mean loss of the queries, and the keys."""
    keys = unit(key_view @ w_key.T)
    losses = []
    for query, key, mine in zip(unit(query_view @ w_query.T), keys, utterances, strict=True):
        rivals = [k for k, u in queue if u != mine and not (by_speaker and SPEAKERS[u] == SPEAKERS[mine])]
        up = np.exp(SCALE * (query @ key - MARGIN))
        losses.append(-np.log(up / (up + sum(np.exp(SCALE * query @ k) for k in rivals))))
    return np.mean(losses), keys


def restated(views, bidirectional, by_speaker):
    """Loss and key weights of each step, the gradient by central differences."""
    w_query, w_key, queues, out = start(), start(), ([], []), []
    for (first, second), utterances in zip(views, UTTERANCES, strict=True):
        directions = [(first, second, queues[0]), (second, first, queues[1])][: 2 if bidirectional else 1]

        def loss(w, w_key=w_key, utterances=utterances, directions=directions):
            parts = [one_direction(w, w_key, q, k, utterances, queue, by_speaker)[0] for q, k, queue in directions]
            return np.mean(parts)

        gradient = np.zeros_like(w_query)
        for place in np.ndindex(gradient.shape):
            step = np.zeros_like(w_query)
            step[place] = 1e-6
            gradient[place] = (loss(w_query + step) - loss(w_query - step)) / 2e-6
        value = loss(w_query)
        for q, k, queue in directions:
            keys = one_direction(w_query, w_key, q, k, utterances, queue, by_speaker)[1]
            queue.extend(zip(keys, utterances, strict=True))
            del queue[:-QUEUE]
        w_query = w_query - RATE * gradient
        w_key = MOMENTUM * w_key + (1 - MOMENTUM) * w_query
        out.append((value, w_query, w_key))
    return out, queues[: len(directions)]


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("by_speaker", [False, True])
def test_steps_equal_their_restatement(bidirectional, by_speaker):
    views = np.random.default_rng(1).standard_normal((len(UTTERANCES), 2, BATCH, SAMPLES))
    expected, queues = restated(views, bidirectional, by_speaker)
    config = MoCoConfig(
        name="moco", scale=SCALE, margin=MARGIN, momentum=MOMENTUM, queue_size=QUEUE, bidirectional=bidirectional,
        prevent_collisions=by_speaker,
    )  # fmt: skip
    method = config.build(Matrix(), TrainingSet(utterances=6, speakers=3))
    optimiser = torch.optim.SGD([p for p in method.parameters() if p.requires_grad], lr=RATE)
    for number, (loss, w_query, w_key) in enumerate(expected):
        utterances = torch.tensor(UTTERANCES[number])
        batch = Batch(tuple(torch.from_numpy(views[number]).float()), utterances, torch.tensor(SPEAKERS)[utterances])
        moment = Moment(number, steps_per_epoch=5, epochs=1)
        got = method(batch, moment)
        got.backward()
        optimiser.step()
        optimiser.zero_grad()
        method.after_step(moment)
        assert got.item() == pytest.approx(loss, abs=2e-6)  # float32
        np.testing.assert_allclose(method.encoder.weight.detach(), w_query, atol=5e-6)
        np.testing.assert_allclose(method.key_encoder.weight, w_key, atol=5e-6)
    for kept, queue in zip(method.queue, queues, strict=True):
        np.testing.assert_allclose(unit(kept.numpy()), [key for key, _ in queue], atol=5e-6)
    assert method.queue_utterances.tolist() == [utterance for _, utterance in queues[0]]


def test_a_query_is_not_pushed_from_its_own_utterance():
    """A corpus that the queue holds whole: of two utterances, only the other one is a negative."""
    method = MoCoConfig(name="moco", queue_size=64).build(Matrix(), TrainingSet(utterances=2, speakers=2))
    views = torch.from_numpy(np.random.default_rng(2).standard_normal((2, 2, SAMPLES))).float()
    batch = Batch(tuple(views), torch.tensor([0, 1]), torch.tensor([0, 1]))
    for step in range(20):
        method(batch, Moment(step, 20, 1))
    alone = Batch(tuple(views[:, :1]), torch.tensor([0]), torch.tensor([0]))
    method.queue_utterances.fill_(0)
    assert method(alone, Moment(20, 20, 1)).item() == 0
