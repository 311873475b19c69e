"""Which mail server takes the next connection, and which one is better left alone for a while."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from digest.config import MailServerSettings
from digest.core.outbox import Outcome, Receipt
from digest.errors import DeliveryError
from digest.mailers.smtp_ration import Ration
from digest.mailers.smtp_replies import Reply
from digest.ports import Permits

_FIRST_REST = 5.0
_LONGEST_REST = 300.0
_REST_GROWS = 2
_MOST_STRIKES = 20
"""Letters deferred one after the other, after which another server is tried."""

_STEP = 20
"""Accepted letters that earn one more connection after a server asked for fewer."""

_CALM = 1.0
"""Seconds in which several 421 are one: they come together, on many connections."""

log = logging.getLogger(__name__)


class Server:
    """One mail server and how it has behaved in this run.

    Attributes:
        open: its connections, those that are being dialled too.
        where: how sentences name it.
        fault: why it failed last.
        rests_until: moment before which it is left alone.
        ration: letters that it may still get.
    """

    def __init__(
        self,
        settings: MailServerSettings,
        most: int,
        permits: Permits,
        *,
        alone: bool,
        clock: Callable[[], float],
    ) -> None:
        """Trust it.

        Args:
            settings: where it is.
            permits: gives letters that it may get, where it has a rate.
            most: how many connections it may ever have.
            alone: there is no other to go to.
            clock: seconds that only grow.
        """
        self.settings = settings
        self.where = settings.where
        self.open = 0
        self.fault: DeliveryError | None = None
        self.rests_until = 0.0
        self.allowed = most
        self.ration = Ration(settings.id, settings.rate, permits, clock)
        self._most = most
        self._alone = alone
        self._clock = clock
        self._rest = _FIRST_REST
        self._calm_until = 0.0
        self._strikes = 0
        self._good = 0
        self._is_probed = False
        self._grows_from = 0.0

    @property
    def load(self) -> float:
        """How much it has for its weight."""
        return (self.open + 1) / self.settings.weight

    @property
    def is_crowded(self) -> bool:
        """It has more connections than it should."""
        return self.open > self.allowed or self._clock() < self.rests_until

    def room(self, now: float) -> int:
        """How many connections it may get."""
        if now < self.rests_until:
            return 0
        # After a failure a single connection tries whether it is over.
        most = 1 if self._is_probed else self.allowed
        return max(0, most - self.open)

    def dialled(self) -> None:
        """Count a connection."""
        self.open += 1

    def left(self) -> None:
        """Count a connection that ended."""
        self.open -= 1

    def failed(self, error: DeliveryError) -> None:
        """Note that it could not be dialled; while it has connections, it gives us as many."""
        self.fault = error
        if self.open:
            log.warning("%s; it is used over %d connections", error, self.open)
            self.allowed = min(self.allowed, self.open)
            self._grows_from = self._clock() + self._rest
        else:
            self._leave(error)

    def _leave(self, error: DeliveryError) -> None:
        """Let the others have its letters for a while, longer each time."""
        log.warning("%s; it is left alone for %.0f s", error, self._rest)
        self.fault = error
        self.rests_until = self._clock() + self._rest
        self._rest = min(self._rest * _REST_GROWS, _LONGEST_REST)
        self._is_probed = True

    def wants_a_user(self, reply: Reply) -> DeliveryError:
        """Leave alone what takes letters only from whom it knows; answers with why."""
        key = self.settings.key
        error = DeliveryError(
            f"{self.where} takes no letters without a user or encryption ({reply}); "
            f"set {key('username')}, {key('password')} or {key('tls')}"
        )
        self._leave(error)
        return error

    def pushed_back(self) -> None:
        """Use half of the connections from now on."""
        now = self._clock()
        if now >= self._calm_until:
            self._calm_until = now + _CALM
            self.allowed = max(1, self.allowed // 2)
            self._good = 0

    def judged(self, receipt: Receipt) -> None:
        """Learn from what became of a letter."""
        if receipt.outcome is Outcome.ACCEPTED:
            self._praise()
        elif receipt.outcome is Outcome.REFUSED:
            self._strikes = 0
        else:
            self._strikes += 1
            if self._strikes >= _MOST_STRIKES and not self._alone:
                self._strikes = 0
                self._leave(DeliveryError(f"{self.where} takes nothing: {receipt.reply}"))

    def _praise(self) -> None:
        self._strikes = 0
        self._rest = _FIRST_REST
        self._is_probed = False
        if self.allowed < self._most and self._clock() >= self._grows_from:
            self._good += 1
            if self._good >= _STEP:
                self._good = 0
                self.allowed += 1


class Servers:
    """All of them."""

    def __init__(
        self,
        settings: Sequence[MailServerSettings],
        most: int,
        permits: Permits,
        clock: Callable[[], float],
    ) -> None:
        """Take the settings, and how many connections there may be altogether."""
        self._most = most
        alone = len(settings) == 1
        self._all = [
            Server(one, min(one.connections or most, most), permits, alone=alone, clock=clock)
            for one in settings
        ]

    @property
    def open(self) -> int:
        """Connections, those that are being dialled too."""
        return sum(server.open for server in self._all)

    def room(self, now: float) -> int:
        """How many connections may be dialled."""
        room = self._most - self.open
        return min(room, sum(server.room(now) for server in self._all)) if room > 0 else 0

    def pick(self, now: float) -> Server | None:
        """Give the server that has least for its weight, of those with room that may get more."""
        with_room = [server for server in self._all if server.room(now) and server.ration.is_open]
        return min(with_room, key=lambda server: server.load, default=None)

    @property
    def fault(self) -> DeliveryError | None:
        """Why there is none that could be asked."""
        faults = [server.fault for server in self._all if server.fault]
        return faults[-1] if faults else None
