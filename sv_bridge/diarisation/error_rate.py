"""Diarisation error rate against a reference, by pyannote.metrics."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sv_bridge.diarisation.turns import Turn

__all__ = ["DiarisationError", "diarisation_error"]


@dataclass(frozen=True, slots=True)
class DiarisationError:
    """Where a diarisation and its reference differ.

    Attributes
    ----------
    rate : missed + falsely found + confused over all speech of the reference; above 1 it errs more than it says.
    missed, false_alarm, confused : seconds; `confused` is speech that is another speaker's under the best matching.
    speech : seconds of speech in the reference, overlapping speakers counted each.
    """

    rate: float
    missed: float
    false_alarm: float
    confused: float
    speech: float

    @classmethod
    def total(cls, errors: Sequence["DiarisationError"]) -> "DiarisationError":
        """Of several recordings: seconds are added up."""
        parts = [
            sum(getattr(error, name) for error in errors) for name in ("missed", "false_alarm", "confused", "speech")
        ]
        return cls(sum(parts[:3]) / parts[3] if parts[3] else float("nan"), *parts)


def diarisation_error(
    reference: Sequence[Turn], found: Sequence[Turn], seconds: float, *, collar: float = 0.25, overlap: bool = True
) -> DiarisationError:
    """Diarisation error of one recording of so many seconds.

    Parameters
    ----------
    reference, found : turns.
    seconds : length of the recording; all of it is judged.
    collar : seconds before and after each boundary of the reference that are not judged, as in NIST's md-eval.
    overlap : whether speech of several speakers at once is judged.

    Raises
    ------
    ImportError
        pyannote.metrics is not installed.
    """
    try:
        from pyannote.core import Annotation, Segment, Timeline
        from pyannote.metrics.diarization import DiarizationErrorRate
    except ImportError as error:
        raise ImportError(f"{error.name} is not installed: pip install 'axiomatic-cqm[diarisation]'") from None

    def annotation(turns: Sequence[Turn]) -> Any:
        annotated = Annotation()
        for number, turn in enumerate(turns):
            annotated[Segment(turn.start, turn.end), number] = turn.speaker
        return annotated

    metric = DiarizationErrorRate(collar=2 * collar, skip_overlap=not overlap)  # which halves it
    parts = metric(annotation(reference), annotation(found), uem=Timeline([Segment(0, seconds)]), detailed=True)
    return DiarisationError.total(
        [
            DiarisationError(
                float("nan"), parts["missed detection"], parts["false alarm"], parts["confusion"], parts["total"]
            )
        ]
    )
