"""What sections of a configuration have in common, and how methods and encoders are found by their file."""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from inspect import isabstract, isclass
from typing import Annotated, Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = ["ConfigError", "Fraction", "Section", "kinds"]

Fraction = Annotated[float, Field(ge=0.0, le=1.0)]


class ConfigError(ValueError):
    """A configuration that cannot be run; the message names the key and the cure."""


class Section(BaseModel):
    """Common rules of all sections: frozen, and no key that isn't declared.

    A section within a section may be given in part: the rest is as in the outer section's default.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, raw: Any) -> Any:
        if not isinstance(raw, Mapping):
            return raw
        defaults = {name: cls.model_fields[name].default for name in raw if name in cls.model_fields}
        return {
            name: default.model_dump() | dict(value)
            if isinstance(default := defaults.get(name), Section) and isinstance(value, Mapping)
            else value
            for name, value in raw.items()
        }


S = TypeVar("S", bound=Section)


@cache
def kinds(room: str, base: type[S]) -> Mapping[str, type[S]]:
    """Name → section, of every class in the modules of the package `room` that derives from `base` and has a name.

    A section says its names as the type of its field `name`: ``name: Literal["moco"]``. So a new file is all that a new
    kind needs.

    Raises
    ------
    TypeError
        Two classes have the same name.
    """
    found: dict[str, type[S]] = {}
    for module in pkgutil.iter_modules(importlib.import_module(room).__path__):
        for value in vars(importlib.import_module(f"{room}.{module.name}")).values():
            if isclass(value) and issubclass(value, base) and not isabstract(value):
                for name in get_args(value.model_fields["name"].annotation):
                    if found.setdefault(name, value) is not value:
                        raise TypeError(f"{found[name].__module__} and {value.__module__} are both named {name!r}")
    return found
