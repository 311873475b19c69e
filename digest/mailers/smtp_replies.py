"""What a mail server says, and what it means for a letter (RFC 5321 §4.2)."""

from __future__ import annotations

from dataclasses import dataclass

from digest.core.hygiene import cut, line
from digest.core.outbox import Outcome, Receipt

_LONGEST = 500
_MOST_OCTETS = 65_536
SHUTTING_DOWN = 421
START_CONTENT = 354
AUTHENTICATION_REQUIRED = 530
NOISE = -1


class Replies:
    """Replies out of the octets of a connection, however they are cut into packets."""

    __slots__ = ("_lines", "_rest", "_size")

    def __init__(self) -> None:
        """Begin with nothing."""
        self._rest = b""
        self._lines: list[bytes] = []
        self._size = 0

    def feed(self, octets: bytes) -> list[tuple[int, bytes]]:
        """Take what came; answers with the replies that are complete now.

        Returns:
            Code and text of each; the code of what is no reply is :data:`NOISE`.
        """
        *lines, self._rest = (self._rest + octets).split(b"\n")
        replies = []
        for one in lines:
            code, follows = one[:3], one[3:4]
            if follows == b" " and not self._lines and code.isdigit():
                replies.append((int(code), one[4:]))  # as almost all are: of one line
                continue
            self._lines.append(one[4:])
            self._size += len(one)
            if not code.isdigit() or len(code) < 3 or follows not in _FOLLOWS:  # noqa: PLR2004 - RFC 5321 §4.2: three digits
                replies.append((NOISE, self._text(one)))
            elif follows != b"-":
                replies.append((int(code), self._text()))
        if self._size + len(self._rest) > _MOST_OCTETS:
            replies.append((NOISE, self._text(b"an endless reply")))
        return replies

    def _text(self, instead: bytes | None = None) -> bytes:
        text = b"\n".join(self._lines) if instead is None else instead
        self._lines.clear()
        self._size = 0
        return text


_FOLLOWS = (b" ", b"-", b"\r", b"")


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply; its text is from outside and was made one clean line.

    Attributes:
        code: three digits; :data:`NOISE` when what came is no reply at all.
    """

    code: int
    text: str

    @classmethod
    def read(cls, code: int, text: bytes) -> Reply:
        """Take what the connection gave."""
        said = text.decode("utf-8", "replace").rstrip()
        # Almost every reply is clean: finding that out costs a tenth of cleaning it (measured).
        is_clean = said.isascii() and said.isprintable() and "  " not in said
        if not is_clean or len(said) > _LONGEST:
            said = cut(line(said), _LONGEST)
        return cls(code, said)

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
        return self.code in {SHUTTING_DOWN, NOISE}

    def before_the_dot(self, to: str = "") -> Receipt:
        """Judge a reply that is not what the letter needed; the server has not taken it.

        Args:
            to: put before the words, where it matters to what they answer.
        """
        return Receipt(Outcome.REFUSED if self.permanent else Outcome.DEFERRED, f"{to}{self}")

    def at_the_dot(self) -> Receipt:
        """Judge the reply to the whole message; what says neither yes nor no leaves a doubt."""
        if self.positive:
            return Receipt(Outcome.ACCEPTED, str(self))
        if self.transient or self.permanent:
            return self.before_the_dot()
        return Receipt(Outcome.IN_DOUBT, f"the server gave no usable answer: {self}")
