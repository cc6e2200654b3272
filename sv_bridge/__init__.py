"""Train, evaluate and measure additive-margin contrastive speaker-verification models."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sv_bridge.training.loop import train

__all__ = ["train"]


def __getattr__(name: str) -> Any:
    """``from sv_bridge import train``, without loading torch for those who only want, say, error rates."""
    if name == "train":
        from sv_bridge.training.loop import train

        return train
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
