"""Names that must be unique, and names that must lead somewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from digest.core.newsletter import OTHER

RESERVED = frozenset({
    "api", "confirm", "editor", "healthz", "metrics", "preferences", "readyz", "resources",
    "static", "style", "subscribe", "themes", "unsubscribe",
})  # fmt: skip
"""First parts of addresses that are taken, so that no newsletter may have them as its slug."""


def dangling(tables: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield (key, what was expected) for each name that is double, reserved, or leads nowhere.

    Works on the raw tables, so that these faults are told together with all others.
    """
    themes = [str(entry.get("slug")) for _, entry in _entries(tables, "themes")]
    for table, name in (
        ("sources", "name"),
        ("bounces", "name"),
        ("themes", "slug"),
        ("newsletters", "slug"),
    ):
        yield from _doubles(tables, table, name)
    yield from _in_use_again(tables, themes)
    for key, source in _entries(tables, "sources"):
        if (theme := source.get("theme")) and theme not in themes:
            yield f"{key}.theme", _expected(theme, themes)
    for key, newsletter in _entries(tables, "newsletters"):
        if newsletter.get("slug") in RESERVED:
            yield f"{key}.slug", f'expected another slug: "/{newsletter["slug"]}/" is in use'
        listed = newsletter.get("themes")
        for expected in _wrong(listed if isinstance(listed, list) else [], [*themes, OTHER]):
            yield f"{key}.themes", expected


def _in_use_again(tables: Mapping[str, object], slugs: list[str]) -> Iterator[tuple[str, str]]:
    """A former slug leads to one theme only, and to none that there is again."""
    led: set[object] = set()
    for key, theme in _entries(tables, "themes"):
        formerly = theme.get("formerly")
        for old in formerly if isinstance(formerly, list) else []:
            if old in slugs:
                yield f"{key}.formerly", f'expected a former slug: "{old}" is a theme of its own'
            elif old in led:
                yield f"{key}.formerly", f'expected each former slug once: "{old}" is there twice'
            led.add(old)


def _wrong(listed: list[object], known: list[str]) -> Iterator[str]:
    for number, theme in enumerate(listed):
        if theme not in known:
            yield _expected(theme, known)
        elif theme in listed[:number]:
            yield f'expected each theme once: "{theme}" is there twice'


def _entries(tables: Mapping[str, object], table: str) -> Iterator[tuple[str, dict[str, object]]]:
    entries = tables.get(table)
    for number, entry in enumerate(entries if isinstance(entries, list) else [], 1):
        if isinstance(entry, dict):
            yield f"{table}[{number}]", entry


def _doubles(tables: Mapping[str, object], table: str, name: str) -> Iterator[tuple[str, str]]:
    seen: set[object] = set()
    for key, entry in _entries(tables, table):
        value = entry.get(name)
        if isinstance(value, str):
            if value in seen:
                yield f"{key}.{name}", f'expected a name of its own: "{value}" is there twice'
            seen.add(value)


def _expected(theme: object, known: list[str]) -> str:
    return f'no theme "{theme}"; expected one of {", ".join(known) or "(no themes are configured)"}'
