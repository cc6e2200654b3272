import numpy as np
import torch

from sv_bridge.models.baselines import MeanLogMel

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
