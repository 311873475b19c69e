"""What a filing is learnt from: the words and places of a resource, as they were then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from digest.core.resource import Facts


@dataclass(frozen=True, slots=True)
class Example:
    """The part of the facts that themes are told by.

    It is kept with each filing: facts change later, and what was learnt from them must be taken
    back exactly as it was learnt.

    Attributes:
        tags: labels and tags of the sources.
        issuer: who stands behind it, or its author.
        sources: names of the sources that showed it.
    """

    title: str
    summary: str = ""
    url: str = ""
    tags: tuple[str, ...] = ()
    issuer: str = ""
    sources: tuple[str, ...] = ()

    @classmethod
    def of(cls, facts: Facts) -> Self:
        """Take it from the facts."""
        return cls(
            title=facts.title,
            summary=facts.summary,
            url=facts.url,
            tags=tuple(dict.fromkeys((*facts.labels, *facts.tags))),
            issuer=facts.issuer or facts.author,
            sources=facts.sources,
        )
