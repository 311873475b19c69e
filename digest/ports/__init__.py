"""What the rooms ask of each other: one Protocol per kind of outside thing.

Every implementation is found by its entry point (``digest.collectors`` …) or chosen in
``wiring``; nobody else names a concrete one. Each Protocol has one contract suite under
``tests/contract`` that every implementation and its fake passes.
"""

from digest.ports.accounts import AccountStore, AuditStore, Passwords
from digest.ports.checking import Inspector, Reached, Web
from digest.ports.deliveries import (
    Claim,
    DeliveryStore,
    Journal,
    Journals,
    Mailer,
    Permits,
    Remains,
    unlimited,
)
from digest.ports.editions import EditionRecord, EditionStore
from digest.ports.identity import Departure, IdentityProvider
from digest.ports.lessons import LessonStore
from digest.ports.notes import Forgetful, NoteClaim, NoteRenderer, NoteStore
from digest.ports.publishing import EmailRenderer, Publisher, Renderer
from digest.ports.resources import Filer, ResourceStore
from digest.ports.returns import Fetch, Keep, Listener, Mailbox, Returned, Webhook
from digest.ports.roster import Addition, Mute, RosterStore, Spell
from digest.ports.running import Argument, Call, Clock, Engine, Queue
from digest.ports.sources import Collector, Reader, SourceRecord, SourceStore
from digest.ports.storing import Store, Work

__all__ = [
    "AccountStore",
    "Addition",
    "Argument",
    "AuditStore",
    "Call",
    "Claim",
    "Clock",
    "Collector",
    "DeliveryStore",
    "Departure",
    "EditionRecord",
    "EditionStore",
    "EmailRenderer",
    "Engine",
    "Fetch",
    "Filer",
    "Forgetful",
    "IdentityProvider",
    "Inspector",
    "Journal",
    "Journals",
    "Keep",
    "LessonStore",
    "Listener",
    "Mailbox",
    "Mailer",
    "Mute",
    "NoteClaim",
    "NoteRenderer",
    "NoteStore",
    "Passwords",
    "Permits",
    "Publisher",
    "Queue",
    "Reached",
    "Reader",
    "Remains",
    "Renderer",
    "ResourceStore",
    "Returned",
    "RosterStore",
    "SourceRecord",
    "SourceStore",
    "Spell",
    "Store",
    "Web",
    "Webhook",
    "Work",
    "unlimited",
]
