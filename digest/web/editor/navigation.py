"""The pages that every page of the desk leads to."""

from __future__ import annotations

from dataclasses import dataclass

from digest.core.account import Role


@dataclass(frozen=True, slots=True)
class Destination:
    """An entry of the navigation.

    Attributes:
        path: below the desk; the entry is marked on every page under it.
        key: the letter that leads there after ``g``.
    """

    title: str
    path: str
    key: str
    role: Role = Role.VIEWER

    def is_around(self, here: str) -> bool:
        """Whether a path below the desk is this page or one under it."""
        return here == self.path if not self.path else here.startswith(self.path)


NAVIGATION = (
    Destination("The week", "", "w"),
    Destination("Drafts", "drafts/", "d"),
    Destination("Editions", "editions/", "e"),
    Destination("Sources", "sources/", "s"),
    Destination("Record", "record/", "r", Role.PUBLISHER),
    Destination("People at the desk", "accounts/", "p", Role.ADMIN),
    Destination("Help", "help/", "h"),
)
