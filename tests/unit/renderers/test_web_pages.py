"""The web pages."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urldefrag

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.core.catalogue import Catalogue, Shelf
from digest.core.newsletter import Theme
from digest.renderers.page import PageRenderer
from digest.renderers.templating import environment
from tests.builders import (
    MONDAY,
    a_catalogue,
    a_filed_resource,
    a_newsletter,
    a_section,
    a_site,
    an_edition,
    an_entry,
    an_issue,
)

PAGES = (
    "index.html",
    "404.html",
    "resources/index.html",
    "themes/theme-1/index.html",
    "themes/theme-2/index.html",
    "themes/theme-3/index.html",
    "weekly/index.html",
    "weekly/2026-11-23/index.html",
    "weekly/2026-11-16/index.html",
)


def pages(catalogue: Catalogue | None = None) -> Mapping[str, str]:
    renderer = PageRenderer(environment(None, a_site()))
    return {a.path: a.body.decode() for a in renderer.render(catalogue or a_catalogue())}


def tree(path: str, catalogue: Catalogue | None = None) -> Any:
    return lxml.html.fromstring(pages(catalogue)[path].encode())


def test_the_pages_of_a_site() -> None:
    """Front page, newsletters, editions, themes, resources, not-found and one style sheet."""
    assert set(pages()) == {*PAGES, "style/site.css"}


class Nesting(HTMLParser):
    """Follows elements as they open and close; collects ids."""

    VOID = frozenset({"meta", "link", "br", "hr", "img", "input"})

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), f"an attribute twice in {tag}"
        assert tag != "p" or "p" not in self.opened, "a paragraph in a paragraph"
        self.ids += [value for name, value in attrs if name == "id" and value]
        if tag not in self.VOID:
            self.opened.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.opened.pop() == tag


@pytest.mark.parametrize("path", PAGES)
def test_elements_nest_and_ids_are_unique(path: str) -> None:
    """Everything opened is closed in order; no place has two names."""
    nesting = Nesting()
    nesting.feed(pages()[path])
    assert nesting.opened == []
    assert len(nesting.ids) == len(set(nesting.ids))


@pytest.mark.parametrize("path", PAGES)
def test_every_link_leads_somewhere(path: str) -> None:
    """Relative links name a page that exists, and a place on it; others are absolute."""
    made = pages()
    for link in tree(path).xpath("//a/@href | //link[@rel='stylesheet']/@href"):
        address, place = urldefrag(re.sub(r"\?v=[0-9a-f]{8}$", "", link))
        address = address.removeprefix("https://digest.example.org/") or (
            "./" if "://" in link else ""
        )
        if re.match(r"https?://|mailto:", address):
            continue
        folder = "" if link.startswith("https:") else posixpath.dirname(path)
        target = posixpath.normpath(posixpath.join(folder, address)) if address else path
        if address.endswith("/") or target == ".":
            target = posixpath.normpath(posixpath.join(target, "index.html"))
        if not target.endswith((".xml", ".json")):
            assert target in made, link
            assert not place or f'id="{place}"' in made[target], link


@pytest.mark.parametrize("path", PAGES)
def test_a_strict_content_security_policy_changes_nothing(path: str) -> None:
    """No script, no inline style, nothing from other hosts."""
    page = tree(path)
    assert not page.xpath("//script | //style | //@style | //img | //iframe | //@onclick")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_language_title_and_one_first_heading(path: str) -> None:
    """What assistive technology asks first."""
    page = tree(path)
    assert page.get("lang") == "en"
    assert page.findtext("head/title")
    assert len(page.xpath("//h1")) == 1
    assert len(page.xpath("//main")) == 1


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        ("weekly/index.html", "weekly"),
        ("weekly/2026-11-23/index.html", "weekly"),
        ("themes/theme-2/index.html", "themes/theme-2"),
        ("resources/index.html", "resources"),
    ],
)
def test_readers_discover_the_feeds(path: str, folder: str) -> None:
    """Atom, RSS and JSON Feed stand in the head, absolute, with type and title."""
    found = tree(path).xpath("//head/link[@rel='alternate']")
    assert {(link.get("type"), link.get("href")) for link in found} == {
        ("application/atom+xml", f"https://digest.example.org/{folder}/atom.xml"),
        ("application/rss+xml", f"https://digest.example.org/{folder}/rss.xml"),
        ("application/feed+json", f"https://digest.example.org/{folder}/feed.json"),
    }
    assert all(link.get("title") for link in found)


def test_an_edition_shows_every_item_of_each_theme() -> None:
    """What the email only counts stands here, in full, under the theme's anchor."""
    entries = [an_entry(n, summary=f"First {n}. Second {n}.") for n in range(9)]
    edition = an_edition(sections=(a_section("theme-1", *entries, shown=2),))
    catalogue = a_catalogue(shelves=(Shelf(a_newsletter(), (an_issue(edition),)),))
    section = tree("weekly/2026-11-23/index.html", catalogue).get_element_by_id("theme-1")
    assert len(section.xpath(".//article")) == 9
    assert "First 8. Second 8." in section.text_content()


def test_editions_lead_to_their_neighbours() -> None:
    """Each names the one before and the one after; the ends name one."""
    newer, older = tree("weekly/2026-11-23/index.html"), tree("weekly/2026-11-16/index.html")
    assert newer.xpath("//a[@rel]/@href") == ["../../weekly/2026-11-16/"]
    assert older.xpath("//a[@rel]/@href") == ["../../weekly/2026-11-23/"]


def test_editions_that_are_headings_only_are_listed_and_led_to() -> None:
    """The archive names them all; pages are made of the newest, and of those asked for again."""
    week = timedelta(weeks=1)
    weeks = [an_edition(number=9 - n, slug=f"no-{9 - n}", date=MONDAY - n * week) for n in range(4)]
    newest, *older = map(an_issue, weeks)
    headings = tuple(issue.edition.heading for issue in older)
    shelf = Shelf(a_newsletter(), (newest,), headings, again=(older[1],))
    made = pages(a_catalogue(shelves=(shelf,)))
    assert {path for path in made if path.startswith("weekly/no-")} == {
        "weekly/no-9/index.html",
        "weekly/no-7/index.html",
    }
    archive = lxml.html.fromstring(made["weekly/index.html"]).xpath(
        "//ol[@class='issues']//a/@href"
    )
    assert archive == [f"../weekly/no-{number}/" for number in (9, 8, 7, 6)]
    around = lxml.html.fromstring(made["weekly/no-7/index.html"]).xpath("//a[@rel]/@href")
    assert around == ["../../weekly/no-6/", "../../weekly/no-8/"]


def test_the_archive_goes_by_the_year_of_its_readers() -> None:
    """An edition of the last hour of a year in UTC belongs to the next one in Berlin."""
    dates = (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC))
    issues = tuple(an_issue(an_edition(date=d, slug=f"{d:%Y-%m-%d}")) for d in dates)
    page = tree("weekly/index.html", a_catalogue(shelves=(Shelf(a_newsletter(), issues),)))
    assert [h.text for h in page.xpath("//h3[@class='year']")] == ["2027", "2026"]


def test_a_newsletter_without_an_edition_says_so() -> None:
    """The archive of a new newsletter is not an empty list."""
    page = tree("weekly/index.html", a_catalogue(shelves=(Shelf(a_newsletter(), ()),)))
    assert "The first edition is still to come." in page.text_content()


def test_a_resource_says_where_else_it_was_and_where_to_get_it() -> None:
    """Also at, also in, download with its host."""
    filed = a_filed_resource(
        1, sources=("library", "watch"), download="https://www.example.org/a.pdf"
    )
    catalogue = a_catalogue(resources=(filed,), source_titles=(("watch", "Water Watch"),))
    text = tree("resources/index.html", catalogue).get_element_by_id("r1").text_content()
    assert "also at Water Watch" in text
    assert "Download from example.org" in text


def test_a_resource_of_a_theme_that_is_gone_stands_under_other() -> None:
    """Lists lead to no page of a theme that left the configuration."""
    other = Theme("other", "Other")
    filed = a_filed_resource(1, theme="gone")
    made = pages(a_catalogue(resources=(filed,), themes=(other,), by_theme=(("other", ()),)))
    assert "themes/gone" not in made["resources/index.html"]


def test_a_page_in_arabic_runs_from_right_to_left() -> None:
    """The direction goes with the language of the edition."""
    issue = an_issue(an_edition(language="ar"))
    catalogue = a_catalogue(shelves=(Shelf(a_newsletter(), (issue,)),))
    assert tree("weekly/2026-11-23/index.html", catalogue).get("dir") == "rtl"


def test_the_style_sheet_knows_day_night_and_paper() -> None:
    """One sheet for all of it."""
    sheet = pages()["style/site.css"]
    assert "prefers-color-scheme: dark" in sheet
    assert "@media print" in sheet
    assert "{{" not in sheet


@settings(max_examples=30, deadline=None)
@given(title=st.text(), summary=st.text(), url=st.text(), label=st.text())
def test_no_text_breaks_a_page(title: str, summary: str, url: str, label: str) -> None:
    """Whatever stands in a resource, the page keeps its frame and gains no element."""
    filed = a_filed_resource(1, title=title, summary=summary, url=url, labels=(label,))
    page = tree("resources/index.html", a_catalogue(resources=(filed,), by_theme=()))
    assert len(page.xpath("//footer")) == 1
    assert not page.xpath("//script | //style | //img")
