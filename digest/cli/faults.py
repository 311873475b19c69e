"""How a command ends when something goes wrong: one clear line and the right exit code.

0 done, 1 failed, 2 wrong use or wrong configuration, 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import click

from digest.cli.session import Session
from digest.errors import ConfigError, DigestError, UsageError

_STOPPED = 130


class Failure(click.ClickException):
    """What is said on standard error, and the exit code."""

    exit_code = 1

    def show(self, file: IO[Any] | None = None) -> None:
        """Print each line of the message with the name of the program ahead."""
        for line in self.message.splitlines():
            click.echo(f"digest: {line}", file=file, err=file is None)


class WrongUse(Failure):
    """Asked for what is not there, or configured wrongly."""

    exit_code = 2


@contextmanager
def told(asked: Session) -> Iterator[None]:
    """Turn what is raised inside the block into what people are told; verbose: and how it came."""
    try:
        yield
    except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
        raise
    except KeyboardInterrupt:
        raise click.exceptions.Exit(_STOPPED) from None
    except Exception as error:
        if asked.verbose:
            traceback.print_exc()
        raise _failure(error) from error


def _failure(error: Exception) -> Failure:
    from subscribers import PeopleError, UnknownSubscriberError

    if isinstance(error, ConfigError | UsageError | UnknownSubscriberError):
        return WrongUse(str(error))
    if isinstance(error, DigestError | PeopleError):
        return Failure(str(error))
    said = " ".join(f"{type(error).__name__}: {error}".split())
    return Failure(f"a fault in the program: {said}; run with --verbose for the details")
