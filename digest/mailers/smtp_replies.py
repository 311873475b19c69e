"""What a mail server says, and what it means for a letter (RFC 5321 §4.2)."""

from __future__ import annotations

from dataclasses import dataclass

from digest.core.hygiene import cut, line
from digest.core.outbox import Outcome, Receipt

_LONGEST = 500
SHUTTING_DOWN = 421
START_CONTENT = 354
AUTHENTICATION_REQUIRED = 530


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply; its text is from outside and was made one clean line.

    Attributes:
        code: three digits; -1 when what came is no reply at all.
    """

    code: int
    text: str

    @classmethod
    def read(cls, code: int, text: bytes) -> Reply:
        """Take what the connection gave."""
        return cls(code, cut(line(text.decode("utf-8", "replace")), _LONGEST))

    def __str__(self) -> str:
        return f"{self.code} {self.text}".strip()

    @property
    def positive(self) -> bool:
        """The server did what was asked."""
        return 200 <= self.code < 300  # noqa: PLR2004 - the classes of RFC 5321 §4.2.1

    @property
    def transient(self) -> bool:
        """Not now; perhaps later."""
        return 400 <= self.code < 500  # noqa: PLR2004 - as above

    @property
    def permanent(self) -> bool:
        """Never."""
        return 500 <= self.code < 600  # noqa: PLR2004 - as above

    @property
    def ends_session(self) -> bool:
        """The server closes, or speaks something else than SMTP."""
        return self.code in {SHUTTING_DOWN, -1}

    def before_the_dot(self) -> Receipt:
        """Judge a reply that is not what the letter needed; the server has not taken it."""
        return Receipt(Outcome.REFUSED if self.permanent else Outcome.DEFERRED, str(self))

    def at_the_dot(self) -> Receipt:
        """Judge the reply to the whole message; what says neither yes nor no leaves a doubt."""
        if self.positive:
            return Receipt(Outcome.ACCEPTED, str(self))
        if self.transient or self.permanent:
            return self.before_the_dot()
        return Receipt(Outcome.IN_DOUBT, f"the server gave no usable answer: {self}")
