"""Who sits at this terminal, as the records name them."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from typing import Any, TypeVar

import click

_Command = TypeVar("_Command", bound=Callable[..., Any])


def by_option(command: _Command) -> _Command:
    """Add ``--by``, the name that is kept with what is done."""
    return click.option(
        "--by", default=_user, metavar="NAME", help="Who does it.  [default: your user name]"
    )(command)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run as a number without a name
        return "command line"
