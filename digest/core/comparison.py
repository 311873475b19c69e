"""What differs between two editions."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from digest.core.edition import Edition, Entry

_WORDS = ("title", "summary", "note", "url")
_OF_THE_WHOLE = ("title", "subject", "preheader", "letter")


@dataclass(frozen=True, slots=True)
class Change:
    """One item that both editions have.

    Attributes:
        fields: names of what was said otherwise; empty: it only stands elsewhere.
    """

    before: Entry
    after: Entry
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became of one edition in another.

    Attributes:
        moved: what stands under another theme.
        changed: what is said otherwise; it may have moved as well.
        whole: what of the whole is said otherwise: (name, before, after).
        order: slugs of the themes whose items that both have stand in another order.
    """

    before: Edition
    after: Edition
    added: tuple[Entry, ...]
    removed: tuple[Entry, ...]
    moved: tuple[Change, ...]
    changed: tuple[Change, ...]
    whole: tuple[tuple[str, str, str], ...]
    order: tuple[str, ...]

    def __bool__(self) -> bool:
        """Whether anything differs."""
        things = (self.added, self.removed, self.moved, self.changed, self.whole, self.order)
        return any(things)


def compare(before: Edition, after: Edition) -> Comparison:
    """Compare two editions of a newsletter, or two versions of one; items by their resource."""
    old = {entry.resource: entry for entry in before.entries()}
    new = {entry.resource: entry for entry in after.entries()}
    both = [
        Change(old[r], entry, _differing(old[r], entry)) for r, entry in new.items() if r in old
    ]
    return Comparison(
        before=before,
        after=after,
        added=tuple(entry for r, entry in new.items() if r not in old),
        removed=tuple(entry for r, entry in old.items() if r not in new),
        moved=tuple(each for each in both if each.before.theme != each.after.theme),
        changed=tuple(each for each in both if each.fields),
        whole=tuple(_whole(before, after)),
        order=tuple(_reordered(before, after)),
    )


def text_diff(before: Edition, after: Edition) -> list[str]:
    """Compare the words of two editions line by line, as programs for patches know it."""
    one, other = (f"{each.newsletter}/{each.slug}" for each in (before, after))
    return list(difflib.unified_diff(lines(before), lines(after), one, other, lineterm=""))


def lines(edition: Edition) -> list[str]:
    """The words of an edition, for comparing."""
    found = [edition.subject, edition.preheader, *edition.letter.splitlines()]
    for section in edition.sections:
        entries = [entry for entry in edition.entries() if entry.theme == section.theme]
        found += ["", f"## {section.title}"]
        for entry in entries:
            found += ["", entry.title, entry.url, *entry.summary.splitlines(), entry.note]
    return [text for number, text in enumerate(found) if text or number]


def _differing(before: Entry, after: Entry) -> tuple[str, ...]:
    return tuple(name for name in _WORDS if getattr(before, name) != getattr(after, name))


def _whole(before: Edition, after: Edition) -> list[tuple[str, str, str]]:
    pairs = [(name, getattr(before, name), getattr(after, name)) for name in _OF_THE_WHOLE]
    pairs.append(("featured", _lead(before), _lead(after)))
    return [(name, one, other) for name, one, other in pairs if one != other]


def _lead(edition: Edition) -> str:
    return edition.featured.title if edition.featured else ""


def _reordered(before: Edition, after: Edition) -> list[str]:
    """Themes in which those that stood there before, and still do, stand otherwise."""
    old = {section.theme: [e.resource for e in section.entries] for section in before.sections}
    new = {section.theme: [e.resource for e in section.entries] for section in after.sections}
    return [
        theme
        for theme in new
        if theme in old
        and [r for r in old[theme] if r in new[theme]] != [r for r in new[theme] if r in old[theme]]
    ]
