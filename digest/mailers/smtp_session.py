"""Letters over one connection to a mail server (RFC 5321), in as few round trips as it allows.

::

    we    MAIL RCPT DATA            content . MAIL RCPT DATA            content . QUIT
    they                 250 250 354                        250 250 250 354           250 221

The envelope of the next letter rides with the content of the one before (RFC 2920 §3.1), so a
letter costs one round trip. A letter is *deferred* when the server cannot have taken it, and *in
doubt* when it may have; the standard library raises the same error for both (measured).
"""

from __future__ import annotations

import math

from digest.core.outbox import Outcome, Receipt
from digest.core.refusal import TO_MAIL
from digest.mailers.smtp_dialling import TIMEOUT
from digest.mailers.smtp_envelope import Envelope, Step
from digest.mailers.smtp_lifetime import Lifetime
from digest.mailers.smtp_parcel import END, Offer, Parcel
from digest.mailers.smtp_replies import AUTHENTICATION_REQUIRED, SHUTTING_DOWN, Reply
from digest.mailers.smtp_round import Round
from digest.mailers.smtp_servers import Server
from digest.mailers.smtp_talk import Hearer, Talk
from digest.mailers.smtp_wire import Wire

_DOT_TIMEOUT = 600.0
"""Seconds a server may take to answer to a whole message (RFC 5321 §4.5.3.2.6); giving up
earlier makes doubts."""

_PARTING_TIMEOUT = 5.0
_MOST_LOSSES = 3
"""Used connections that may break under a letter at no cost; a server that restarts breaks all."""


class Session(Talk):
    """An open session; any failure that leaves its state unclear closes it.

    Attributes:
        parcel: the letter whose envelope was said, and whose content was not sent yet.
        offer: what the server can do.
    """

    def __init__(
        self, wire: Wire, offer: Offer, server: Server, lifetime: Lifetime, happened: Round[Session]
    ) -> None:
        """Take over a connection that was introduced to the server."""
        super().__init__(wire)
        self.parcel: Parcel | None = None
        self.offer = offer
        self._envelope: Envelope | None = None
        self._at_server: Parcel | None = None
        self._server = server
        self._lifetime = lifetime
        self._happened = happened
        self._is_parting = False

    @property
    def spent(self) -> bool:
        """It is closed, was used for long enough, or is one too many for the server."""
        has_room = self._lifetime.has_room(self._now)
        return self.closed or not has_room or self._server.is_crowded

    @property
    def may_begin(self) -> bool:
        """Its server may get another letter now."""
        return self._server.ration.is_open

    @property
    def takes_another(self) -> bool:
        """The next letter's envelope can go with the content that is sent now."""
        if self.closed or not self.offer.pipelining or self._server.is_crowded:
            return False
        return self._lifetime.has_room(self._now, letters=2) and self.may_begin

    @property
    def waits(self) -> bool:
        """Only the content is missing."""
        return not self.closed and self._envelope is not None and self._envelope.is_open

    def begin(self, parcel: Parcel, now: float) -> None:
        """Say the envelope of a letter."""
        self._now = now
        self._lifetime.begin(now)
        self._say_next(self._introduced(parcel))

    def finish(self, following: Parcel | None, now: float) -> None:
        """Send the content, and what can go with it.

        Args:
            following: the letter to go next over this session, if it :attr:`takes_another`.
            now: seconds of the clock of all deadlines.
        """
        parcel, self.parcel, self._envelope = self.parcel, None, None
        assert parcel
        self._now = now
        self._lifetime.carried += 1
        self._at_server = parcel
        rider = b""
        hearers: tuple[Hearer, ...] = (self._hear_verdict,)
        if following:
            envelope = self._introduced(following)
            rider = envelope.next_words()
            hearers += (self._hear_of_envelope,) * envelope.replies
        elif self.offer.pipelining and self.spent:
            rider = b"QUIT\r\n"
            hearers += (self._hear_goodbye,)
        before_dot = len(parcel.content) + len(END)
        self._say((parcel.content, END + rider), *hearers, before_dot=before_dot)

    def recall(self) -> bool:
        """Take back a letter whose content was not sent; answers whether there was one.

        After its envelope nothing but the content can be said, so the session ends: at once, or
        with the answer to the letter before.
        """
        if self.parcel is None:
            return False
        self.parcel = self._envelope = None
        self._is_parting = True
        if self._at_server is None:
            self.close()
        return True

    def part(self, now: float) -> None:
        """Say goodbye, to which the server closes; one that still owes an answer is left so."""
        if self._at_server:
            self.close()
            return
        self._now = now
        self._is_parting = True
        self._say((b"QUIT\r\n",), self._hear_goodbye)

    def _introduced(self, parcel: Parcel) -> Envelope:
        self._server.ration.spend()
        self.parcel = parcel
        self._envelope = envelope = Envelope(parcel, self.offer)
        return envelope

    def _say_next(self, envelope: Envelope) -> None:
        self._say((envelope.next_words(),), *(self._hear_of_envelope,) * envelope.replies)

    def _patience(self) -> float:
        if self._at_server and not self._wire.before_dot:
            return _DOT_TIMEOUT
        return _PARTING_TIMEOUT if self._is_parting else TIMEOUT

    def _hear_of_envelope(self, code: int, text: bytes) -> None:
        envelope = self._envelope
        assert envelope
        step = envelope.hear(code, text)
        if step is Step.SEND_CONTENT:
            self._happened.at_dot.append(self)
        elif step is Step.SAY_NEXT:
            self._say_next(envelope)
        elif step is Step.BACK_OUT:
            self._back_out(envelope)
        elif step is Step.HANG_UP:
            self._hang_up(Reply.read(code, text))

    def _back_out(self, envelope: Envelope) -> None:
        """Make ready for the next letter after a refused envelope."""
        self._refuse(envelope)
        way_out = envelope.way_out()
        if self.closed or way_out is None:
            self.close()
            return
        ignored = (self._hear_nothing,) * (len(way_out) - 1)
        self._say(way_out, *ignored, self._hear_of_reset)

    def _refuse(self, envelope: Envelope) -> None:
        """Tell of a letter what its envelope was answered."""
        parcel, self.parcel, self._envelope = self.parcel, None, None
        obstacle = envelope.obstacle
        assert parcel
        assert obstacle
        receipt = obstacle.before_the_dot(TO_MAIL if envelope.names_sender else "")
        if obstacle.code == AUTHENTICATION_REQUIRED:
            receipt = Receipt(Outcome.DEFERRED, str(self._server.wants_a_user(obstacle)))
            self.close()
        self._tell(parcel, receipt)

    def _hear_verdict(self, code: int, text: bytes) -> None:
        reply = Reply.read(code, text)
        is_early = self._wire.before_dot > 0
        receipt = reply.before_the_dot() if is_early else reply.at_the_dot()
        parcel, self._at_server = self._at_server, None
        assert parcel
        self._tell(parcel, receipt)
        if is_early or reply.ends_session or receipt.outcome is Outcome.IN_DOUBT:
            # Early: it has stopped to read, what is left of the message would become commands.
            self._hang_up(reply)
        elif self._is_parting:
            self.close()
        elif self._expected:
            self._deadline = self._now + self._patience()
        else:
            self._be_free()

    def _hear_of_reset(self, code: int, text: bytes) -> None:
        reply = Reply.read(code, text)
        if reply.positive:
            self._be_free()
        else:
            self._hang_up(reply)

    def _hear_nothing(self, _code: int, _text: bytes) -> None:
        """Take a reply that changes nothing."""

    def _hear_goodbye(self, _code: int, _text: bytes) -> None:
        self.close()

    def _interrupted(self, reply: Reply) -> None:
        if self._envelope and not self._envelope.obstacle:
            self._envelope.obstacle = reply
        self._drop(str(reply))

    def _be_free(self) -> None:
        self._deadline = math.inf
        self._happened.free.append(self)

    def _hang_up(self, reply: Reply) -> None:
        if reply.code == SHUTTING_DOWN:
            self._server.pushed_back()
        self._drop(str(reply))

    def _ended(self) -> None:
        self._server.left()
        self._happened.ended.append(self)

    def _dropped(self, why: str) -> None:
        """Say of each letter whether the server can have it."""
        sent, self._at_server = self._at_server, None
        if sent and self._wire.before_dot:
            why_not = f"the connection broke within the message: {why}"
            self._tell(sent, Receipt(Outcome.DEFERRED, why_not))
        elif sent:
            doubt = f"the connection broke before the server answered to the message: {why}"
            self._tell(sent, Receipt(Outcome.IN_DOUBT, doubt))
        if self._envelope and self._envelope.obstacle:
            self._refuse(self._envelope)
        elif self.parcel:
            self._give_back(self.parcel, why)

    def _give_back(self, parcel: Parcel, why: str) -> None:
        """Let another connection try: one that was used may have been closed meanwhile."""
        self.parcel = self._envelope = None
        if self._lifetime.carried and parcel.losses < _MOST_LOSSES:
            parcel.losses += 1
            self._happened.returned.append(parcel)
            return
        why_not = f"the connection broke before the message: {why}"
        self._tell(parcel, Receipt(Outcome.DEFERRED, why_not))

    def _tell(self, parcel: Parcel, receipt: Receipt) -> None:
        self._server.judged(receipt)
        self._happened.receipts.append((parcel.letter, receipt))
