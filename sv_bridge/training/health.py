"""Signs that a run learns nothing or sees little of its corpus, said while it trains."""

import logging
from collections.abc import Mapping

__all__ = ["Health", "few_steps"]

logger = logging.getLogger(__name__)

RANK = 1.5  # effective rank at or below which embeddings lie along one direction
NEAR = 0.01  # relative distance from the loss of embeddings that are all alike
FEW_STEPS, MANY_LEFT_OUT = 5, 0.1


class Health:
    """Looks at each epoch's metrics, and warns of a collapse once for each sign of it."""

    def __init__(self) -> None:
        self.said: set[str] = set()

    def look(self, metrics: Mapping[str, float], collapsed_loss: float | None) -> None:
        """Warn if the embeddings are all alike: by their effective rank, or by the loss that they would have.

        In the first epoch the loss may still be there.
        """
        if metrics["effective_rank"] <= RANK:
            self._say(
                "rank",
                f"epoch {metrics['epoch']}: the embeddings have collapsed to a line, their effective rank is "
                f"{metrics['effective_rank']:.2f}; try a lower learning_rate or a smaller scale or margin",
            )
        if metrics["epoch"] > 1 and collapsed_loss and abs(metrics["loss"] / collapsed_loss - 1) < NEAR:
            self._say(
                "loss",
                f"epoch {metrics['epoch']}: the loss {metrics['loss']:.3f} is that of embeddings that are all alike, "
                f"{collapsed_loss:.3f}: nothing is learnt yet. If it stays, try another learning_rate, a smaller scale "
                "or margin, or more epochs",
            )

    def _say(self, sign: str, message: str) -> None:
        if sign not in self.said:
            self.said.add(sign)
            logger.warning(message)


def few_steps(utterances: int, batch_size: int, steps: int) -> str:
    """What to say of a corpus that makes few steps an epoch, or leaves many utterances out of each; "" else.

    >>> few_steps(300, 128, 2)
    '300 utterances make 2 steps of 128 an epoch, and 44 are left out of each (15 %): lower batch_size'
    """
    left_out = utterances - steps * batch_size
    if steps >= FEW_STEPS and left_out <= MANY_LEFT_OUT * utterances:
        return ""
    are = "is" if left_out == 1 else "are"
    missing = f", and {left_out} {are} left out of each ({left_out / utterances:.0%})" if left_out else ""
    missing = missing.replace("%", " %")
    made = f"{steps} step{'s' * (steps != 1)} of {batch_size}"
    return f"{utterances} utterances make {made} an epoch{missing}: lower batch_size"
