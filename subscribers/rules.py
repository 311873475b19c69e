"""What a site allows on its sign-up form."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from subscribers.limits import Limit
from subscribers.screening import Screen

_HOUR = timedelta(hours=1)
_NETWORK = Limit(10, _HOUR)
_CALM = Limit(60, _HOUR)
_OVERALL = Limit(1_000, _HOUR)


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules.

    Attributes:
        kept: how long what was asked waits to be confirmed; then it is deleted.
        network: sign-ups from one network.
        calm: sign-ups in all; when there are more, somebody attacks.
        overall: sign-ups in all, come what may.
        proof: whether visitors prove work: while somebody attacks, always, or never.
        screen: which addresses may sign up.
        welcome: whether a letter greets who has confirmed.
        origins: other sites whose pages may sign people up by script.
    """

    kept: timedelta = timedelta(days=7)
    network: Limit = _NETWORK
    calm: Limit = _CALM
    overall: Limit = _OVERALL
    proof: Literal["auto", "always", "never"] = "auto"
    screen: Screen = field(default_factory=Screen)
    welcome: bool = True
    origins: frozenset[str] = field(default_factory=frozenset)
