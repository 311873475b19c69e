"""What other programs export, in our words.

An export is recognised by the names of its columns, so that nobody is mailed again who left there,
complained, or could not be reached.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


@dataclass(frozen=True, slots=True)
class Foreign:
    """One program's export.

    Attributes:
        program: its name, for people.
        marks: columns that only its exports have, all of them.
        columns: what its columns are, beside those that are called as ours.
        states: what its words for a state are.
        ends: columns with the time when something ended a subscription, and the state since.
    """

    program: str
    marks: frozenset[str]
    columns: Mapping[str, str]
    states: Mapping[str, str]
    ends: tuple[tuple[str, str], ...] = ()

    def translated(self, row: Mapping[str, str]) -> Mapping[str, str]:
        """Give a row in our words."""
        state = row.get("state", "")
        state = self.states.get(state.casefold(), state)
        state = next((word for column, word in self.ends if row.get(column)), state)
        asked, confirmed = row.get("asked", ""), row.get("confirmed", "")
        consent = row.get("consent", "")
        if confirmed and not consent:
            consent = f"{self.program}: asked {asked or 'earlier'}, confirmed {confirmed}"
        since = row.get("since", "") or confirmed or asked
        return {**row, "state": state, "consent": consent, "since": since}


_PROGRAMS = (
    Foreign(
        "listmonk",
        frozenset({"uuid", "email", "status", "attributes"}),
        {"created at": "since"},
        {"enabled": "active", "disabled": "left", "blocklisted": "suppressed"},
    ),
    Foreign(
        "Mailchimp",
        frozenset({"email address", "leid", "euid"}),
        {
            "optin time": "asked", "confirm time": "confirmed",
            "unsub time": "left at", "clean time": "cleaned at",
        },
        {},
        (("cleaned at", "cleaned"), ("left at", "left")),
    ),
    Foreign(
        "Buttondown",
        frozenset({"secondary id", "creation date"}),
        {"type": "state", "subscriber type": "state", "creation date": "since",
         "email": "address", "email address": "address"},
        {
            "regular": "active", "premium": "active", "gifted": "active", "trialed": "active",
            "churning": "active", "past due": "active", "past_due": "active",
            "unactivated": "pending", "upcoming": "pending",
            "removed": "left", "churned": "left", "unpaid": "left",
            "blocked": "suppressed", "spammy": "suppressed", "malicious": "suppressed",
        },
    ),
)  # fmt: skip


def recognised(names: Collection[str]) -> Foreign | None:
    """Tell whose export has these columns (in small letters, with spaces); ``None``: nobody's."""
    return next((each for each in _PROGRAMS if each.marks <= set(names)), None)
