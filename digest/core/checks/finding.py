"""What a check finds, and what its findings come to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.core.checks.policy import Level

if TYPE_CHECKING:
    from digest.core.checks.proof import Proof


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend.

    Attributes:
        what: is wrong, as a sentence without its full stop.
        where: the item, theme or line; empty: the letter as a whole.
        fix: what to do about it.
        mild: it never blocks, since a source could have brought it about: what comes from outside
            must not be able to stop an edition.
    """

    what: str
    where: str = ""
    fix: str = ""
    mild: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """A question to a letter.

    Attributes:
        name: as the configuration calls it.
        why: what becomes of readers when it fails.
        find: asks; it may be asked of any letter, and never raises because of its content.
    """

    name: str
    title: str
    why: str
    find: Callable[[Proof], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Result:
    """What one check came to.

    Attributes:
        skipped: why it could not be made; empty: it was.
    """

    name: str
    title: str
    why: str
    level: Level
    findings: tuple[Finding, ...] = ()
    skipped: str = ""

    @property
    def blocks(self) -> bool:
        """It stops an approval."""
        return self.level is Level.BLOCK and not all(found.mild for found in self.findings)


@dataclass(frozen=True, slots=True)
class Report:
    """What all checks came to.

    Attributes:
        content_hash: of what was looked at.
    """

    content_hash: str
    results: tuple[Result, ...]

    @property
    def blocking(self) -> tuple[Result, ...]:
        """Those that stop an approval."""
        return tuple(result for result in self.results if result.blocks)

    @property
    def advisory(self) -> tuple[Result, ...]:
        """Those that found something, but stop nothing."""
        return tuple(r for r in self.results if r.findings and not r.blocks)

    @property
    def passed(self) -> tuple[Result, ...]:
        """Those that found nothing."""
        return tuple(r for r in self.results if not r.findings and not r.skipped)

    @property
    def skipped(self) -> tuple[Result, ...]:
        """Those that could not be made."""
        return tuple(r for r in self.results if r.skipped)

    @property
    def why(self) -> str:
        """What stops an approval, as the end of a sentence; empty: nothing does."""
        stops = [
            f"{found.what} ({result.name})"
            for result in self.blocking
            for found in result.findings
            if not found.mild
        ]
        more = f", and {len(stops) - _NAMED} more" if len(stops) > _NAMED else ""
        return "; ".join(stops[:_NAMED]) + more


_NAMED = 3
"""Findings that are told in one sentence."""
