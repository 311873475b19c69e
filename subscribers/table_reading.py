"""Reads people out of the lines of a CSV file, whatever program wrote it."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from subscribers.addresses import normalise
from subscribers.cells import clean, unguard
from subscribers.consent import Act
from subscribers.enrolment import Follow, Wish
from subscribers.errors import BadFileError, PeopleError
from subscribers.model import slug

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from subscribers.model import Offer, Themes

_COLUMNS = {
    "address": "address", "email": "address", "e-mail": "address", "email address": "address",
    "name": "name", "full name": "name",
    "language": "language",
    "newsletters": "newsletters", "newsletter": "newsletters",
    "themes": "themes", "theme": "themes",
    "since": "since",
    "state": "state", "status": "state",
    "consent": "consent",
}  # fmt: skip
"""What a column may be called, and what it is; letter case aside."""
_ACTS: Mapping[str, tuple[Act, ...]] = {
    "active": (Act.JOIN,), "subscribed": (Act.JOIN,), "confirmed": (Act.JOIN,),
    "pending": (Act.ASK,), "unconfirmed": (Act.ASK,),
    "paused": (Act.JOIN, Act.PAUSE),
    "left": (Act.LEAVE,), "unsubscribed": (Act.LEAVE,),
}  # fmt: skip
_DELIMITERS = ",;\t|"
_ALL = frozenset({"*", "all"})
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that brought nobody, and why; lines count from 1."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A line that names somebody."""

    line: int
    wish: Wish


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds where a line says nothing.

    Attributes:
        newsletter: to follow; empty: each line must name one.
        how: how consent was given; empty: people without a *consent* cell stay unconfirmed.
        offers: the newsletters and themes there are; empty: any are taken.
    """

    newsletter: str = ""
    how: str = ""
    offers: tuple[Offer, ...] = ()


class TableReader:
    """Reads one file, line by line.

    Args:
        lines: of the file, with their ends; a byte order mark is passed over.
        defaults: what holds where a line says nothing.
        now: nobody joined later than this.

    Raises:
        BadFileError: the first line names no column for addresses.
    """

    def __init__(self, lines: Iterable[str], defaults: Defaults, now: datetime) -> None:
        self._defaults = defaults
        self._now = now
        rest = iter(lines)
        header = next(rest, "").removeprefix("\ufeff")
        delimiter = max(_DELIMITERS, key=header.count)
        names = next(csv.reader([header], delimiter=delimiter), [])
        self._columns = {known: i for i, name in enumerate(names) if (known := _known(name))}
        self.unknown = tuple(name.strip() for name in names if name.strip() and not _known(name))
        if "address" not in self._columns:
            raise BadFileError(
                'line 1: expected the names of the columns, one of them "address" or "email"; '
                f"found {header.strip()[:100]!r}"
            )
        self._rows = csv.reader(rest, delimiter=delimiter)

    def entries(self) -> Iterator[Entry | Rejected]:
        """Every line that is not blank."""
        while True:
            line = self._rows.line_num + 2
            try:
                cells = next(self._rows)
            except StopIteration:
                return
            except csv.Error as error:
                yield Rejected(line, f"cannot be read as CSV: {error}")
                continue
            if any(cell.strip() for cell in cells):
                yield self._entry(line, cells)

    def _entry(self, line: int, cells: Sequence[str]) -> Entry | Rejected:
        row = {
            name: unguard(cells[i].strip()) for name, i in self._columns.items() if i < len(cells)
        }
        try:
            return Entry(line, self._wish(row))
        except (PeopleError, ValueError) as error:
            return Rejected(line, str(error))

    def _wish(self, row: Mapping[str, str]) -> Wish:
        how = clean(row.get("consent", "")) or self._defaults.how
        acts = _acts(row.get("state", ""), proven=bool(how))
        since = self._since(row.get("since", ""))
        newsletters = _split(row.get("newsletters", ""), r"[;,|\s]+") or _one(
            self._defaults.newsletter
        )
        if not newsletters:
            raise ValueError('names no newsletter: fill the column "newsletters" or set a default')
        themes = _themes(row.get("themes", ""), newsletters)
        for newsletter in newsletters:
            self._check(newsletter, themes[newsletter])
        return Wish(
            address=normalise(row.get("address", "")),
            name=clean(row.get("name", "")),
            language=_language(row.get("language", "")),
            how=how,
            follows=tuple(Follow(n, themes[n], acts, since) for n in newsletters),
        )

    def _since(self, text: str) -> datetime | None:
        if not text:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise ValueError(f"since: expected a date such as 2026-05-31, found {text!r}") from None
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        if moment > self._now:
            raise ValueError(f"since: {text} is still to come")
        return moment

    def _check(self, newsletter: str, themes: Themes) -> None:
        slug(newsletter)
        for theme in themes or ():
            slug(theme)
        if not self._defaults.offers:
            return
        offered = {
            offer.newsletter: {s for s, _ in offer.themes} for offer in self._defaults.offers
        }
        if newsletter not in offered:
            raise ValueError(f"there is no newsletter {newsletter!r}; there are {_list(offered)}")
        if unknown := [theme for theme in themes or () if theme not in offered[newsletter]]:
            raise ValueError(f"{newsletter} has no theme {unknown[0]!r}")


def _known(name: str) -> str | None:
    return _COLUMNS.get(name.strip().casefold().replace("_", " "))


def _acts(state: str, *, proven: bool) -> tuple[Act, ...]:
    try:
        acts = _ACTS[state.casefold() or "active"]
    except KeyError:
        raise ValueError(f"state: expected one of {_list(_ACTS)}, found {state!r}") from None
    return acts if proven or acts == (Act.LEAVE,) else (Act.ASK,)


def _themes(cell: str, newsletters: Sequence[str]) -> dict[str, Themes]:
    """Read ``finance|law``, for every newsletter of the line, or ``weekly:finance|law; …``."""
    found: dict[str, Themes] = dict.fromkeys(newsletters)
    for part in _split(cell, r";"):
        name, colon, listed = part.rpartition(":")
        themes = tuple(dict.fromkeys(_split(listed, r"[|,\s]+")))
        for newsletter in _one(name.strip()) if colon else newsletters:
            if newsletter not in found:
                raise ValueError(f"themes: the line does not follow {newsletter!r}")
            found[newsletter] = None if not themes or _ALL.intersection(themes) else themes
    return found


def _language(text: str) -> str:
    if text and not _LANGUAGE.fullmatch(text):
        raise ValueError(f'language: expected a tag such as "en" or "pt-BR", found {text!r}')
    return text


@lru_cache(maxsize=4_096)  # the cells of a column are mostly a few, again and again
def _split(cell: str, at: str) -> tuple[str, ...]:
    return tuple(stripped for part in re.split(at, cell) if (stripped := part.strip()))


def _one(text: str) -> tuple[str, ...]:
    return (text,) if text else ()


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)
