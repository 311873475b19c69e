"""What looks at a finished letter with a tool from outside."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

from digest.core.checks.finding import Finding

if TYPE_CHECKING:
    from digest.core.checks.proof import Proof


class Inspector(Protocol):
    """One check that needs more than the letter itself: a network, another program.

    Attributes:
        title: as people read it.
        why: what becomes of readers when it fails.
    """

    title: str
    why: str

    def find(self, proof: Proof) -> Iterable[Finding]:
        """Look at a letter.

        Raises:
            InspectionError: it cannot be looked at, such as when the tool is not installed.
        """
        ...


class Reached(Protocol):
    """What came of going to an address."""

    @property
    def permanent_url(self) -> str:
        """Where it moved for good; empty: it did not."""
        ...


class Web(Protocol):
    """The one way out."""

    def fetch(self, url: str, *, max_size: int | None = None) -> Reached:
        """Get a page.

        Args:
            url: http or https.
            max_size: bytes to read at most; 0: none, only see that it is there.

        Raises:
            FetchError: there is no such page, or not now, or it must not be fetched.
        """
        ...
