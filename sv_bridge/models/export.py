"""Encoders as ONNX files, and back: waveform in, embedding out, features and the rule for decisions included."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn

from cqm.atomic import atomic_path
from sv_bridge.models.encoders import SpeakerEncoder
from sv_bridge.verification.decision import DecisionRule

__all__ = ["OnnxEncoder", "export_onnx"]

TOLERANCE = 1e-3  # relative to the longest embedding: float32 sums in another order, through tens of layers
SHORTEST_SAMPLES = 400
RATE, DECISION = "sample_rate_hz", "decision"
"""Names in the file's metadata."""


class OnnxEncoder(nn.Module):
    """An encoder in an ONNX file, as `export_onnx` writes it; runs on the CPU, on utterances of one length at a time.

    Attributes
    ----------
    sample_rate_hz : rate that the waveforms must have.
    decision : when to accept, if that was exported too.

    Raises
    ------
    ImportError
        onnxruntime is not installed.
    ValueError
        No such file, not ONNX, or another kind of model.
    """

    def __init__(self, path: Path | str) -> None:
        super().__init__()
        try:
            import onnxruntime
        except ImportError as error:
            raise ImportError(f"{error.name} is not installed: pip install 'axiomatic-cqm[export]'") from None
        if not Path(path).is_file():
            raise ValueError(f"no ONNX file at {path}: make one with `sv-bridge export RUN --onnx {path}`")
        try:
            self.session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's own kinds of errors have no common base
            raise ValueError(f"{path} is not an ONNX file that onnxruntime can run: {error}") from None
        metadata = self.session.get_modelmeta().custom_metadata_map
        names = [[entry.name for entry in side] for side in (self.session.get_inputs(), self.session.get_outputs())]
        if names != [["waveforms"], ["embeddings"]] or RATE not in metadata:
            raise ValueError(
                f"{path} is not an encoder of `sv-bridge export`: wanted waveforms → embeddings with their {RATE}, got "
                f"{', '.join(names[0])} → {', '.join(names[1])}"
            )
        self.sample_rate_hz = int(metadata[RATE])
        self.decision = DecisionRule.from_json(metadata[DECISION]) if DECISION in metadata else None

    def forward(self, waveforms: Tensor) -> Tensor:
        """Embeddings (batch, dim) of waveforms (batch, samples)."""
        (embeddings,) = self.session.run(None, {"waveforms": waveforms.cpu().numpy()})
        return torch.from_numpy(embeddings)


def export_onnx(encoder: SpeakerEncoder, path: Path | str, *, decision: DecisionRule | None = None) -> float:
    """Write `encoder` as ONNX, and check the file against it on signals of several lengths.

    The graph has one input `waveforms` (batch, samples) float32 at `sample_rate_hz`, both sizes free, and one output
    `embeddings` (batch, embedding_dim), not normalised. The rate stands in the file's metadata, and so does the
    `decision` rule if there is one; `OnnxEncoder` reads both back.

    Returns
    -------
    float
        Largest difference between onnxruntime's and torch's embeddings, relative to the longest embedding.

    Raises
    ------
    ImportError
        onnx, onnxscript or onnxruntime are not installed.
    RuntimeError
        The exported file computes something else; it is not kept.
    """
    try:
        import onnxruntime
        import onnxscript  # noqa: F401  # torch's exporter needs it
    except ImportError as error:
        raise ImportError(f"{error.name} is not installed: pip install 'axiomatic-cqm[export]'") from None
    encoder = encoder.cpu().eval()
    batch, samples = torch.export.Dim("batch", min=1), torch.export.Dim("samples", min=SHORTEST_SAMPLES)
    example = torch.zeros(2, encoder.sample_rate_hz)
    with warnings.catch_warnings(), _quiet("torch.onnx"):
        warnings.simplefilter("ignore")  # of torch's exporter about itself
        program = cast(
            torch.onnx.ONNXProgram,
            torch.onnx.export(
                encoder,
                (example,),
                dynamo=True,
                dynamic_shapes=({0: batch, 1: samples},),
                input_names=["waveforms"],
                output_names=["embeddings"],
                verbose=False,
            ),
        )
    program.model.metadata_props[RATE] = str(encoder.sample_rate_hz)
    if decision is not None:
        program.model.metadata_props[DECISION] = decision.to_json()
    with atomic_path(path) as temporary:
        program.save(temporary)
        session = onnxruntime.InferenceSession(temporary, providers=["CPUExecutionProvider"])
        difference = max(_difference(encoder, session, shape) for shape in ((1, 16_000), (3, 23_456)))
        if not difference <= TOLERANCE:
            raise RuntimeError(f"the ONNX file's embeddings are {difference:.1e} off torch's: it is not kept")
    return difference


def _difference(encoder: nn.Module, session: Any, shape: tuple[int, int]) -> float:
    waveforms = np.random.default_rng(0).normal(scale=0.1, size=shape).astype(np.float32)
    with torch.no_grad():
        expected = encoder(torch.from_numpy(waveforms)).numpy()
    (got,) = session.run(None, {"waveforms": waveforms})
    return float(np.abs(got - expected).max() / np.linalg.norm(expected, axis=1).max())


@contextmanager
def _quiet(name: str) -> Iterator[None]:
    logger = logging.getLogger(name)
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)
