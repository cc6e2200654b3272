import numpy as np
import pytest
import torch

from sv_bridge.models.baselines import MeanLogMel, whiten

rng = np.random.default_rng(0)


def test_mean_log_mel_knows_gain_and_nothing_of_order():
    torch.manual_seed(0)
    noise = torch.randn(2, 16_000)
    encoder = MeanLogMel()
    quiet, loud = encoder(noise), encoder(10 * noise)
    assert quiet.shape == (2, 40)
    # 20 dB is ln 100 in energy; the floor of the logarithm is far below white noise
    torch.testing.assert_close(loud - quiet, torch.full_like(quiet, np.log(100)), atol=1e-3, rtol=0)
    # Played backwards all frames are the same but for where windows fall.
    torch.testing.assert_close(encoder(noise.flip(1)), quiet, atol=0.1, rtol=0)


def test_whitening_decorrelates_its_reference(make_embeddings):
    mixed = rng.normal(size=(500, 4)) @ rng.normal(size=(4, 4)) + 7
    white = whiten(make_embeddings(mixed, range(500)), make_embeddings(mixed, range(500))).vectors
    np.testing.assert_allclose(white.mean(axis=0), 0, atol=1e-5)  # float32
    np.testing.assert_allclose(np.cov(white, rowvar=False), np.eye(4), atol=1e-4)


def test_whitening_leaves_out_directions_that_never_vary(make_embeddings):
    flat = np.c_[rng.normal(size=(50, 2)), np.zeros(50)]
    assert whiten(make_embeddings(flat, range(50)), make_embeddings(flat, range(50))).dim == 2


def test_whitening_needs_one_dimension(make_embeddings):
    with pytest.raises(ValueError, match="3 dimensions, the reference 2"):
        whiten(make_embeddings(np.eye(3), "abc"), make_embeddings(np.eye(2), "ab"))
