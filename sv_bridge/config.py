"""What a training run is made of, typed: unknown keys, wrong types and impossible values are errors with a cure.

The sections of encoders and methods stand in their files, in `sv_bridge.models.encoders` and `sv_bridge.methods`.
"""

import difflib
import functools
import operator
from collections.abc import Iterator, Mapping
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt
from pydantic import ValidationError as PydanticError

from sv_bridge.methods.method import MethodConfig
from sv_bridge.models.encoders.encoder import EncoderConfig
from sv_bridge.sections import ConfigError, Fraction, Section, kinds

__all__ = [
    "ConfigError",
    "DataConfig",
    "RunConfig",
    "ScheduleConfig",
    "TrainingConfig",
    "config_keys",
    "flat",
    "parse_config",
    "resolve_key",
    "settings_of",
]

# Sections that come in several kinds, told apart by their `name`.
KINDS: Mapping[str, Mapping[str, type[Section]]] = {
    "encoder": kinds("sv_bridge.models.encoders", EncoderConfig),
    "method": kinds("sv_bridge.methods", MethodConfig),
}

if TYPE_CHECKING:
    AnyEncoder = EncoderConfig
    AnyMethod = MethodConfig
else:
    AnyEncoder, AnyMethod = (
        Annotated[functools.reduce(operator.or_, found.values()), Field(discriminator="name")]
        for found in KINDS.values()
    )


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
    precision: Literal["float32", "bfloat16", "float16", "auto"] = "float32"  # auto: bfloat16 on a GPU that has it
    sync_batch_norm: bool = True
    channels_last: bool = False  # memory format of 2-D convolutions
    compile: bool = False
    checkpoint_steps: PositiveInt | None = None
    keep_checkpoints: PositiveInt = 1
    validate_epochs: NonNegativeInt = 1
    validate_crossed: NonNegativeInt | None = None  # seed of channels to validate through, too: dev_eer_crossed
    compactness: bool = False


class RunConfig(Section):
    """Everything a run depends on, the corpus apart."""

    preset: str = ""
    source: str = ""
    seed: NonNegativeInt = 0
    start_from: str | None = None  # run directory or checkpoint whose weights training starts from
    encoder: AnyEncoder
    method: AnyMethod
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
    sv_bridge.sections.ConfigError: unknown key `trainig`: did you mean `training`?
    `encoder`: field required
    `method`: field required
    `training`: field required
    """
    try:
        return RunConfig.model_validate(raw)
    except PydanticError as error:
        messages = sorted((_explain(e) for e in error.errors()), key=lambda text: not text.startswith("unknown"))
        raise ConfigError("\n".join(messages)) from None


def config_keys() -> tuple[str, ...]:
    """All keys that a configuration may have, dotted, sections included, those of every kind of section.

    Examples
    --------
    >>> "encoder.features.mels" in config_keys()
    True
    """
    return tuple(dict.fromkeys(_keys(RunConfig, "")))


def settings_of(section: str, kind: str) -> tuple[str, ...]:
    """Keys of one kind of a section, without the section's name; none where there is no such kind.

    Examples
    --------
    >>> settings_of("encoder", "ecapa_tdnn")[:2], settings_of("data", "")
    (('name', 'embedding_dim'), ())
    """
    found = KINDS.get(section, {})
    return tuple(dict.fromkeys(_keys(found[kind], ""))) if kind in found else ()


def resolve_key(name: str, raw: Mapping[str, Any] | None = None) -> str:
    """Full dotted key of `name`, which may leave out leading sections as long as one key only ends so.

    A name that is unknown raises a ConfigError; the key it suggests is one that the configuration `raw` can have.

    Examples
    --------
    >>> resolve_key("margin")
    'method.margin'
    """
    keys = config_keys()
    if name in keys:
        return name
    matches = [key for key in keys if key.endswith(f".{name}")]
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise ConfigError(f"key `{name}` is ambiguous: {' or '.join(f'`{key}`' for key in matches)}")
    raise ConfigError(_unknown(name, _possible(raw or {})))


def _possible(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """Keys of a configuration, of the kinds alone that its sections are of."""
    keys = config_keys()
    for section in KINDS.keys() & raw.keys():
        if settings := settings_of(section, str(dict(raw[section] or {}).get("name"))):
            keys = tuple(key for key in keys if not key.startswith(f"{section}."))
            keys += tuple(f"{section}.{name}" for name in settings)
    return keys


def _keys(annotation: Any, prefix: str) -> Iterator[str]:
    """Dotted keys of a section class, or of a union, optional or annotated one."""
    if get_origin(annotation) in (Union, UnionType, Annotated):
        for part in get_args(annotation):
            yield from _keys(part, prefix)
    elif isinstance(annotation, type) and issubclass(annotation, Section):
        for name, field in annotation.model_fields.items():
            yield prefix + name
            yield from _keys(field.annotation, f"{prefix}{name}.")


def _unknown(name: str, keys: tuple[str, ...]) -> str:
    section, _, leaf = name.rpartition(".")
    all_leaves = {key.rpartition(".")[2]: key for key in reversed(keys)}
    siblings = {key.rpartition(".")[2]: key for key in keys if key.rpartition(".")[0] == section}
    close = [
        leaves[match]
        for leaves in (siblings, all_leaves)
        for match in difflib.get_close_matches(leaf, leaves, n=1, cutoff=0.6)
    ]
    known = ", ".join(siblings.values()) or ", ".join(keys)
    cure = f"did you mean `{close[0]}`?" if close else f"known keys here: {known}"
    return f"unknown key `{name}`: {cure}"


def _explain(error: Any) -> str:
    location = [part for part in error["loc"] if not str(part).startswith("<")]  # "<…>" tags the parts of a union
    section, kind = str(location[0]), ""
    if section in KINDS and len(location) > 1 and location[1] in KINDS[section]:
        kind = str(location.pop(1))
    key = ".".join(map(str, location))
    if error["type"] == "extra_forbidden":
        if not kind:
            return _unknown(key, config_keys())
        settings = settings_of(section, kind)
        if key in config_keys():
            if tags := [str(part) for part in error["loc"] if part not in location and part != kind]:
                return f"unknown key `{key}`: {tags[-1].strip('<>')} has no such setting"
            has = ", ".join(name for name in settings if name != "name" and "." not in name)
            return f"unknown key `{key}`: {kind} has no such setting; it has {has}"
        return _unknown(key, tuple(f"{section}.{name}" for name in settings))
    message = error["msg"][0].lower() + error["msg"][1:]
    got = "" if isinstance(error["input"], Mapping) else f", got {error['input']!r}"
    return f"`{key}`: {message}{got}"


def flat(tree: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested mapping as one with dotted keys.

    >>> flat({"a": 1, "b": {"c": 2}})
    {'a': 1, 'b.c': 2}
    """
    values: dict[str, Any] = {}
    for key, value in tree.items():
        values.update(flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {prefix + key: value})
    return values
