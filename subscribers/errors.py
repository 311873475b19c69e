"""What can go wrong with people, as one tree.

::

    PeopleError                  a sentence for people, and whether trying again can help
     +- UnknownSubscriberError   nobody with this address or number is here
     +- BadAddressError          this is no address that mail can reach
     +- BadSlugError             this cannot be the name of a newsletter or theme
     +- BadTokenError            this link opens nothing
     +- GoneError                this link was good and has run out
     +- TooManyError             too much was asked for, by one or by all
     +- ProofError               a proof of work is wanted
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


class GoneError(PeopleError):
    """This link was good and has run out."""

    def __init__(self) -> None:
        super().__init__("This link has run out: it works for a week. Please ask for a new letter")


class TooManyError(PeopleError):
    """Too much was asked for; later it is taken again."""

    permanent = False


class ProofError(PeopleError):
    """A proof of work is wanted before anything is taken."""

    permanent = False


class ErasedError(PeopleError):
    """This person asked to be forgotten, and has not come back."""


class BadFileError(PeopleError):
    """A file as a whole is not what the import reads."""


class UnavailableError(PeopleError):
    """The database is locked, full or out of reach."""

    permanent = False
