# ruff: noqa: INP001 - a script, not a package
"""Write commands.md, the reference of the command line, from what ``--help`` says.

::

    python docs/reference/make_commands.py
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from digest.cli.main import cli

PAGE = Path(__file__).with_name("commands.md")
_WIDTH = 96
_INTRODUCTION = """\
# Commands

<!-- Made by docs/reference/make_commands.py from the help of each command; edit that instead. -->

Every command takes `--config FILE` (else the environment variable `DIGEST_CONFIG`, else
`config.toml` in the present folder) and `-v`, before or after its name. With `--json` it prints
one JSON document on standard output; what is said to people about the work goes to standard
error. Times are shown in the time zone of the site or newsletter, and in UTC in JSON.

| exit code | means |
|---|---|
| 0 | done; also when a single source failed, since that stops nothing else: it is shown |
| 1 | failed: one line on standard error says what, and what to do |
| 2 | wrong use: an unknown name or option, or a wrong configuration |
| 130 | stopped by Ctrl-C |
"""


def page() -> str:
    """The page as it should be."""
    return "\n".join([_INTRODUCTION, *_sections(cli, "digest", None)])


def _sections(command: click.Command, path: str, parent: click.Context | None) -> Iterator[str]:
    context = click.Context(
        command, info_name=path.rpartition(" ")[2], parent=parent, terminal_width=_WIDTH
    )
    yield f"## `{path}`\n\n```text\n{_help(command, context)}\n```\n"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from _sections(inner, f"{path} {name}", context)


def _help(command: click.Command, context: click.Context) -> str:
    return "\n".join(line.rstrip() for line in command.get_help(context).splitlines())


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
