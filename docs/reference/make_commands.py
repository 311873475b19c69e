# ruff: noqa: INP001 - a script, not a package
"""Write commands.md, the reference of the command line, from what each command says of itself.

::

    python docs/reference/make_commands.py
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

import click

from digest.cli.main import cli

PAGE = Path(__file__).with_name("commands.md")
_EVERYWHERE = frozenset({"--config", "--verbose", "--help", "--version"})
_BAR = "\\|"
"""A bar within a cell."""
_INTRODUCTION = """\
# Commands

<!-- Made by docs/reference/make_commands.py from the help of each command; edit that instead. -->

`digest`, or `python -m digest`. Every command also takes, before or after its name,

| option | meaning |
|---|---|
| `--config FILE` | the configuration; else what `DIGEST_CONFIG` names; else `config.toml` |
| `--verbose`, `-v` | log every step to standard error |
| `--help` | what it does and takes |

| exit code | means |
|---|---|
| 0 | done; also when a single source failed, since that stops nothing else: it is shown |
| 1 | failed: one line on standard error says what, and what to do |
| 2 | wrong use: an unknown name or option, or a wrong configuration |
| 130 | stopped by Ctrl-C |

What a command found goes to standard output, everything else to standard error. With `--json` the
output is one JSON document. Times are shown in the time zone of the site or newsletter, in JSON
in UTC.
"""


def page() -> str:
    """The page as it should be."""
    context = click.Context(cli, info_name="digest")
    return "\n".join([_INTRODUCTION, *_inside(cli, "digest", 2, context)])


def _inside(group: click.Group, path: str, level: int, parent: click.Context) -> Iterator[str]:
    for name in group.list_commands(parent):
        command = group.get_command(parent, name)
        assert command is not None
        context = click.Context(command, info_name=name, parent=parent)
        yield from _section(command, f"{path} {name}", level, context)
        if isinstance(command, click.Group):
            yield from _inside(command, f"{path} {name}", level + 1, context)


def _section(
    command: click.Command, path: str, level: int, context: click.Context
) -> Iterator[str]:
    yield f"{'#' * level} `{path}`\n"
    arguments = [p.make_metavar(context) for p in command.params if isinstance(p, click.Argument)]
    if arguments:
        yield f"`{path} {' '.join(arguments)}`\n"
    yield from map(_paragraph, inspect.cleandoc(command.help or "").split("\n\n"))
    options = [p for p in command.params if isinstance(p, click.Option)]
    rows = [_row(option, context) for option in options if _EVERYWHERE.isdisjoint(option.opts)]
    if rows:
        yield "\n".join(["| option | meaning |", "|---|---|", *rows]) + "\n"


def _paragraph(text: str) -> str:
    """A paragraph; what click must not wrap stands as it is written."""
    as_written = text.removeprefix("\b\n")
    return f"{text}\n" if as_written == text else f"```text\n{as_written}\n```\n"


def _row(option: click.Option, context: click.Context) -> str:
    said = option.get_help_record(context)
    assert said is not None
    value = "" if option.is_flag else f" {option.make_metavar(context)}"
    names = ", ".join(f"`{name}{value}`" for name in option.opts)
    meaning = " ".join(said[1].removesuffix(".").split())
    cells = (names, meaning[:1].lower() + meaning[1:])
    return f"| {' | '.join(cell.replace('|', _BAR) for cell in cells)} |"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
