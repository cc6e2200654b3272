"""A system by name: a trained run, an untrained encoder, mean log-mel spectra, embeddings, a module of one's own."""

import os
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from hashlib import blake2b
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from torch import nn

from sv_bridge import distributed
from sv_bridge.data.manifest import Corpus
from sv_bridge.embeddings import Embeddings
from sv_bridge.exchange import FORMATS, read_embeddings
from sv_bridge.models.baselines import MeanLogMel
from sv_bridge.models.embedding import DEFAULT_OPTIONS, EmbeddingOptions, embed, remove_parts
from sv_bridge.models.encoders import build_encoder
from sv_bridge.models.export import OnnxEncoder
from sv_bridge.presets import load_config
from sv_bridge.training.checkpoint import CheckpointError, load_encoder, read_config, used_checkpoints
from sv_bridge.training.run_directory import heard_speakers
from sv_bridge.verification.decision import DecisionRule

__all__ = ["LOG_MEL", "UNTRAINED", "decision_of", "embeddings_of", "load_system", "short_names", "system_groups"]

LOG_MEL, UNTRAINED, ONNX = "log-mel", "untrained:", ".onnx"
OWN_MODULE = re.compile(r"[\w.]+:\w+")
DECISION = "decision.json"
"""File of a run that says when to accept, see `sv_bridge.verification.decision`."""


def load_system(name: str, *, average_last: int = 1) -> nn.Module:
    """Encoder of a run directory or .onnx file; "log-mel" is the mean spectrum, "untrained:PRESET" has fresh weights.

    "package.module:name" is a torch module of one's own, or what a class or function of that name returns when it is
    called without arguments; it is looked for in the current folder first.

    Raises
    ------
    CheckpointError
        No such run, or its weights don't fit its configuration.
    ValueError
        The named thing is not there, or makes no torch module.
    """
    if name == LOG_MEL:
        return MeanLogMel()
    if name.startswith(UNTRAINED):
        config = load_config(name.removeprefix(UNTRAINED))
        return build_encoder(config.encoder, seed=config.seed)
    if name.endswith(ONNX):
        return OnnxEncoder(name)
    if OWN_MODULE.fullmatch(name):
        return _own_module(*name.split(":"))
    if not Path(name).is_dir():
        raise _unknown(name)
    return load_encoder(name, average_last=average_last)


def embeddings_of(
    system: str | nn.Module, corpus: Corpus, options: EmbeddingOptions = DEFAULT_OPTIONS, *, out: Path | None = None
) -> Embeddings:
    """Embed a corpus with a system; a run keeps what it has embedded under `embeddings/` and reads it the next time.

    What was embedded before an interruption is not embedded again, for a run and where `out` is given.

    Parameters
    ----------
    system : see `load_system`; or a file of embeddings, see `sv_bridge.exchange`, of which those of the corpus'
        utterances are taken; or a torch module, see `sv_bridge.models.embedding.embed`.
    corpus : what to embed.
    options : crops, device and the like.
    out : .npz to write, too.
    """
    if isinstance(system, nn.Module):
        embeddings = embed(system, corpus, options)
        _save(embeddings, [] if out is None else [out])
        return embeddings
    name = system
    if name.endswith(FORMATS):
        if options.crops is not None:
            raise ValueError(f"{name} holds embeddings already: crops can't be chosen any more")
        if options.cross_channels is not None:
            raise ValueError(
                f"{name} holds embeddings already: make them with `sv-bridge embed --cross-channels "
                f"{options.cross_channels}` to have them crossed"
            )
        stored = read_embeddings(name)
        embeddings = stored.where(np.isin(stored.ids, [utterance.id for utterance in corpus]))
        _save(embeddings, [] if out is None else [out])
        return embeddings
    identity = _identity(name, corpus, options)
    kept = used_checkpoints(name)[1] / "embeddings" / f"{identity}.npz" if _is_run(name) else None
    written = [path for path in (kept, out) if path is not None]
    heard = heard_speakers(name) & set(corpus.speakers) if _is_run(name) else frozenset()
    if kept is not None and kept.is_file():
        embeddings = replace(Embeddings.load(kept), heard=tuple(sorted(heard)))
        _save(embeddings, written[1:])
        return embeddings
    parts = written[0].with_name(f".{identity}.parts") if written else None
    embeddings = embed(load_system(name, average_last=options.average_last), corpus, options, parts=parts)
    embeddings = replace(embeddings, heard=tuple(sorted(heard)))
    _save(embeddings, written)
    if parts is not None:
        remove_parts(parts)
    return embeddings


def decision_of(name: str) -> DecisionRule | None:
    """The rule that a run or an ONNX file carries with it, if any."""
    if name.endswith(ONNX):
        return OnnxEncoder(name).decision
    path = Path(name) / DECISION
    return DecisionRule.from_json(path.read_text(encoding="utf-8")) if path.is_file() else None


def system_groups(systems: Sequence[str]) -> dict[str, list[str]]:
    """Put runs that differ in their seed alone under one name, that of the first; other systems are by themselves.

    Raises
    ------
    CheckpointError
        One of them is not there: before any is used.
    """
    groups: dict[str, list[str]] = {}
    named: dict[str, str] = {}
    for system in systems:
        key = system
        made = system == LOG_MEL or system.startswith(UNTRAINED) or OWN_MODULE.fullmatch(system)
        if not made and not Path(system).exists():
            raise _unknown(system)
        if Path(system).is_dir():
            (checkpoint,), run = used_checkpoints(system)
            key = read_config(run).model_copy(update={"seed": 0}).model_dump_json()
            key += checkpoint.name if Path(system) == checkpoint else ""
        groups.setdefault(named.setdefault(key, system), []).append(system)
    return groups


def short_names(systems: Iterable[str]) -> dict[str, str]:
    """What tells systems apart: of runs and files, the path below the folder that all of them lie in.

    Examples
    --------
    >>> short_names(["log-mel"])
    {'log-mel': 'log-mel'}
    """
    names = {system: system for system in systems}
    files = {system: Path(system).absolute() for system in names if _is_run(system) or Path(system).is_file()}
    if files:
        above = os.path.commonpath([path.parent for path in files.values()])
        names |= {system: path.relative_to(above).as_posix() for system, path in files.items()}
    return names


def _save(embeddings: Embeddings, paths: Sequence[Path]) -> None:
    """Write files, by the first process."""
    if distributed.rank() == 0:
        for path in paths:
            embeddings.save(path)


def _unknown(name: str) -> CheckpointError:
    return CheckpointError(
        f"{name} is not a run directory, nor a file of embeddings, nor {LOG_MEL}, nor {UNTRAINED}PRESET, "
        "nor module:function"
    )


def _own_module(module: str, name: str) -> nn.Module:
    sys.path.insert(0, str(Path.cwd()))
    try:
        found = getattr(import_module(module), name)
    except (ModuleNotFoundError, AttributeError) as error:
        raise ValueError(f"{module}:{name} is not there: {error}") from None
    finally:
        sys.path.pop(0)
    encoder = found if isinstance(found, nn.Module) else found()
    if not isinstance(encoder, nn.Module):
        raise ValueError(f"{module}:{name} makes {type(encoder).__name__}: wanted a torch module")
    return encoder


def _is_run(name: str) -> bool:
    return name != LOG_MEL and not name.startswith(UNTRAINED) and Path(name).is_dir()


def _identity(name: str, corpus: Corpus, options: EmbeddingOptions) -> str:
    """What embeddings depend on, as a short name: system, weights, utterances, options."""
    system: tuple[Any, ...] = (name,)
    if _is_run(name):
        used, run = used_checkpoints(name, options.average_last)
        weights = [(path.name, path.stat().st_mtime_ns) for path in used]
        system = (weights, read_config(run).encoder.model_dump_json())
    files = [(u, str(corpus.path(u)), _changed(corpus.path(u))) for u in corpus]
    return blake2b(repr((system, files, options.identity)).encode(), digest_size=12).hexdigest()


def _changed(path: Path) -> int:
    """When a file was last changed; 0 where there is none."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
