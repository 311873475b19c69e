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
from subscribers.foreign import recognised
from subscribers.model import slug

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from subscribers.foreign import Foreign
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
    "suppressed": (Act.LEAVE,), "cleaned": (Act.LEAVE,), "bounced": (Act.LEAVE,),
    "undeliverable": (Act.LEAVE,), "complained": (Act.LEAVE,),
}  # fmt: skip
_SUPPRESSIONS = {
    "suppressed": "imported", "cleaned": "bounces", "bounced": "bounces",
    "undeliverable": "bounces", "complained": "complaint",
}  # fmt: skip
"""States of an address that must not be mailed, whatever is subscribed later."""
_MORE = ("first name", "last name", "asked", "confirmed", "left at", "cleaned at")
"""What exports of other programs have beside our columns."""
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

        mapping: what columns of other names are, by their names.

    Raises:
        BadFileError: the first line names no column for addresses, or not what is mapped.
    """

    def __init__(
        self,
        lines: Iterable[str],
        defaults: Defaults,
        now: datetime,
        mapping: Mapping[str, str] | None = None,
    ) -> None:
        self._defaults = defaults
        self._now = now
        rest = iter(lines)
        names, delimiter = columns_of(next(rest, ""))
        plain = [_plain(name) for name in names]
        self.foreign = recognised(plain)
        known = _meanings(plain, self.foreign, mapping or {})
        self._columns = {meaning: i for i, meaning in reversed([*enumerate(known)]) if meaning}
        self.unknown = tuple(
            name.strip() for name, it in zip(names, known, strict=True) if name.strip() and not it
        )
        if "address" not in self._columns:
            raise BadFileError(
                'line 1: expected the names of the columns, one of them "address" or "email"; '
                f"found {', '.join(names)[:100]!r}"
            )
        self._rows = csv.reader(rest, delimiter=delimiter)
        self._follows = lru_cache(maxsize=4_096)(self._make_follows)

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
            return Entry(line, self._wish(self.foreign.translated(row) if self.foreign else row))
        except (PeopleError, ValueError) as error:
            return Rejected(line, str(error))

    def _wish(self, row: Mapping[str, str]) -> Wish:
        how = clean(row.get("consent", "")) or self._defaults.how
        told = (row.get(name, "") for name in ("newsletters", "themes", "state", "since"))
        follows = self._follows(*told, proven=bool(how))
        return Wish(
            address=normalise(row.get("address", "")),
            name=clean(row.get("name", "") or _full_name(row)),
            language=_language(row.get("language", "")),
            how=how,
            follows=follows,
            suppressed=_SUPPRESSIONS.get(row.get("state", "").casefold(), ""),
        )

    def _make_follows(
        self, named: str, chosen: str, state: str, since: str, *, proven: bool
    ) -> tuple[Follow, ...]:
        """Read the cells that are the same on thousands of lines."""
        acts, moment = _acts(state, proven=proven), moment_of(since, self._now)
        newsletters = _split(named, r"[;,|\s]+") or _one(self._defaults.newsletter)
        if not newsletters:
            raise ValueError('names no newsletter: fill the column "newsletters" or set a default')
        themes = _themes(chosen, newsletters)
        for newsletter in newsletters:
            self._check(newsletter, themes[newsletter])
        return tuple(Follow(n, themes[n], acts, moment) for n in newsletters)

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


def columns_of(header: str) -> tuple[list[str], str]:
    """Read the first line, whatever parts its cells; gives its names, and what parts them."""
    header = header.removeprefix("\ufeff")
    delimiter = max(_DELIMITERS, key=header.count)
    return next(csv.reader([header], delimiter=delimiter), []), delimiter


def moment_of(text: str, now: datetime) -> datetime | None:
    """Read the cell that says since when; ``None``: it is empty.

    Raises:
        ValueError: it is no date, or one to come.
    """
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"since: expected a date such as 2026-05-31, found {text!r}") from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if moment > now:
        raise ValueError(f"since: {text} is still to come")
    return moment


def _plain(name: str) -> str:
    return name.strip().casefold().replace("_", " ")


def _meanings(
    names: Sequence[str], foreign: Foreign | None, mapping: Mapping[str, str]
) -> list[str]:
    """Say what each column is; empty: nothing here is called so."""
    known = {**dict(zip(_MORE[:2], _MORE[:2], strict=True)), **_COLUMNS}
    if foreign:
        known |= foreign.columns
    for name, meaning in mapping.items():
        if _plain(name) not in names:
            raise BadFileError(f"line 1: no column is called {name!r}")
        if _plain(meaning) not in known:
            raise BadFileError(f"there is no {meaning!r} here; there are {_list(_MEANINGS)}")
        known[_plain(name)] = known[_plain(meaning)]
    return [known.get(name, "") for name in names]


_MEANINGS = tuple(dict.fromkeys(_COLUMNS.values()))


def _full_name(row: Mapping[str, str]) -> str:
    return f"{row.get('first name', '')} {row.get('last name', '')}".strip()


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
