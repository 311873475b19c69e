"""The front desk: a counter that takes what strangers ask for, a reception that answers them."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from subscribers.counter import Counter
from subscribers.reception import Reception

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy import Engine

    from subscribers.letters import Letters
    from subscribers.model import Offer
    from subscribers.rules import Rules
    from subscribers.tokens import Links


class Desk:
    """Both, for one site.

    Args:
        engine: of a database that has the tables of ``subscribers.metadata``.
        key: the site's secret, 16 to 64 bytes.
        now: the present moment, aware.
        letters: what sends letters to single people.
        links: the addresses that stand in letters.
        offers: the newsletters there are.
        rules: what the site allows.
        random: gives so many random bytes.

    Attributes:
        counter: takes.
        reception: answers.
    """

    def __init__(
        self,
        engine: Engine,
        key: bytes,
        now: Callable[[], datetime],
        letters: Letters,
        links: Links,
        offers: Sequence[Offer],
        rules: Rules,
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self.rules = rules
        self.counter = Counter(engine, key, now, random, rules)
        self.reception = Reception(engine, key, now, random, letters, links, offers, rules)
