"""Steps of the optimiser against the same steps by hand."""

import numpy as np
import pytest
import torch

from tests.sv_bridge.training_runs import batch_of, moment, small_config, trainer_of

DECAY, CLIP, RATE = 0.5, 0.05, 0.01


def test_steps_are_clipped_and_decayed_as_by_hand():
    """Adam (Kingma & Ba 2015, algorithm 1) on clipped gradients, and weight decay as a gradient, in numpy."""
    settings = [f"weight_decay={DECAY}", f"clip_norm={CLIP}", f"learning_rate={RATE}", "epochs=3"]
    schedule = "schedule={kind: cosine, warmup_epochs: 0}"
    trainer = trainer_of(small_config("tiny-snt", *settings, schedule))
    trainer.method.eval()  # batch statistics stay as they are
    first, second = np.zeros(1), np.zeros(1)
    theta = flat(trainer.parameters)
    generator = torch.Generator().manual_seed(0)
    for number in range(3):
        at = moment(10 * number)
        batch = batch_of(torch.randn(8, 2, 3200, generator=generator), torch.arange(8), torch.arange(8))
        gradient = flat(torch.autograd.grad(trainer.method(batch, at), trainer.parameters))
        norm = np.linalg.norm(gradient)
        assert norm > 2 * CLIP  # so that clipping has something to do
        gradient = gradient * CLIP / norm + DECAY * theta
        first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
        mean, square = first / (1 - 0.9 ** (number + 1)), second / (1 - 0.999 ** (number + 1))
        rate = RATE * (1 + np.cos(np.pi * number / 3)) / 2
        theta = theta - rate * mean / (np.sqrt(square) + 1e-8)
        assert trainer.step([batch], at)[1].item() == pytest.approx(norm, rel=1e-4)  # before clipping
        np.testing.assert_allclose(flat(trainer.parameters), theta, rtol=0, atol=2e-5)  # of float32 gradients
        theta = flat(trainer.parameters)


def flat(tensors):
    return np.concatenate([t.detach().double().flatten().numpy() for t in tensors])
