"""What a training run is made of, typed: unknown keys, wrong types and impossible values are errors with a cure."""

import difflib
from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt
from pydantic import ValidationError as PydanticError

__all__ = [
    "ConfigError",
    "DataConfig",
    "EcapaConfig",
    "EncoderConfig",
    "FeatureConfig",
    "LossConfig",
    "MoCoConfig",
    "ProjectorConfig",
    "ResNetConfig",
    "RunConfig",
    "ScheduleConfig",
    "SimCLRConfig",
    "TdnnConfig",
    "TrainingConfig",
    "parse_config",
]

Fraction = Annotated[float, Field(ge=0.0, le=1.0)]


class ConfigError(ValueError):
    """A configuration that cannot be run; the message names the key and the cure."""


class Section(BaseModel):
    """Common rules of all sections: frozen, and no key that isn't declared."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)


class FeatureConfig(Section):
    """Log-mel features; see `sv_bridge.models.features.LogMel`."""

    mels: PositiveInt = 40
    n_fft: PositiveInt = 512
    window: Literal["hamming", "hann"] = "hamming"
    window_ms: PositiveFloat = 25.0
    hop_ms: PositiveFloat = 10.0
    low_hz: NonNegativeFloat = 0.0
    high_hz: PositiveFloat = 8000.0
    triangles: Literal["hertz", "mel"] = "hertz"
    preemphasis: Fraction = 0.0
    normalise: Literal["instance", "mean", "level", "none"] = "instance"


class BaseEncoderConfig(Section):
    """What every encoder has."""

    embedding_dim: PositiveInt = 512
    features: FeatureConfig = FeatureConfig()


Pooling = Literal["statistics", "attentive_statistics", "self_attentive"]


class ResNetConfig(BaseEncoderConfig):
    """Thin and Fast ResNet-34; see `sv_bridge.models.encoders.resnet`."""

    name: Literal["thin_resnet34", "fast_resnet34"]
    base_channels: PositiveInt = 16
    pooling: Pooling = "self_attentive"


class EcapaConfig(BaseEncoderConfig):
    """ECAPA-TDNN; see `sv_bridge.models.encoders.ecapa`."""

    name: Literal["ecapa_tdnn"]
    channels: PositiveInt = 512
    embedding_dim: PositiveInt = 192
    features: FeatureConfig = FeatureConfig(mels=80)


class TdnnConfig(BaseEncoderConfig):
    """Small time-delay network for one CPU; see `sv_bridge.models.encoders.tdnn`."""

    name: Literal["tdnn"]
    channels: PositiveInt = 128
    frame_dim: PositiveInt = 384
    embedding_dim: PositiveInt = 192
    pooling: Pooling = "attentive_statistics"


EncoderConfig = Annotated[ResNetConfig | EcapaConfig | TdnnConfig, Field(discriminator="name")]


class ProjectorConfig(Section):
    """Two-layer head between the embedding and the loss; left out after training."""

    hidden_dim: PositiveInt = 2048
    output_dim: PositiveInt = 256


class SimCLRConfig(Section):
    """Negatives are the other utterances of the batch."""

    name: Literal["simclr"]
    projector: ProjectorConfig | None = None


class MoCoConfig(Section):
    """Negatives are a queue of keys from a slowly following copy of the encoder."""

    name: Literal["moco"]
    projector: ProjectorConfig | None = None
    queue_size: PositiveInt = 32768
    momentum: Fraction = 0.999
    bidirectional: bool = False


class LossConfig(Section):
    """The contrastive loss and its margin; see `sv_bridge.methods.losses`."""

    scale: PositiveFloat = 30.0
    symmetric: bool = True
    margin: NonNegativeFloat = 0.0
    margin_kind: Literal["additive", "angular", "curricular"] = "additive"
    margin_warmup_epochs: NonNegativeFloat = 0.0
    margin_learnable: bool = False
    prevent_collisions: bool = False


class DataConfig(Section):
    """Crops and augmentation; see `sv_bridge.data`."""

    crop_seconds: PositiveFloat = 2.0
    min_seconds: NonNegativeFloat = 0.0  # shorter utterances are not trained on
    non_overlapping: bool = True
    augmentation: Literal["none", "default", "channel"] = "default"
    augmented: Fraction = 1.0  # share of the views that are
    musan: str | None = None
    rirs: str | None = None
    speeds: tuple[PositiveFloat, ...] = (1.0,)
    memory_hours: NonNegativeFloat = 0.0
    workers: NonNegativeInt | None = None  # None: one for each processor but one, at most 8, shared among processes


class ScheduleConfig(Section):
    """Learning rate as a function of the step; see `sv_bridge.training.schedule`."""

    kind: Literal["step", "cosine", "constant"] = "step"
    warmup_epochs: NonNegativeFloat = 0.0
    decay: Fraction = 0.95
    every_epochs: PositiveInt = 10


class TrainingConfig(Section):
    """How long, how fast, how precisely."""

    epochs: PositiveInt
    batch_size: PositiveInt
    learning_rate: PositiveFloat = 1e-3
    weight_decay: NonNegativeFloat = 0.0
    schedule: ScheduleConfig = ScheduleConfig()
    clip_norm: PositiveFloat | None = None
    accumulate: PositiveInt = 1
    precision: Literal["float32", "bfloat16", "float16"] = "float32"
    sync_batch_norm: bool = True
    channels_last: bool = False
    compile: bool = False
    checkpoint_steps: PositiveInt | None = None
    keep_checkpoints: PositiveInt = 1
    validate_epochs: NonNegativeInt = 1
    compactness: bool = False


class RunConfig(Section):
    """Everything a run depends on, the corpus apart."""

    preset: str = ""
    source: str = ""
    seed: NonNegativeInt = 0
    encoder: EncoderConfig
    framework: Annotated[SimCLRConfig | MoCoConfig, Field(discriminator="name")]
    loss: LossConfig = LossConfig()
    data: DataConfig = DataConfig()
    training: TrainingConfig


def parse_config(raw: Mapping[str, Any]) -> RunConfig:
    """Check a nested mapping, as read from YAML.

    Raises
    ------
    ConfigError
        Names every unknown key with the nearest known one, and every wrong value.

    Examples
    --------
    >>> parse_config({"trainig": {}})
    Traceback (most recent call last):
    sv_bridge.config.ConfigError: unknown key `trainig`: did you mean `training`?
    `encoder`: field required
    `framework`: field required
    `training`: field required
    """
    try:
        return RunConfig.model_validate(raw)
    except PydanticError as error:
        messages = sorted((_explain(e) for e in error.errors()), key=lambda text: not text.startswith("unknown"))
        raise ConfigError("\n".join(messages)) from None


def config_keys() -> tuple[str, ...]:
    """All keys that a configuration may have, dotted, sections included.

    Examples
    --------
    >>> "encoder.features.mels" in config_keys()
    True
    """
    return tuple(dict.fromkeys(_keys(RunConfig, "")))


def resolve_key(name: str) -> str:
    """Full dotted key of `name`, which may leave out leading sections as long as one key only ends so.

    Examples
    --------
    >>> resolve_key("margin")
    'loss.margin'
    """
    keys = config_keys()
    if name in keys:
        return name
    matches = [key for key in keys if key.endswith(f".{name}")]
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise ConfigError(f"key `{name}` is ambiguous: {' or '.join(f'`{key}`' for key in matches)}")
    raise ConfigError(_unknown(name))


def _keys(annotation: Any, prefix: str) -> Iterator[str]:
    """Dotted keys of a section class, or of a union, optional or annotated one."""
    if get_origin(annotation) in (Union, UnionType, Annotated):
        for part in get_args(annotation):
            yield from _keys(part, prefix)
    elif isinstance(annotation, type) and issubclass(annotation, Section):
        for name, field in annotation.model_fields.items():
            yield prefix + name
            yield from _keys(field.annotation, f"{prefix}{name}.")


def _unknown(name: str) -> str:
    keys = config_keys()
    section = name.rpartition(".")[0]
    leaves = {key.rpartition(".")[2]: key for key in reversed(keys)}
    siblings = [key for key in keys if key.rpartition(".")[0] == section]
    close = difflib.get_close_matches(name, siblings, n=1, cutoff=0.6) or [
        leaves[leaf] for leaf in difflib.get_close_matches(name.rpartition(".")[2], leaves, n=1, cutoff=0.6)
    ]
    cure = f"did you mean `{close[0]}`?" if close else f"known keys here: {', '.join(siblings) or ', '.join(keys)}"
    return f"unknown key `{name}`: {cure}"


def _explain(error: Any) -> str:
    tags = {"thin_resnet34", "fast_resnet34", "ecapa_tdnn", "tdnn", "simclr", "moco"}  # of the tagged unions
    key = ".".join(str(part) for part in error["loc"] if part not in tags)
    if error["type"] == "extra_forbidden":
        return _unknown(key)
    message = error["msg"][0].lower() + error["msg"][1:]
    got = (
        "" if error["type"] in ("missing", "union_tag_invalid", "union_tag_not_found") else f", got {error['input']!r}"
    )
    return f"`{key}`: {message}{got}"
