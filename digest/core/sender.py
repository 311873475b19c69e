"""Who sends, and the names that letters carry so that what comes back can be told apart."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from urllib.parse import quote

from digest.core.header import address_of, url_of
from digest.errors import ConfigError, Problem

_MOST_LOCAL = 64
_LONGEST_TOKEN = len("+") + 16 + len("-") + 16
"""Of a note it is one more, whose number never has 16 digits."""
_TOKEN = re.compile(r"[A-Za-z0-9_.-]{33,200}")


@dataclass(frozen=True, slots=True)
class Sender:
    """The From line and the envelope.

    Attributes:
        address: of the From line.
        bounce_address: where bounces go; each letter gets its own ``local+token@domain`` of it
            (VERP, RFC 5321 4.5.3.1 for the lengths). Empty: bounces go to ``address``.
        key: the site's secret key; whoever has it can make tokens.
        leave_address: where a mail that asks to leave is read; empty: nowhere.
        domain: of the From line, in A-labels.

    Raises:
        ConfigError: the bounce address leaves no room for the token.
    """

    name: str
    address: str
    bounce_address: str
    key: bytes
    leave_address: str = ""
    domain: str = field(init=False)
    _leave_box: str = field(init=False, repr=False, compare=False)
    _keyed: hashlib.blake2b = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        local = self.bounce_address.rpartition("@")[0]
        most = _MOST_LOCAL - _LONGEST_TOKEN
        if len(local) > most or not local.isascii():
            expected = f"expected at most {most} ASCII characters before the @"
            raise ConfigError(Problem("config.toml", "mail.bounce_address", expected))
        box = quote(address_of(self.leave_address), safe="@") if self.leave_address else ""
        object.__setattr__(self, "_leave_box", box)
        object.__setattr__(self, "domain", address_of(self.address).rpartition("@")[2])
        object.__setattr__(self, "_keyed", hashlib.blake2b(key=self.key, person=b"sender"))

    @property
    def feedback_name(self) -> str:
        """A stable name of 12 characters for Gmail's Feedback-ID."""
        return hashlib.sha256(self.domain.lower().encode()).hexdigest()[:12]

    def message_id(self, kind: str, edition: int, subscriber: int) -> str:
        """Name a letter: the same at each attempt, no address in it (RFC 5322 3.6.4)."""
        name = self._mac(f"message {kind} {edition} {subscriber}", 16)
        return f"<{name}@{self.domain}>"

    def ways_out(self, url: str) -> str:
        """The field List-Unsubscribe: a link, and a mail where one is read (RFC 2369).

        Providers that post to the link at one click take that (RFC 8058); older programs write.

        Raises:
            RenderError: the link cannot stand in a message.
        """
        link = f"List-Unsubscribe: <{url_of(url)}>"
        token = url.rpartition("/")[2]
        if not self.leave_address or not _TOKEN.fullmatch(token):
            return link
        return f"{link}, <mailto:{self._leave_box}?subject=unsubscribe%20{token}>"

    def envelope(self, delivery: int) -> str:
        """Where the bounce of a delivery goes."""
        if not self.bounce_address:
            return address_of(self.address)
        local, _, domain = address_of(self.bounce_address).rpartition("@")
        return f"{local}+{delivery:x}-{self._mac(f'bounce {delivery}', 8)}@{domain}"

    def note_envelope(self, note: int) -> str:
        """Where the bounce of a note goes (:mod:`digest.core.note`)."""
        if not self.bounce_address:
            return address_of(self.address)
        local, _, domain = address_of(self.bounce_address).rpartition("@")
        # An "n" is no hexadecimal digit, so no note can be taken for a delivery.
        return f"{local}+n{note:x}-{self._mac(f'bounce note {note}', 8)}@{domain}"

    def delivery_of(self, envelope: str) -> int | None:
        """Read back the delivery from an envelope address; ``None``: we never wrote it."""
        number = envelope.rpartition("@")[0].rpartition("+")[2].partition("-")[0].lower()
        try:
            delivery = int(number, 16)
        except ValueError:
            return None
        ours = self.envelope(delivery).lower()
        return delivery if hmac.compare_digest(ours.encode(), envelope.lower().encode()) else None

    def _mac(self, message: str, octets: int) -> str:
        # Keyed BLAKE2b (RFC 7693): a fifteenth of the time of an HMAC, and there are two a letter.
        mac = self._keyed.copy()
        mac.update(message.encode())
        return mac.digest()[:octets].hex()
