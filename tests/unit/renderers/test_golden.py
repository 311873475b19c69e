"""What readers see, word for word.

After a change on purpose: ``UPDATE_GOLDEN=1 pytest tests/unit/renderers/test_golden.py``, then
read the difference before it is committed.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from digest.core.artifact import PersonalTokens
from digest.renderers.email import TemplateEmailRenderer
from digest.renderers.feed import FeedRenderer
from digest.renderers.page import PageRenderer
from digest.renderers.templating import environment
from tests.builders import a_catalogue, a_newsletter, a_section, a_site, an_edition, an_entry

GOLDEN = Path(__file__).parents[2] / "golden" / "render"

KEPT = (
    "index.html",
    "weekly/index.html",
    "weekly/2026-11-23/index.html",
    "weekly/atom.xml",
    "weekly/rss.xml",
    "weekly/feed.json",
    "resources/atom.xml",
    "resources/feed.json",
)


def documents() -> dict[str, str]:
    """Everything that is kept, by file name."""
    templates = environment(None, a_site())
    rich = an_entry(
        5,
        labels=("Guidance", "Standards & codes"),
        published="2022-03",
        note="Read the annex.",
        also_in=("Theme 2",),
        also_at=("Water Watch",),
        download="https://library.example.org/files/5.pdf",
    )
    sections = (
        a_section("theme-1", rich, an_entry(6), an_entry(7), shown=2, featured=True),
        a_section("theme-2", an_entry(8, url="javascript:x", tags=(), labels=(), summary="")),
    )
    edition = an_edition(sections=sections, letter="Good morning.\n\nIt rained.")
    email = TemplateEmailRenderer(templates, a_site())
    body = email.body(a_newsletter(), edition, None, PersonalTokens("5ec2e7"))
    public = [*PageRenderer(templates).render(a_catalogue())]
    public += FeedRenderer(templates).render(a_catalogue())
    made = {artifact.path: artifact.body.decode() for artifact in public}
    return {
        "email.html": "".join(body.html),
        "email.txt": "".join(body.text),
        **{path.replace("/", "."): made[path] for path in KEPT},
    }


NAMES = ("email.html", "email.txt", *(path.replace("/", ".") for path in KEPT))


@pytest.mark.parametrize("name", NAMES)
def test_readers_see_what_was_agreed(name: str) -> None:
    """The document is the kept one, byte for byte."""
    made = documents()[name]
    if os.environ.get("UPDATE_GOLDEN") == "1":
        (GOLDEN / name).write_text(made, encoding="utf-8")
    assert made == (GOLDEN / name).read_text(encoding="utf-8")
