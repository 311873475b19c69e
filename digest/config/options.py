"""Typed, frozen tables, and how their faults are told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from digest.errors import ConfigError, Problem

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

UNKNOWN = "unknown key; remove it or check its spelling"
_EXPECTED = {
    "string": "text in quotes",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "tuple": "a list; of tables, each under [[double brackets]]",
    "model": "a table",
    "dict": "a table",
}
"""In words of TOML, by the start of the name that pydantic gives to a fault of the type."""


class Options(BaseModel):
    """A table of the configuration; unknown keys are faults, values never change."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


O = TypeVar("O", bound=BaseModel)  # noqa: E741 - the conventional single letter would be T; O is for options


def read_options(model: type[O], table: Mapping[str, object], *, file: str, key: str) -> O:
    """Check one table.

    Args:
        model: what the table must be.
        table: what stands in the file.
        file: name of the file, for the message.
        key: dotted name of the table, for the message.

    Raises:
        ConfigError: with one problem per wrong key or value.
    """
    try:
        return model.model_validate(table)
    except ValidationError as error:
        raise ConfigError(*problems(error, file=file, key=key)) from None


def problems(error: ValidationError, *, file: str, key: str = "") -> list[Problem]:
    """Turn a validation error into sentences; values are left out, they may be secrets."""
    return [Problem(file, _name(key, detail), _expected(detail)) for detail in error.errors()]


def _name(prefix: str, detail: ErrorDetails) -> str:
    name = prefix
    for part in detail["loc"]:
        name += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return name.lstrip(".") or "file"


def _expected(detail: ErrorDetails) -> str:
    match detail["type"]:
        case "extra_forbidden":
            return UNKNOWN
        case "missing":
            return "is required"
        case "value_error":
            return str(detail["ctx"]["error"])
    kind, _, fault = detail["type"].partition("_")
    if fault in {"type", "parsing", "from_float"} and kind in _EXPECTED:
        return f"expected {_EXPECTED[kind]}"
    message = detail["msg"].removeprefix("Input should be ")
    number = "a number " if kind in {"greater", "less"} else ""
    return f"expected {number}{message[:1].lower()}{message[1:]}"
