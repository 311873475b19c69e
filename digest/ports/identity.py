"""Who vouches for the people at the desk, where that is somebody else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from digest.core.account import Identity


@dataclass(frozen=True, slots=True)
class Departure:
    """The way to a provider of identities.

    Attributes:
        url: where the browser goes.
        ticket: what it keeps meanwhile, and shows when it is back; for itself alone.
    """

    url: str
    ticket: str


class IdentityProvider(Protocol):
    """Asks another site who somebody is."""

    title: str
    """What people call it."""
    back: str
    """The address that browsers come back to."""

    def depart(self) -> Departure:
        """Begin.

        Raises:
            IdentityError: the provider is out of reach.
        """
        ...

    def arrive(self, ticket: str, answer: Mapping[str, str]) -> Identity:
        """Believe what a browser brings back, or not.

        Args:
            ticket: of the departure.
            answer: what stands behind the question mark.

        Raises:
            IdentityError: it proves nothing; the sentence says why.
        """
        ...
