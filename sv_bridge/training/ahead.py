"""Batches made ahead of the step that needs them."""

from collections.abc import Iterable, Iterator

import torch

from sv_bridge.data.batch import Batch, Crops
from sv_bridge.data.playback import Playback

__all__ = ["ahead"]


def ahead(read: Iterable[Crops], play: Playback) -> Iterator[Batch]:
    """Batches of crops; on a CUDA device the next one is copied and made while the last one is in use.

    The work is queued on a stream of its own. A batch is handed out once its own work is done, and its memory is not
    used again before the step that has it is through.
    """
    if play.device.type != "cuda":
        yield from map(play, read)
        return
    stream = torch.cuda.Stream(play.device)  # type: ignore[no-untyped-call]
    made: list[tuple[Batch, torch.cuda.Event]] = []
    for crops in read:
        with torch.cuda.stream(stream):
            made.append((play(crops), stream.record_event()))
        if len(made) == 2:
            yield hand_out(*made.pop(0))
    yield from (hand_out(*each) for each in made)


def hand_out(batch: Batch, done: torch.cuda.Event) -> Batch:
    """Let the current stream wait for a batch, and the batch's memory for the current stream."""
    current = torch.cuda.current_stream()
    current.wait_event(done)
    for tensor in (*batch.views, batch.utterances, batch.speakers):
        tensor.record_stream(current)
    return batch
