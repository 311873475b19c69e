"""The sources desk: how they are, and adding, resting and taking them away."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.responses import Response

from digest.collectors.finding import Lead
from digest.config import SourceSettings
from digest.core.account import Role
from digest.core.source import Health
from digest.errors import FetchError, ParseError, UsageError
from digest.jobs import opml
from digest.ports import Mute, SourceRecord
from digest.web.editor.routing import Page
from digest.web.editor.visit import Visit

_HISTORY = 60
_SHOWN = 25
"""Items of a trial that the page lists; all are counted."""
_NEW = {Health.NEW: ("", "Not read yet"), Health.WELL: ("good", "Read well")}


@dataclass(frozen=True, slots=True)
class Standing:
    """A source as the list shows it.

    Attributes:
        mood: ``good``, ``warn``, ``bad`` or empty; the words say the same.
        words: how it is, in a few words.
    """

    entry: SourceSettings
    title: str
    record: SourceRecord
    mute: Mute | None
    mood: str
    words: str
    is_configured: bool


def show_all(visit: Visit) -> Response:
    """Show every source, those in trouble first."""
    standings = sorted(_standings(visit), key=lambda each: each.mood != "bad")
    return visit.page("sources", standings=standings, unusable=_unusable(visit))


def find(visit: Visit) -> Response:
    """Look behind an address that was pasted; nothing is kept."""
    text = visit.form.text("address")
    try:
        found = visit.house.finder.find(text)
    except (FetchError, UsageError) as error:
        return _finding(visit, text, (), wrong=str(error), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _finding(visit, text, found)


def try_out(visit: Visit) -> Response:
    """Show what a source would bring; nothing is kept, not even a bookmark."""
    table = _table(visit)
    entry = visit.house.roster.checked(table)
    try:
        harvest, filed = visit.house.sample(entry)
    except (FetchError, ParseError) as error:
        return visit.page("source-new", HTTPStatus.OK, **_draft(visit, table), wrong=str(error))
    return visit.page(
        "source-new",
        **{**_draft(visit, table), "tried": True},
        wrong="",
        items=filed[:_SHOWN],
        count=len(filed),
        rejects=harvest.rejects,
    )


def save(visit: Visit) -> Response:
    """Keep a source; every process reads it within seconds."""
    entry = visit.house.roster.checked(_table(visit))
    if entry.name in visit.house.roster.entries():
        raise UsageError(f'there is a source "{entry.name}" already: choose another name')
    text = json.dumps(_table(visit), ensure_ascii=False)
    visit.house.tend.add(entry.name, text, visit.by)
    visit.house.roster.refresh()
    visit.house.seats.note(visit.by, "added a source", entry.name)
    return visit.go(f"sources/{entry.name}/", "The source is saved; it is read within a minute.")


def show_one(visit: Visit) -> Response:
    """Show one source with its history."""
    standing = _standing(visit)
    name = standing.entry.name
    with visit.house.store.read() as work:
        history = work.roster.history(name, _HISTORY)
        rejects = work.sources.rejects(name)[:_SHOWN]
    return visit.page("source", each=standing, history=history, rejects=rejects)


def mute(visit: Visit) -> Response:
    """Let a source rest."""
    name = _standing(visit).entry.name
    visit.house.tend.mute(name, visit.by)
    return visit.go(f"sources/{name}/", "The source rests: it is not read until you wake it.")


def unmute(visit: Visit) -> Response:
    """Have a source read again."""
    name = _standing(visit).entry.name
    visit.house.tend.unmute(name)
    return visit.go(f"sources/{name}/", "The source is read again when it is due.")


def drop(visit: Visit) -> Response:
    """Take a source away that was added here."""
    name = visit.path("name")
    visit.house.tend.drop(name)
    visit.house.roster.refresh()
    return visit.go("sources/", f"The source {name} is gone; what it brought stays.")


def take_list(visit: Visit) -> Response:
    """Add the feeds of an OPML list."""
    entries = visit.house.roster.entries()
    urls = [str(e.options["url"]) for e in entries.values() if e.options.get("url")]
    found = opml.read(visit.form.file, visit.house.themes, list(entries), urls)
    for feed in found.feeds:
        table = {"name": feed.name, "title": feed.title, "kind": "feed", "url": feed.url}
        if feed.theme:
            table["theme"] = feed.theme
        visit.house.roster.checked(table)
        visit.house.tend.add(feed.name, json.dumps(table, ensure_ascii=False), visit.by)
    visit.house.roster.refresh()
    visit.house.seats.note(visit.by, "took in a list of feeds", f"{len(found.feeds)} new")
    added = "1 source" if len(found.feeds) == 1 else f"{len(found.feeds)} sources"
    said = f"{added} added, {len(found.known)} known already"
    if found.unusable:
        said += f", {len(found.unusable)} without a usable address"
    return visit.go("sources/", f"{said}.")


def give_list(visit: Visit) -> Response:
    """Give the feeds among the sources as OPML."""
    feeds = [
        opml.ListedFeed(entry.name, visit.house.source_titles[entry.name], url, entry.theme)
        for entry in visit.house.roster.entries().values()
        if entry.kind == "feed" and (url := str(entry.options.get("url") or ""))
    ]
    titles = {theme.slug: theme.title for theme in visit.house.themes}
    headers = {"content-disposition": 'attachment; filename="sources.opml"'}
    document = opml.write(visit.house.site.name, feeds, titles)
    return Response(document, media_type="text/x-opml", headers=headers)


def _finding(
    visit: Visit,
    text: str,
    found: Sequence[Lead],
    *,
    wrong: str = "",
    status: int = HTTPStatus.OK,
) -> Response:
    names = [
        opml.free_name(lead.title or str(urlsplit(lead.url).hostname), visit.house.roster.entries())
        for lead in found
    ]
    leads = list(zip(found, names, strict=True))
    return visit.page("source-found", status, address=text, leads=leads, wrong=wrong)


def _table(visit: Visit) -> dict[str, object]:
    """The form as a table of the configuration; what is empty is left out."""
    keys = ("name", "title", "kind", "url", "theme", "every")
    return {key: value for key in keys if (value := visit.form.text(key))}


def _draft(visit: Visit, table: dict[str, object]) -> dict[str, object]:
    return {
        "draft": {**dict.fromkeys(("title", "theme", "every"), ""), **table},
        "themes": visit.house.themes,
        "tried": False,
    }


def _standings(visit: Visit) -> list[Standing]:
    with visit.house.store.read() as work:
        mutes = work.roster.mutes()
        records = {record.name: record for record in work.sources.records()}
        fresh = work.sources.record
        return [
            _told(visit, entry, records.get(name) or fresh(name), mutes.get(name))
            for name, entry in visit.house.roster.entries().items()
        ]


def _standing(visit: Visit) -> Standing:
    name = visit.path("name")
    entry = visit.house.roster.entries().get(name)
    if entry is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such source.")
    with visit.house.store.read() as work:
        return _told(visit, entry, work.sources.record(name), work.roster.mutes().get(name))


def _told(visit: Visit, entry: SourceSettings, record: SourceRecord, mute: Mute | None) -> Standing:
    title = visit.house.source_titles[entry.name]
    configured = visit.house.roster.is_configured(entry.name)
    mood, words = ("warn", "Rests") if mute else _words(record)
    return Standing(entry, title, record, mute, mood, words, configured)


def _words(record: SourceRecord) -> tuple[str, str]:
    if record.health is Health.GONE:
        return "bad", "Gone"
    if record.health is Health.FAILING:
        times = "once" if record.failures == 1 else f"{record.failures} times in a row"
        return "bad", f"Failed {times}"
    return _NEW[record.health]


def _unusable(visit: Visit) -> list[str]:
    """Names of added sources that cannot be read any more, such as of a theme that is gone."""
    with visit.house.store.read() as work:
        added = [addition.name for addition in work.roster.additions()]
    return [name for name in added if name not in visit.house.roster.entries()]


PAGES = (
    Page("sources/", Role.VIEWER, show=show_all),
    Page("sources/find", Role.EDITOR, act=find),
    Page("sources/try", Role.EDITOR, act=try_out),
    Page("sources/save", Role.EDITOR, act=save),
    Page("sources/list", Role.EDITOR, show=give_list, act=take_list),
    Page("sources/{name}/", Role.VIEWER, show=show_one),
    Page("sources/{name}/mute", Role.EDITOR, act=mute, deed="let a source rest", about="name"),
    Page("sources/{name}/unmute", Role.EDITOR, act=unmute, deed="woke a source", about="name"),
    Page("sources/{name}/drop", Role.EDITOR, act=drop, deed="took a source away", about="name"),
)
