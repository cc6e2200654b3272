"""One process or many: where this one runs, and collectives that do nothing when it is alone."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import torch
from torch import Tensor
from torch import distributed as dist

__all__ = [
    "World",
    "barrier",
    "broadcast",
    "choose_device",
    "gather",
    "gather_objects",
    "launched_rank",
    "rank",
    "session",
    "world_size",
]


Item = TypeVar("Item")


@dataclass(frozen=True)
class World:
    """Place of this process among those of the run."""

    rank: int
    size: int
    device: torch.device

    @property
    def is_first(self) -> bool:
        """Whether this process writes files and talks to the user."""
        return self.rank == 0


@contextmanager
def session(device: str = "auto") -> Iterator[World]:
    """Join the processes that torchrun started, if it did, and leave them at the end."""
    launched = "WORLD_SIZE" in os.environ and not dist.is_initialized()
    chosen = choose_device(device)
    if chosen == torch.device("cuda"):
        chosen = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
        torch.cuda.set_device(chosen)
    if launched:
        dist.init_process_group("nccl" if chosen.type == "cuda" else "gloo")
    try:
        yield World(rank(), world_size(), chosen)
    finally:
        if launched:
            dist.destroy_process_group()


def launched_rank() -> int:
    """Position that torchrun gave this process, also before it has joined the others; 0 when alone."""
    return int(os.environ.get("RANK", "0"))


def choose_device(name: str = "auto") -> torch.device:
    """``"auto"`` is the first accelerator there is, else the CPU; other names are torch's.

    Raises
    ------
    ValueError
        Unknown or absent device.
    """
    if name == "auto":
        return torch.accelerator.current_accelerator(check_available=True) or torch.device("cpu")
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:
        raise ValueError(f"device {name!r} cannot be used: {error}") from None
    return device


def rank() -> int:
    """Position of this process, 0 when alone."""
    return dist.get_rank() if dist.is_initialized() else 0


def world_size() -> int:
    """Number of processes, 1 when alone."""
    return dist.get_world_size() if dist.is_initialized() else 1


def barrier() -> None:
    """Wait for all processes."""
    if dist.is_initialized():
        dist.barrier()


def broadcast(x: Tensor) -> Tensor:
    """Let all processes have the first one's tensor, in place."""
    if world_size() > 1:
        dist.broadcast(x, 0)
    return x


def gather(x: Tensor) -> Tensor:
    """Rows of all ranks, rank after rank, on every rank; gradients flow back to the rank that a row came from.

    A loss of gathered rows, computed by every rank and followed by gradients averaged over ranks (as
    DistributedDataParallel does), has the gradient of one process that holds all rows: each row's gradient arrives
    summed over the ranks' equal losses, and the average takes that factor out again.
    """
    return _Gather.apply(x) if world_size() > 1 else x  # type: ignore[no-untyped-call]


def gather_objects(item: Item) -> list[Item]:
    """What every process brought, rank after rank, on every process; for results, outside of training steps."""
    if world_size() == 1:
        return [item]
    items: list[Any] = [None] * world_size()
    dist.all_gather_object(items, item)
    return items


class _Gather(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        parts = [torch.empty_like(x) for _ in range(world_size())]
        dist.all_gather(parts, x.contiguous())
        return torch.cat(parts)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        summed = gradients[0].contiguous()
        dist.all_reduce(summed)
        return summed.chunk(world_size())[rank()]
