"""What makes documents of an edition, and what puts them where readers fetch them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from digest.core.artifact import Artifact, EmailBody, PersonalTokens
from digest.core.catalogue import Catalogue
from digest.core.edition import Edition
from digest.core.newsletter import Newsletter


class Renderer(Protocol):
    """Makes documents for the public out of the catalogue."""

    def render(self, catalogue: Catalogue) -> Iterable[Artifact]:
        """Make each document of this kind, byte for byte the same for the same catalogue.

        Raises:
            RenderError: a template is wrong.
        """
        ...


class EmailRenderer(Protocol):
    """Makes the email of an edition."""

    def body(
        self,
        newsletter: Newsletter,
        edition: Edition,
        themes: Iterable[str] | None,
        personal: PersonalTokens,
    ) -> EmailBody:
        """Render for a reader of these themes (``None``: all).

        Raises:
            RenderError: the template is wrong, or lost a personal stand-in.
        """
        ...


class Publisher(Protocol):
    """Puts artifacts where readers fetch them."""

    def turn(self) -> AbstractContextManager[None]:
        """Hold the place for one publication, so that what was read first is not written last.

        Raises:
            PublishError: another publication does not end, or the place cannot be reached.
        """
        ...

    def holds(self, path: str) -> bool:
        """Whether something stands at the path of an artifact."""
        ...

    def publish(self, artifacts: Iterable[Artifact]) -> Sequence[str]:
        """Put each artifact in place, whole or not at all.

        Returns:
            The paths whose bytes changed.

        Raises:
            PublishError: a place cannot be written; what was there before still is.
        """
        ...
