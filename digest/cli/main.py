"""The command ``digest``: finds the command asked for, and loads nothing else."""

from __future__ import annotations

import gc
from importlib import import_module

import click

from digest.cli.faults import told
from digest.cli.session import Group, Session

_COMMANDS = {
    "init": "digest.cli.site:init",
    "check": "digest.cli.site:check",
    "run": "digest.cli.run:run",
    "collect": "digest.cli.collecting:collect",
    "sources": "digest.cli.sources:sources",
    "resources": "digest.cli.resources:resources",
    "themes": "digest.cli.themes:themes",
    "editions": "digest.cli.editions:editions",
    "deliveries": "digest.cli.deliveries:deliveries",
    "subscribers": "digest.cli.people:subscribers",
    "bounces": "digest.cli.bounces:bounces",
    "suppressions": "digest.cli.suppressions:suppressions",
    "editors": "digest.cli.editors:editors",
    "explain": "digest.cli.explain:explain",
    "serve": "digest.cli.serve:serve",
    "worker": "digest.cli.serve:worker",
    "web": "digest.cli.serve:web",
    "scheduler": "digest.cli.serve:scheduler",
    "db": "digest.cli.database:db",
}
"""Where each command lives, in the order of the help."""

_SELDOM = (10_000, 20, 50)
"""New objects before the youngest are looked through, and how often that before their elders."""


class _Root(Group):
    """The command itself: its parts are imported when they are asked for."""

    variable = "DIGEST_CONFIG"

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name].partition(":")
        command = getattr(import_module(module), name)
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> object:
        with told(ctx.ensure_object(Session)):
            return super().invoke(ctx)


@click.group(cls=_Root)
@click.version_option(package_name="digest-publisher", message="%(prog)s %(version)s")
def cli() -> None:
    """Watch sources, publish what is new by theme, and mail it to subscribers."""


def collect_garbage_seldom() -> None:
    """Let the interpreter look for cycles less often than it does by default.

    Few are made here, and looking through all that letters are made of took a tenth of the
    processor of a sender (measured).
    """
    gc.set_threshold(*_SELDOM)


def main() -> None:
    """Run the command line."""
    collect_garbage_seldom()
    cli(prog_name="digest")
