"""What can go wrong with people, as one tree.

::

    PeopleError                  a sentence for people, and whether trying again can help
     +- UnknownSubscriberError   nobody with this address or number is here
     +- BadAddressError          this is no address that mail can reach
     +- BadSlugError             this cannot be the name of a newsletter or theme
     +- BadTokenError            this link opens nothing
     +- ErasedError              this person asked to be forgotten
     +- BadFileError             a file as a whole is not what the import reads
     +- UnavailableError         the database is locked, full or out of reach
"""

from __future__ import annotations


class PeopleError(Exception):
    """Something this house can name.

    Attributes:
        permanent: trying the same again cannot help.
    """

    permanent = True


class UnknownSubscriberError(PeopleError):
    """Nobody with this address or number is here."""


class BadAddressError(PeopleError):
    """This is no address that mail can reach."""


class BadSlugError(PeopleError):
    """This cannot be the name of a newsletter or theme."""


class BadTokenError(PeopleError):
    """This link opens nothing; the sentence is the same whatever is wrong with it."""

    def __init__(self) -> None:
        super().__init__("This link is not known here; use the whole link from the letter")


class ErasedError(PeopleError):
    """This person asked to be forgotten, and has not come back."""


class BadFileError(PeopleError):
    """A file as a whole is not what the import reads."""


class UnavailableError(PeopleError):
    """The database is locked, full or out of reach."""

    permanent = False
