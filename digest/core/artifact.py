"""What renderers make of an edition."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Artifact:
    """A document that readers fetch.

    Attributes:
        path: relative to the published root, such as ``weekly/2026-11-23/index.html``; only
            ``/`` separates, no part is ``.`` or ``..``.
        media_type: with charset, as it goes into the Content-Type header.
    """

    path: str
    media_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class PersonalTokens:
    """Stand-ins for personal values in a rendered body.

    Each is a word that no source can guess (it is made with the site's key), else feed text
    could forge one and read a subscriber's address (research/rendering.md 1.2).
    """

    nonce: str

    def __getattr__(self, name: str) -> str:
        """The stand-in for one of :data:`PERSONAL`, as templates write it: ``personal.email``."""
        if name not in PERSONAL:
            raise AttributeError(name)
        return f"N{self.nonce}{name}N"


PERSONAL = ("email", "since", "preferences_url", "unsubscribe_url")
"""The personal values a letter may hold; ``unsubscribe_url`` must be in both its bodies."""


@dataclass(frozen=True, slots=True)
class EmailBody:
    """An edition as email for readers of the same themes, before it is anybody's letter.

    ``text`` and ``html`` are cut where themes begin and end, so that equal parts of different
    selections are the same objects and need to be encoded once (see
    :mod:`digest.core.letter`). Personal values are stand-ins of :class:`PersonalTokens`.
    """

    subject: str
    preheader: str
    text: tuple[str, ...]
    html: tuple[str, ...]
