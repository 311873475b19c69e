"""Who has said that a draft may go out, and whether that is enough."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Signature:
    """One person's word for one content.

    Attributes:
        content_hash: of what they saw; for anything else the word does not count.
        despite: why it goes out although a check blocks it; empty: none does.
    """

    by: str
    at: datetime
    content_hash: str
    despite: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the approval of a draft is.

    Attributes:
        needed: how many people have to sign.
        valid: the first word of each person for the content as it is now.
        void: words for what it was before.
    """

    needed: int
    valid: tuple[Signature, ...]
    void: tuple[Signature, ...]

    @property
    def missing(self) -> int:
        """How many people have still to sign."""
        return max(0, self.needed - len(self.valid))

    def has(self, name: str) -> bool:
        """This person has signed what it is now."""
        return any(signature.by.casefold() == name.casefold() for signature in self.valid)


def standing(signatures: Iterable[Signature], content_hash: str, needed: int) -> Standing:
    """Count who signed this very content; nobody counts twice, however they spell their name."""
    valid: dict[str, Signature] = {}
    void = []
    for signature in signatures:
        if signature.content_hash == content_hash:
            valid.setdefault(signature.by.casefold(), signature)
        else:
            void.append(signature)
    return Standing(needed, tuple(valid.values()), tuple(void))
