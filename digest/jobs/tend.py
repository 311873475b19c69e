"""Tend the sources: add one, let it rest, have it read again, take it away."""

from __future__ import annotations

from dataclasses import dataclass

from digest.errors import UsageError
from digest.ports import Addition, Clock, Mute, Store


@dataclass(frozen=True, slots=True)
class Tend:
    """The job; each act is one transaction."""

    store: Store
    clock: Clock

    def add(self, name: str, entry: str, by: str) -> None:
        """Keep a source; every process reads it within seconds.

        Args:
            name: of the source.
            entry: its table, checked, as JSON text.
            by: who adds it.

        Raises:
            ConflictError: there is one of that name.
        """
        with self.store.begin() as work:
            work.roster.add(Addition(name, entry, self.clock.now(), by))

    def drop(self, name: str) -> None:
        """Forget a source that was added here; what it brought stays.

        Raises:
            UsageError: it was not added here.
        """
        with self.store.begin() as work:
            if not work.roster.drop(name):
                raise UsageError(f'"{name}" stands in the configuration: take it out there')

    def mute(self, name: str, by: str) -> None:
        """Let a source rest."""
        with self.store.begin() as work:
            work.roster.mute(name, Mute(self.clock.now(), by))

    def unmute(self, name: str) -> None:
        """Have a source read again, at once."""
        with self.store.begin() as work:
            work.roster.unmute(name)
