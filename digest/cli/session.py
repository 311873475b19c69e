"""What every command shares: the options ``--config`` and ``--verbose``, and the house."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from digest.wiring import House

_TOLD = ("digest.jobs",)
"""What these rooms log, the commands say in their reports."""


@dataclass(slots=True)
class Session:
    """What was asked for, before or after the name of the command."""

    config: Path = Path("config.toml")
    verbose: bool = False


def session() -> Session:
    """The session of the running command."""
    return click.get_current_context().find_root().ensure_object(Session)


@contextmanager
def open_house(*, talkative: bool = False) -> Iterator[House]:
    """Read the configuration and open the house that it describes.

    Args:
        talkative: log what happens; for commands that stay up instead of ending in a report.

    Raises:
        ConfigError: the configuration is wrong.
    """
    from digest import telemetry
    from digest.wiring import House, settings

    asked = session()
    telemetry.set_up(verbose=asked.verbose, told=() if talkative else _TOLD)
    with House(settings(asked.config)) as house:
        yield house


class Command(click.Command):
    """A command that takes the shared options as well."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += _shared()


class Group(click.Group):
    """A group whose commands take the shared options, as it does itself."""

    command_class = Command
    variable: str | None = None
    """Names the configuration in the environment. Only the root reads it: read again below, it
    would win over ``digest --config FILE command``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += _shared(self.variable)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name the commands in the order in which they are used."""
        return list(self.commands)


def _shared(variable: str | None = None) -> list[click.Option]:
    return [
        click.Option(
            ["--config"],
            type=click.Path(path_type=Path),
            metavar="FILE",
            envvar=variable,
            expose_value=False,
            callback=_keep_config,
            help="The configuration.  [default: $DIGEST_CONFIG or config.toml]",
        ),
        click.Option(
            ["-v", "--verbose"],
            is_flag=True,
            expose_value=False,
            callback=_keep_verbose,
            help="Log every step to standard error.",
        ),
    ]


def _keep_config(context: click.Context, _: click.Parameter, value: Path | None) -> None:
    if value is not None:
        context.find_root().ensure_object(Session).config = value


def _keep_verbose(context: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click calls it so
    if value:
        context.find_root().ensure_object(Session).verbose = True
