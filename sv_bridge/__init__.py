"""Train, evaluate and measure additive-margin contrastive speaker-verification models."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sv_bridge.compactness.speakers import compactness as measure_compactness
    from sv_bridge.data.manifest import read_corpus
    from sv_bridge.exchange import read_embeddings
    from sv_bridge.models.embedding import embed
    from sv_bridge.reports.evaluator import Evaluator, evaluate_embeddings
    from sv_bridge.training.loop import train

__all__ = [
    "Evaluator",
    "embed",
    "evaluate_embeddings",
    "measure_compactness",
    "read_corpus",
    "read_embeddings",
    "train",
]

_PLACES = {
    "Evaluator": "reports.evaluator:Evaluator",
    "embed": "models.embedding:embed",
    "evaluate_embeddings": "reports.evaluator:evaluate_embeddings",
    "measure_compactness": "compactness.speakers:compactness",
    "read_corpus": "data.manifest:read_corpus",
    "read_embeddings": "exchange:read_embeddings",
    "train": "training.loop:train",
}


def __getattr__(name: str) -> Any:
    """``from sv_bridge import train``, without loading torch for those who only want, say, error rates."""
    if name in _PLACES:
        module, attribute = _PLACES[name].split(":")
        return getattr(import_module(f"{__name__}.{module}"), attribute)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
