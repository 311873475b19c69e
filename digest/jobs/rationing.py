"""Letters that one mail server may get now, counted for all senders together."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from digest.errors import StorageError
from digest.ports import Clock, Store

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rationing:
    """What a mailer asks before it goes on with a server that has a rate.

    Attributes:
        rates: letters a second, by the server's name.
    """

    store: Store
    clock: Clock
    rates: Mapping[str, float]

    def __call__(self, server: str, most: int) -> int:
        """Give permits; while the database cannot be had there are none."""
        try:
            with self.store.begin() as work:
                now = self.clock.now()
                return work.deliveries.permits(f"server {server}", self.rates[server], most, now)
        except StorageError as error:
            log.warning("the mail server %s waits: %s", server, error)
            return 0
