"""All connections of one hand-over in one loop: nobody waits for anybody.

::

    feed       take letters, give them to sessions that are free, dial for those that are left
    listen     wait until servers say something, and hear it
    tell       yield the receipts
    let go     one question for all sessions at the dot; send each content, and with it the
               envelope of the next letter

Measured: threads, one for each connection, cost three times as much for each letter.
"""

from __future__ import annotations

import selectors
import time
from collections.abc import Callable, Iterable, Iterator, Sequence

from digest.config import MailSettings
from digest.core.letter import Letter
from digest.core.outbox import Receipt
from digest.errors import DeliveryError
from digest.mailers.smtp_dialling import QUICKLY, Dialler, Line
from digest.mailers.smtp_lifetime import Lifetime
from digest.mailers.smtp_parcel import Parcel
from digest.mailers.smtp_round import Round
from digest.mailers.smtp_servers import Server, Servers
from digest.mailers.smtp_session import Session
from digest.mailers.smtp_stock import Stock
from digest.mailers.smtp_wire import Wire
from digest.ports import Permits

_TICK = 0.25
"""Seconds between looks at the deadlines."""

_AHEAD = 8
"""Letters made ready while servers are busy, beyond those that sessions have."""

_DIALS = 32
"""Connections dialled at the same time."""

_FINISH = 30.0
"""Seconds that servers get to answer to what is on the wire when the sender is to stop; less than
service managers wait before they kill (systemd: 90)."""

AtDot = Callable[[Sequence[Letter]], Sequence[Letter]]


class Run:
    """One hand-over; lives in the thread that iterates."""

    def __init__(
        self, settings: MailSettings, letters: Iterable[Letter], at_dot: AtDot, permits: Permits
    ) -> None:
        """Prepare; nothing is opened before there is a letter."""
        self._settings = settings
        self._at_dot = at_dot
        self._servers = Servers(settings.relays, settings.connections, permits, time.monotonic)
        self._selector = selectors.DefaultSelector()
        self._dialler = Dialler()
        self._selector.register(self._dialler.doorbell, selectors.EVENT_READ, None)
        self._happened: Round[Session] = Round()
        self._stock = Stock(letters, self._happened)
        self._sessions: set[Session] = set()
        self._free: list[Session] = []
        self._next_look = 0.0

    def receipts(self, stopping: Callable[[], bool]) -> Iterator[tuple[Letter, Receipt]]:
        """Hand over everything, or as much as is wanted.

        Raises:
            DeliveryError: letters are left, and no server takes them.
        """
        while not stopping():
            self._feed()
            yield from self._told()
            if self._stock.is_over:
                break
            self._listen()
            yield from self._told()
            self._let_go()

    def last_receipts(self) -> Iterator[tuple[Letter, Receipt]]:
        """Begin no more letters, tell of those on the wire, and part.

        What the source of the letters failed with is raised at the end.
        """
        until = time.monotonic() + _FINISH
        self._stop_dialling()
        self._recall()
        while self._stock.under_way and time.monotonic() < until:
            self._listen()
            self._recall()
            yield from self._told()
        self._part()
        if self._stock.fault:
            raise self._stock.fault

    def close(self) -> None:
        """Hang up, in the middle of a letter too."""
        self._stop_dialling()
        for session in self._sessions:
            session.close()
        self._selector.close()

    def _stop_dialling(self) -> None:
        """Want no more connections; one that came now would have to be parted from."""
        if not self._dialler.closed:
            self._selector.unregister(self._dialler.doorbell)
            self._dialler.close()

    def _recall(self) -> None:
        """Take back the letters whose content nobody has begun to send."""
        self._stock.put_back(self._happened.returned)
        self._happened.returned.clear()
        self._stock.recall()
        for session in self._sessions:
            self._stock.under_way -= session.recall()

    def _told(self) -> Iterator[tuple[Letter, Receipt]]:
        while receipts := self._happened.receipts:
            self._happened.receipts = []
            self._stock.under_way -= len(receipts)
            yield from receipts

    def _feed(self) -> None:
        """Keep every session busy, and some letters ready for the next round."""
        now = time.monotonic()
        self._tidy(now)
        room = min(self._servers.room(now), _DIALS - self._dialler.under_way)
        # One at least: whether letters are left tells an end from a server that takes none.
        wanted = max(1, len(self._free) + self._dialler.under_way + room)
        self._stock.fill(wanted, min(_AHEAD, len(self._sessions)))
        free, self._free = self._free, []
        while free and self._stock:
            session = free.pop()
            if session.spent:
                session.part(now)
            elif session.may_begin and (parcel := self._stock.give(session.offer)):
                session.begin(parcel, now)
            else:
                self._free.append(session)
        self._free += free
        for _ in range(min(room, len(self._stock) - self._dialler.under_way)):
            if server := self._servers.pick(now):
                self._dialler.dial(server)
        if self._stock and not (self._sessions or self._dialler.under_way or room):
            raise self._servers.fault or DeliveryError("no mail server takes letters")

    def _tidy(self, now: float) -> None:
        """Sort out what ended or became free."""
        happened = self._happened
        if happened.ended:
            self._sessions.difference_update(happened.ended)
            happened.ended.clear()
        if happened.returned:
            self._stock.put_back(happened.returned)
            happened.returned.clear()
        if happened.free:
            for session in happened.free:
                if not session.closed and session.spent:
                    session.part(now)
                else:
                    self._free.append(session)
            happened.free.clear()
        self._free = [session for session in self._free if not session.closed]

    def _listen(self) -> None:
        patience = QUICKLY if self._dialler.is_behind else _TICK
        ready = self._selector.select(0 if self._happened.receipts else patience)
        self._dialler.hurry()
        now = time.monotonic()
        for key, _ in ready:
            if key.data is None:
                self._take_over()
            else:
                key.data.on_ready(now)
        if now >= self._next_look:
            self._next_look = now + _TICK
            for session in self._sessions:
                session.check_deadline(now)

    def _take_over(self) -> None:
        """Begin sessions on what was dialled."""
        for server, answer in self._dialler.answers():
            if isinstance(answer, Line):
                self._sessions.add(self._session(server, answer))
                continue
            server.left()
            if not isinstance(answer, DeliveryError):
                raise answer
            server.failed(answer)

    def _session(self, server: Server, line: Line) -> Session:
        wire = Wire(line.sock, self._selector)
        seconds = self._settings.connection_time.total_seconds()
        lifetime = Lifetime(self._settings.connection_letters, seconds)
        session = Session(wire, line.offer, server, lifetime, self._happened)
        wire.announce(session)
        self._happened.free.append(session)
        return session

    def _let_go(self) -> None:
        """Ask for all that wait at the dot at once: one mark for all of them."""
        waiting = [session for session in self._happened.at_dot if session.waits]
        self._happened.at_dot.clear()
        if not waiting:
            return
        asked = [session.parcel.letter for session in waiting if session.parcel]
        ours = self._at_dot(asked)
        go = None if len(ours) == len(asked) else {letter.delivery for letter in ours}
        now = time.monotonic()
        for session, letter in zip(waiting, asked, strict=True):
            if go is None or letter.delivery in go:
                session.finish(self._following(session), now)
            else:
                self._stock.under_way -= session.recall()

    def _following(self, session: Session) -> Parcel | None:
        """Give the letter whose envelope goes with the content."""
        if not session.takes_another:
            return None
        self._stock.fill(1, min(_AHEAD, len(self._sessions)) - 1)
        return self._stock.give(session.offer)

    def _part(self) -> None:
        """Say goodbye on every connection and wait a little for the answers."""
        now = time.monotonic()
        for session in self._sessions:
            if not session.closed:
                session.part(now)
        while any(not session.closed for session in self._sessions):
            self._listen()
