"""Named recipes: YAML files beside this one. `extends:` names the file whose values a recipe starts from."""

import difflib
import logging
from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from sv_bridge.config import KINDS, ConfigError, RunConfig, parse_config, resolve_key, settings_of

__all__ = ["load_config", "preset_name", "preset_names"]

logger = logging.getLogger(__name__)


def preset_names() -> tuple[str, ...]:
    """Names of the presets, sorted; files that start with an underscore are bases of others.

    Examples
    --------
    >>> "tiny-snt" in preset_names()
    True
    """
    files = resources.files(__name__).iterdir()
    names = (Path(file.name) for file in files)
    return tuple(sorted(name.stem for name in names if name.suffix == ".yaml" and name.name[0] != "_"))


def preset_name(name: str) -> str:
    """Full name of a preset; a name without a family means the tiny one, with or without ``simclr-`` before the loss.

    Examples
    --------
    >>> preset_name("simclr-am"), preset_name("moco"), preset_name("odyssey2024-am")
    ('tiny-am', 'tiny-moco', 'odyssey2024-am')
    """
    names = preset_names()
    for candidate in (name, f"tiny-{name}", f"tiny-{name.removeprefix('simclr-')}"):
        if candidate in names:
            return candidate
    close = difflib.get_close_matches(name, names, n=1)
    cure = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(names)}, or a path ending in .yaml"
    raise ConfigError(f"no preset {name!r}: {cure}")


def load_config(name: str | Path, overrides: Iterable[str] = ()) -> RunConfig:
    """Configuration of a preset or of a YAML file of one's own, changed by ``key=value`` overrides.

    A key may leave out leading sections where that is unambiguous: ``margin=0.1`` means ``method.margin=0.1``. Values
    are YAML: ``projector=null`` removes a section. Where a change names another encoder or method, it keeps those of
    the preset's settings that it has too; the others give way, which is logged.

    Raises
    ------
    ConfigError
        Unknown preset, unreadable YAML, unknown or ambiguous key, or a value that doesn't fit.

    Examples
    --------
    >>> load_config("tiny-am", ["margin=0.4"]).method.margin
    0.4
    """
    path = Path(name)
    is_file = path.suffix in (".yaml", ".yml")
    stem = path.stem if is_file else preset_name(str(name))
    raw = {"preset": stem} | (_read(path) if is_file else _read_preset(stem))
    for override in overrides:
        key, equals, value = override.partition("=")
        if not equals:
            raise ConfigError(f"an override is key=value, got {override!r}")
        raw = _change(raw, _nest(resolve_key(key.strip(), raw), _parse(value, f"override {override!r}")))
    return parse_config(raw)


def _read_preset(name: str) -> dict[str, Any]:
    with resources.as_file(resources.files(__name__) / f"{name}.yaml") as path:
        return _read(path)


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(f"{path} does not exist; presets are {', '.join(preset_names())}") from None
    raw = _parse(text, str(path))
    if not isinstance(raw, dict):
        raise ConfigError(f"{path} must hold keys and values, got {type(raw).__name__}")
    base = raw.pop("extends", None)
    return raw if base is None else _change(_read_preset(str(base)), raw)


def _parse(text: str, where: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigError(f"{where} is not YAML: {error}") from None


def _change(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Merge; of a section whose kind changes, what the new kind does not have gives way."""
    kept = dict(base)
    for section in KINDS:
        old, new = base.get(section), changes.get(section)
        if (
            isinstance(old, dict)
            and isinstance(new, dict)
            and old.get("name") != (kind := new.get("name", old.get("name")))
        ):
            settings = settings_of(section, str(kind)) or old  # no such kind: parsing will say so
            kept[section] = {key: value for key, value in old.items() if key in settings} | {"name": kind}
            if lost := old.keys() - kept[section].keys():
                logger.warning("%s has no setting %s: the preset's gives way", kind, ", ".join(sorted(lost)))
    return _merge(kept, changes)


def _merge(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in changes.items():
        old = merged.get(key)
        if isinstance(old, dict) and isinstance(value, dict) and value.get("name") in (None, old.get("name")):
            value = _merge(old, value)
        merged[key] = value
    return merged


def _nest(key: str, value: Any) -> dict[str, Any]:
    for part in reversed(key.split(".")):
        value = {part: value}
    return value
