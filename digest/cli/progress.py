"""What people see of long work while it goes on, on standard error and at a terminal only."""

from __future__ import annotations

import logging
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from digest.core.hygiene import line


def at_terminal() -> bool:
    """Whether somebody watches standard error."""
    return sys.stderr.isatty()


@contextmanager
def progress(length: int, label: str) -> Iterator[Callable[[str], None]]:
    """Show a bar on standard error while it is a terminal.

    Yields:
        What to call before each step, with its name.
    """
    if not at_terminal():
        yield lambda _: None
        return
    with click.progressbar(
        length=length, label=label, file=sys.stderr, item_show_func=lambda item: item or ""
    ) as bar:
        steps = 0

        def step(name: str) -> None:
            nonlocal steps
            bar.update(1 if steps else 0, name)
            steps += 1

        yield step
        bar.update(1)


@contextmanager
def activity() -> Iterator[None]:
    """Show what is going on, one line that is written over, while somebody watches.

    The line tells what the jobs log.
    """
    jobs, shown = logging.getLogger("digest.jobs"), _Activity()
    if not at_terminal() or jobs.isEnabledFor(logging.DEBUG):
        yield
        return
    before = jobs.level
    jobs.addHandler(shown)
    jobs.setLevel(logging.INFO)
    try:
        yield
    finally:
        jobs.removeHandler(shown)
        jobs.setLevel(before)
        click.echo("\r\x1b[K", nl=False, err=True)


class _Activity(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        room = shutil.get_terminal_size().columns - 1
        click.echo(f"\r{line(record.getMessage())[:room]}\x1b[K", nl=False, err=True)
