"""Encoders as ONNX files: waveform in, embedding out, features included."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from torch import nn

from sv_bridge.atomic import atomic_path
from sv_bridge.models.encoders import SpeakerEncoder

__all__ = ["export_onnx"]

TOLERANCE = 1e-3  # relative to the longest embedding: float32 sums in another order, through tens of layers
SHORTEST_SAMPLES = 400


def export_onnx(encoder: SpeakerEncoder, path: Path | str) -> float:
    """Write `encoder` as ONNX, and check the file against it on signals of several lengths.

    The graph has one input `waveforms` (batch, samples) float32 at `sample_rate_hz`, both sizes free, and one output
    `embeddings` (batch, embedding_dim), not normalised. The rate stands in the file's metadata.

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
    program.model.metadata_props["sample_rate_hz"] = str(encoder.sample_rate_hz)
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
