"""An edition to try templates on."""

from __future__ import annotations

from datetime import UTC, datetime

from digest.core.composition import other_theme
from digest.core.edition import Edition, Entry, Section
from digest.core.newsletter import Newsletter
from digest.core.resource import ResourceId

SOME_TIME = datetime(2026, 1, 5, 8, tzinfo=UTC)


def a_sample(newsletter: Newsletter) -> Edition:
    """An edition of one full item, as a template may meet it."""
    theme = other_theme()
    entry = Entry(
        resource=ResourceId(1),
        tag="tag:sample,2026:resource/1",
        url="https://www.example.org/",
        title="A title",
        theme=theme.slug,
        summary="A summary.",
        labels=("Label",),
        tags=("Tag",),
        issuer="An issuer",
        source="A source",
        published="2026-01-01",
        first_seen=SOME_TIME.isoformat(),
        note="A note",
    )
    section = Section(theme.slug, theme.title, theme.description, (entry,), shown=1, featured=True)
    return Edition(
        newsletter=newsletter.slug,
        title=newsletter.title,
        number=1,
        slug="2026-01-05",
        date=SOME_TIME,
        sections=(section,),
        featured=entry,
        letter="Opening words.",
        language=newsletter.language,
    )
