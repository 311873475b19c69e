"""The sources there are: those of the configuration, then those added at the desk.

Rows are looked at again every few seconds, so that a source added in one process is read by all.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from threading import Lock
from typing import TYPE_CHECKING

from pydantic import ValidationError

from digest import plugins
from digest.config import SourceSettings, core_values, read_options
from digest.config.options import problems
from digest.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from digest.core.source import Source
    from digest.ports import Collector, Store

_FRESH = 2.0
"""Seconds for which the rows are not read again."""

Pair = tuple["Source", "Collector"]


class Roster:
    """Reads which sources there are.

    Args:
        configured: those of the configuration; they win over an added one of the same name.
        store: gives the database, when it is first needed.
        themes: slugs that a source may name.
    """

    def __init__(
        self,
        configured: tuple[SourceSettings, ...],
        store: Callable[[], Store],
        themes: frozenset[str],
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        self._configured = configured
        self._store = store
        self._themes = themes
        self._elapsed = elapsed
        self._lock = Lock()
        self._read_at = float("-inf")
        self._entries: Mapping[str, SourceSettings] = {}

    def entries(self) -> Mapping[str, SourceSettings]:
        """Every source by name, the configured ones first.

        Raises:
            StorageError: the database is out of reach.
        """
        with self._lock:
            if self._elapsed() - self._read_at > _FRESH:
                self._entries = self._read()
                self._read_at = self._elapsed()
            return self._entries

    def find(self, name: str) -> SourceSettings:
        """One source; for one that stands in the configuration no database is opened.

        Raises:
            KeyError: there is none of that name.
        """
        configured = (entry for entry in self._configured if entry.name == name)
        return next(configured, None) or self.entries()[name]

    def refresh(self) -> None:
        """Look at the rows at the next question, since something was just changed."""
        with self._lock:
            self._read_at = float("-inf")

    def is_configured(self, name: str) -> bool:
        """Whether a source stands in the configuration."""
        return any(entry.name == name for entry in self._configured)

    def checked(self, table: Mapping[str, object]) -> SourceSettings:
        """Make a source of a table as it would stand in the configuration.

        Raises:
            UsageError: something in it is wrong; the sentence says what was expected.
        """
        try:
            entry = SourceSettings.model_validate(table)
            kind = plugins.load("collectors", entry.kind)
            read_options(kind.Options, entry.options, file="source", key=entry.name)
        except ValidationError as error:
            found = problems(error, file="source")
            raise UsageError("; ".join(f"{p.key}: {p.expected}" for p in found)) from None
        except ConfigError as error:
            found = list(error.problems)
            raise UsageError("; ".join(f"{p.key}: {p.expected}" for p in found)) from None
        except ValueError as error:
            raise UsageError(str(error)) from None
        if entry.theme and entry.theme not in self._themes:
            raise UsageError(f'no theme "{entry.theme}"')
        return entry

    def _read(self) -> Mapping[str, SourceSettings]:
        with self._store().read() as work:
            added = work.roster.additions()
        found = {entry.name: entry for entry in self._configured}
        for addition in added:
            try:
                found.setdefault(addition.name, self.checked(json.loads(addition.entry)))
            except (UsageError, ValueError):
                # Its theme or kind is gone from the configuration: the others are read all the
                # same, and the desk shows it as what it is.
                continue
        return found


class Told(Mapping[str, str]):
    """Something that every source says of itself, by its name."""

    def __init__(self, roster: Roster, tell: Callable[[Source], str]) -> None:
        self._roster = roster
        self._tell = tell

    def __getitem__(self, name: str) -> str:
        return self._tell(core_values.source(self._roster.find(name)))

    def __iter__(self) -> Iterator[str]:
        return iter(self._roster.entries())

    def __len__(self) -> int:
        return len(self._roster.entries())


class Readers(Mapping[str, Pair]):
    """Every source with what reads it, by its name; made when it is first asked for."""

    def __init__(self, roster: Roster, make: Callable[[SourceSettings], Pair]) -> None:
        self._roster = roster
        self._make = make
        self._made: dict[str, tuple[SourceSettings, Pair]] = {}

    def __getitem__(self, name: str) -> Pair:
        entry = self._roster.find(name)
        known = self._made.get(name)
        if known is None or known[0] != entry:
            known = self._made[name] = (entry, self._make(entry))
        return known[1]

    def __iter__(self) -> Iterator[str]:
        return iter(self._roster.entries())

    def __len__(self) -> int:
        return len(self._roster.entries())
