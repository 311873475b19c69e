"""What can go wrong, as one tree.

::

    DigestError                 a sentence for people, and whether trying again can help
     +- ConfigError             the configuration is wrong; nothing was started
     +- UsageError              a command was asked for something that is not there
     +- FetchError              an outside address did not give what was asked
     +- ParseError              what came cannot be read as what it claims to be
     +- InspectionError         a letter could not be looked at, such as for want of a tool
     +- RenderError             a template or a value in it is wrong
     +- PublishError            a file could not be put where readers fetch it
     +- DeliveryError           the mail server could not be reached or spoken with
     +- StorageError            the database is locked, full, old or out of reach
     +- ForgedError             what came is not signed by whom it should be
     +- BlockedError            a check stands against it
     +- ConflictError           somebody else did it first, or it changed meanwhile
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


class DigestError(Exception):
    """Something this program can name.

    Attributes:
        permanent: trying the same again cannot help.
    """

    permanent = True


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with the configuration: where, what was expected."""

    file: str
    key: str
    expected: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.expected}"


class ConfigError(DigestError):
    """The configuration is wrong; every problem found is listed."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class UsageError(DigestError):
    """A command named something that is not there."""


class FetchError(DigestError):
    """An outside address did not give what was asked.

    Attributes:
        wait: how long it asked us to stay away (Retry-After).
    """

    def __init__(
        self, message: str, *, permanent: bool = False, wait: timedelta | None = None
    ) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.wait = wait


class ParseError(DigestError):
    """What came cannot be read as what it claims to be."""


class InspectionError(DigestError):
    """A letter could not be looked at by a tool from outside."""

    permanent = False


class RenderError(DigestError):
    """A template, or a value in it, is wrong."""


class PublishError(DigestError):
    """A file could not be put where readers fetch it."""

    permanent = False


class DeliveryError(DigestError):
    """The mail server could not be reached or spoken with."""

    permanent = False


class StorageError(DigestError):
    """The database is locked, full, old or out of reach."""

    permanent = False


class ForgedError(DigestError):
    """What came is not signed by whom it should be, or was signed long ago."""


class IdentityError(DigestError):
    """It is not proven who somebody is."""


class BlockedError(DigestError):
    """A check stands against it, and nobody said why it should be done all the same."""


class ConflictError(DigestError):
    """Somebody else did it first, or it changed meanwhile."""
