"""People: who follows what, with whose consent. A house of its own.

This is its front door; everything else in here is private to it. What needs the database or the
web library is loaded at its first use, so that a small command may name an error or a value.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from subscribers.errors import (
    BadAddressError,
    BadFileError,
    BadSlugError,
    BadTokenError,
    ErasedError,
    GoneError,
    PeopleError,
    ProofError,
    TooManyError,
    UnavailableError,
    UnknownSubscriberError,
)
from subscribers.model import (
    Consent,
    Dossier,
    Offer,
    Recipient,
    Returner,
    State,
    Subscriber,
    Subscription,
    Suppression,
    What,
)
from subscribers.scoring import BounceKind
from subscribers.tokens import Links

if TYPE_CHECKING:
    from subscribers.bounces import Bounce, Bounced, Bounces, Noted
    from subscribers.desk import Desk
    from subscribers.importing import ImportReport
    from subscribers.letters import Letters, NoLetters
    from subscribers.limits import Limit
    from subscribers.pages import routes
    from subscribers.rules import Rules
    from subscribers.screening import DISPOSABLE, Screen
    from subscribers.service import People
    from subscribers.suppression_files import Suppressed
    from subscribers.suppression_list import SuppressionReport
    from subscribers.table_reading import Rejected
    from subscribers.tables import metadata

__all__ = [
    "DISPOSABLE",
    "BadAddressError",
    "BadFileError",
    "BadSlugError",
    "BadTokenError",
    "Bounce",
    "BounceKind",
    "Bounced",
    "Bounces",
    "Consent",
    "Desk",
    "Dossier",
    "ErasedError",
    "GoneError",
    "ImportReport",
    "Letters",
    "Limit",
    "Links",
    "NoLetters",
    "Noted",
    "Offer",
    "People",
    "PeopleError",
    "ProofError",
    "Recipient",
    "Rejected",
    "Returner",
    "Rules",
    "Screen",
    "State",
    "Subscriber",
    "Subscription",
    "Suppressed",
    "Suppression",
    "SuppressionReport",
    "TooManyError",
    "UnavailableError",
    "UnknownSubscriberError",
    "What",
    "metadata",
    "routes",
]

_HEAVY = {
    "Bounce": "subscribers.bounces",
    "Bounced": "subscribers.bounces",
    "Bounces": "subscribers.bounces",
    "DISPOSABLE": "subscribers.screening",
    "Desk": "subscribers.desk",
    "Letters": "subscribers.letters",
    "Limit": "subscribers.limits",
    "Rules": "subscribers.rules",
    "Screen": "subscribers.screening",
    "ImportReport": "subscribers.importing",
    "NoLetters": "subscribers.letters",
    "Noted": "subscribers.bounces",
    "People": "subscribers.service",
    "Rejected": "subscribers.table_reading",
    "Suppressed": "subscribers.suppression_files",
    "SuppressionReport": "subscribers.suppression_list",
    "metadata": "subscribers.tables",
    "routes": "subscribers.pages",
}


def __getattr__(name: str) -> object:
    if name not in _HEAVY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HEAVY[name]), name)
