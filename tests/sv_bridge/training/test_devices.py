"""The device path: everything a step makes lies where the model lies."""

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from sv_bridge.config import parse_config
from sv_bridge.distributed import World, choose_device
from tests.sv_bridge.training_runs import batch_of, moment, small_config, trainer_of

PRESETS = ["tiny-simclr", "tiny-am", "tiny-aam", "tiny-moco-am"]


class WrongDeviceError(AssertionError):
    pass


class DeviceGuard(TorchDispatchMode):
    """Fail on any tensor that an operation makes elsewhere; single numbers, such as Adam's step counts, may."""

    def __init__(self, device):
        super().__init__()
        self.device = torch.device(device)
        self.operations = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        result = func(*args, **(kwargs or {}))
        for leaf in tree_leaves(result):
            if isinstance(leaf, torch.Tensor) and leaf.ndim > 0 and leaf.device != self.device:
                raise WrongDeviceError(f"{func} made a tensor of shape {tuple(leaf.shape)} on {leaf.device}")
        self.operations += 1
        return result


def step_on(device, preset, *overrides):
    trainer = trainer_of(small_config(preset, *overrides), world=World(0, 1, torch.device(device)))
    parts = [batch_of(torch.randn(4, 2, 3200, device=device), torch.arange(4), torch.arange(4, device=device))]
    with DeviceGuard(device) as guard:
        loss, norm = trainer.step(parts, moment())
        trainer.method.encoder.eval()(parts[0].views[0])
    return loss, norm, guard


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("device", ["meta"] + ["cuda:0"] * torch.cuda.is_available())
def test_a_step_makes_nothing_on_another_device(device, preset):
    loss, norm, guard = step_on(device, preset)
    assert loss.device == norm.device == torch.device(device)
    assert guard.operations > 100


@pytest.mark.parametrize("encoder", ["thin_resnet34", "fast_resnet34", "ecapa_tdnn"])
def test_every_encoder_runs_on_the_meta_device(encoder):
    raw = small_config().model_dump() | {"encoder": {"name": encoder}}
    trainer = trainer_of(parse_config(raw), world=World(0, 1, torch.device("meta")))
    parts = [batch_of(torch.empty(2, 2, 8000, device="meta"), torch.arange(2), torch.arange(2, device="meta"))]
    with DeviceGuard("meta"):
        trainer.step(parts, moment())


def test_the_guard_sees_a_tensor_on_the_wrong_device():
    with pytest.raises(WrongDeviceError, match=r"made a tensor of shape \(2,\) on cpu"), DeviceGuard("meta"):
        torch.zeros(2)


def test_unusable_devices_are_named():
    assert choose_device("cpu") == torch.device("cpu")
    with pytest.raises(ValueError, match="device 'gpu' cannot be used"):
        choose_device("gpu")
