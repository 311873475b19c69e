"""How long a connection is used: servers dislike those that never end."""

from __future__ import annotations


class Lifetime:
    """Counts the letters and seconds of one connection."""

    def __init__(self, letters: int, seconds: float) -> None:
        """Take the limits."""
        self.carried = 0
        self._letters = letters
        self._seconds = seconds
        self._until: float | None = None

    def begin(self, now: float) -> None:
        """Count from the first letter on."""
        if self._until is None:
            self._until = now + self._seconds

    def has_room(self, now: float, letters: int = 1) -> bool:
        """So many letters more may go over the connection."""
        is_old = self._until is not None and now > self._until
        return not is_old and self.carried + letters <= self._letters
