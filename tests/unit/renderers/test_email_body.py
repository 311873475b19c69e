"""An edition as email."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import lxml.html
import pytest

from digest.core.artifact import PERSONAL, EmailBody, PersonalTokens
from digest.core.edition import Edition
from digest.core.newsletter import Newsletter
from digest.errors import RenderError
from digest.renderers.email import CLIPPED, TemplateEmailRenderer
from digest.renderers.templating import environment
from tests.builders import a_newsletter, a_section, a_site, an_edition, an_entry

PEOPLE = PersonalTokens("5ec2e7")


def a_renderer(root: Path | None = None) -> TemplateEmailRenderer:
    return TemplateEmailRenderer(environment(root, a_site()), a_site())


def body(edition: Edition, themes: list[str] | None = None, **newsletter: object) -> EmailBody:
    return a_renderer().body(a_newsletter(**newsletter), edition, themes, PEOPLE)


def html(edition: Edition, themes: list[str] | None = None, **newsletter: object) -> str:
    return "".join(body(edition, themes, **newsletter).html)


def text(edition: Edition, themes: list[str] | None = None) -> str:
    return "".join(body(edition, themes).text)


def links(document: str) -> list[str]:
    return [str(a.get("href")) for a in lxml.html.fromstring(document).iter("a")]


def selections() -> list[list[str]]:
    slugs = ["theme-1", "theme-2", "theme-3"]
    return [list(s) for n in range(4) for s in itertools.combinations(slugs, n)]


@pytest.mark.parametrize("themes", selections(), ids="+".join)
def test_joined_parts_equal_the_whole(themes: list[str]) -> None:
    """For every selection: parts rendered for others read as if all had been rendered for this."""
    shared = a_renderer()
    edition = an_edition(letter="Good morning.")
    for others in selections():
        shared.body(a_newsletter(), edition, others, PEOPLE)
    joined = shared.body(a_newsletter(), edition, themes, PEOPLE)
    alone = body(an_edition(letter="Good morning."), themes)
    assert "".join(joined.html) == "".join(alone.html)
    assert "".join(joined.text) == "".join(alone.text)


def test_the_template_renders_the_same_without_any_cache() -> None:
    """Parts are only a way to save work: plain Jinja gives the same letter."""
    edition = an_edition()
    made = body(edition)
    templates = environment(None, a_site())
    from digest.renderers.links import edition_links

    whole = templates.render(
        "email/digest/body.txt",
        newsletter=a_newsletter(),
        edition=edition,
        language="en",
        links=edition_links(a_site(), a_newsletter(), edition),
        personal=PEOPLE,
    )
    assert "".join(made.text) == whole


def test_equal_parts_are_the_same_objects() -> None:
    """What two readers share is one object, so that it is encoded once."""
    renderer, edition = a_renderer(), an_edition()
    one = renderer.body(a_newsletter(), edition, ["theme-1", "theme-2"], PEOPLE)
    two = renderer.body(a_newsletter(), edition, ["theme-2", "theme-3"], PEOPLE)
    shared = {id(part) for part in one.html} & {id(part) for part in two.html}
    size = sum(len(part) for part in one.html if id(part) in shared)
    assert size > 0.6 * len("".join(two.html))


def test_the_same_selection_is_rendered_once() -> None:
    """Readers of the same themes share one body, however it was asked for."""
    renderer = a_renderer()
    first = renderer.body(a_newsletter(), an_edition(), None, PEOPLE)
    again = renderer.body(
        a_newsletter(), an_edition(), ["theme-3", "theme-2", "theme-1", "gone"], PEOPLE
    )
    assert first is again


def test_a_changed_edition_is_rendered_anew() -> None:
    """A body never outlives the content it was made of."""
    renderer = a_renderer()
    renderer.body(a_newsletter(), an_edition(), None, PEOPLE)
    changed = renderer.body(a_newsletter(), an_edition(letter="Corrected."), None, PEOPLE)
    assert "Corrected." in "".join(changed.html)


def test_a_letter_holds_only_the_themes_its_reader_follows() -> None:
    """Nothing of another theme is in html, text, subject or preheader."""
    made = body(an_edition(), ["theme-2"])
    whole = "".join((*made.html, *made.text, made.subject, made.preheader))
    assert "Theme 2" in whole
    assert not re.search(r"Theme [13]|items/[13]\d*\b|sponge", whole)


def test_the_subject_names_the_lead_and_how_many_more() -> None:
    """Readers see at once what is in it."""
    assert body(an_edition()).subject == "The sponge street + 9 more"


def test_without_the_featured_item_the_next_one_leads() -> None:
    """A reader who does not follow its theme still gets a subject that is true."""
    subject = body(an_edition(), ["theme-3"]).subject
    assert subject == "How a river finds its way, part 3000 + 2 more"


def test_an_only_item_is_the_subject() -> None:
    """Nothing is counted when there is nothing more."""
    only = a_section("theme-1", entries=(), featured=True)
    assert body(an_edition(sections=(only,))).subject == "The sponge street"


def test_an_editors_subject_and_preheader_win() -> None:
    """What an editor wrote is taken word for word, on one line."""
    made = body(an_edition(subject="Rain,\r\nBcc: x", preheader="And streets"))
    assert (made.subject, made.preheader) == ("Rain, Bcc: x", "And streets")


def test_the_preheader_names_the_next_items() -> None:
    """It goes on where the subject ended."""
    preheader = body(an_edition(), ["theme-2"]).preheader
    assert (
        preheader == "How a river finds its way, part 2001 · How a river finds its way, part 2002"
    )


def test_a_theme_whose_only_item_is_featured_has_no_body() -> None:
    """It counts in the contents, which lead to the featured item."""
    edition = an_edition(sections=(a_section("theme-1", entries=(), featured=True),))
    document = html(edition)
    assert '<a href="#featured"' in document
    assert 'id="theme-1"' not in document
    assert "   1  Theme 1" in text(edition)


def test_what_does_not_fit_is_counted_and_linked() -> None:
    """The rest of a theme stands on the web page."""
    entries = [an_entry(n) for n in range(5)]
    edition = an_edition(featured=None, sections=(a_section("theme-1", *entries, shown=2),))
    document = html(edition)
    assert "https://digest.example.org/weekly/2026-11-23/#theme-1" in links(document)
    assert "3 more in Theme 1" in document
    assert "items/4" not in document


def test_the_footer_says_why_and_how_to_leave() -> None:
    """Why you get this, preferences, unsubscribe, browser, archive, feeds, address, contact."""
    made = html(an_edition())
    for word in (
        *(getattr(PEOPLE, name) for name in PERSONAL),
        "https://digest.example.org/weekly/2026-11-23/",
        "https://digest.example.org/weekly/atom.xml",
        "7 Weir Lane",
        "mailto:editors@example.org",
    ):
        assert word in made


def test_each_address_of_the_html_is_in_the_text() -> None:
    """Readers of plain text can go everywhere."""
    edition = an_edition(featured=an_entry(download="https://example.org/a.pdf"))
    plain = text(edition)
    for link in links(html(edition)):
        assert link.startswith("#") or link.removeprefix("mailto:") in plain


def test_every_link_is_absolute() -> None:
    """http, https, mailto, a place in the letter, or a personal stand-in; never relative."""
    allowed = re.compile(r"https?://[^\s]+|mailto:\S+@\S+|#[a-z0-9-]+|N5ec2e7[a-z_]+N")
    assert all(allowed.fullmatch(link) for link in links(html(an_edition())))


def test_text_lines_are_short_but_addresses_whole() -> None:
    """Lines end at 72 characters, unless a single word is longer."""
    entry = an_entry(summary="word " * 60, url="https://example.org/" + "a" * 100)
    lines = text(an_edition(featured=entry)).splitlines()
    assert all(len(line) <= 72 or " " not in line for line in lines)
    assert "https://example.org/" + "a" * 100 in lines


def test_html_is_read_from_right_to_left_where_the_language_is() -> None:
    """Direction is said on the document and inside the body, which some clients drop."""
    document = html(an_edition(language="ar"))
    assert '<html lang="ar" dir="rtl"' in document
    assert re.search(r'<div role="article"[^>]* lang="ar" dir="rtl"', document)
    assert 'align="right"' not in document


def test_no_picture_is_needed_and_nothing_is_fetched() -> None:
    """No image, no font, no script, no pixel."""
    tree = lxml.html.fromstring(html(an_edition()))
    assert not tree.xpath("//img|//script|//link|//iframe|//*[@background]|//*[@src]")


def test_layout_tables_say_so() -> None:
    """Screen readers skip the tables that only make columns."""
    tables = lxml.html.fromstring(html(an_edition())).iter("table")
    assert all(table.get("role") == "presentation" for table in tables)


def test_headings_follow_each_other() -> None:
    """One first heading; none is more than one level below the one before."""
    tree = lxml.html.fromstring(html(an_edition()))
    levels = [int(str(h.tag)[1]) for h in tree.iter("h1", "h2", "h3", "h4")]
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))


def test_each_element_has_its_styles_on_it() -> None:
    """A client that drops <style> still shows the design."""
    tree = lxml.html.fromstring(html(an_edition()))
    styled = tree.xpath("//h1|//h3|//td[@class='item']|//p[@class='meta']")
    assert styled
    assert all("color" in e.get("style") or "padding" in e.get("style") for e in styled)


def test_an_edition_of_fifty_items_is_not_clipped() -> None:
    """Gmail shows 102,000 bytes; fifty items need less."""
    edition = an_edition(themes=5, per_theme=10)
    assert len(html(edition).encode()) < CLIPPED


@pytest.mark.parametrize("lost", PERSONAL)
@pytest.mark.parametrize("file", ["body.html", "body.txt"])
def test_a_template_without_a_personal_value_is_refused(
    tmp_path: Path, lost: str, file: str
) -> None:
    """No letter leaves without its way out."""
    shipped, _ = environment(None, a_site()).source(f"email/digest/{file}")
    own = tmp_path / "templates" / "email" / "digest" / file
    own.parent.mkdir(parents=True)
    own.write_text(shipped.replace(f"personal.{lost} ", "site.name "))
    with pytest.raises(RenderError, match=rf"{file}: expected .*personal.{lost}"):
        a_renderer(tmp_path).body(a_newsletter(), an_edition(), None, PEOPLE)


def test_an_error_in_the_html_names_the_line_of_its_author(tmp_path: Path) -> None:
    """The line is that of the file as it was written, not of what was inlined."""
    shipped, _ = environment(None, a_site()).source("email/digest/body.html")
    own = tmp_path / "templates" / "email" / "digest" / "body.html"
    own.parent.mkdir(parents=True)
    own.write_text(shipped.replace("{{ edition.title }}</h1>", "{{ edition.tilte }}</h1>"))
    number = own.read_text()[: own.read_text().index("tilte")].count("\n") + 1
    with pytest.raises(RenderError, match=rf"email/digest/body.html, line {number}: .*tilte"):
        a_renderer(tmp_path).body(a_newsletter(), an_edition(), None, PEOPLE)


def test_a_newsletter_may_have_its_own_template(tmp_path: Path) -> None:
    """The template's folder is named in the configuration; a missing one is named in the error."""
    newsletter: Newsletter = a_newsletter(template="plain")
    with pytest.raises(RenderError, match=r"no template email/plain/body\.html"):
        a_renderer(tmp_path).body(newsletter, an_edition(), None, PEOPLE)


def test_a_template_changed_on_disk_is_used(tmp_path: Path) -> None:
    """An owner sees an edit at the next preview."""
    import os

    folder = tmp_path / "templates" / "email" / "digest"
    folder.mkdir(parents=True)
    shipped, _ = environment(None, a_site()).source("email/digest/body.html")
    (folder / "body.html").write_text(shipped)
    renderer, edition = a_renderer(tmp_path), an_edition()
    renderer.body(a_newsletter(), edition, None, PEOPLE)
    (folder / "body.html").write_text(shipped.replace("View in browser", "Read on the web"))
    os.utime(folder / "body.html", (1, 1))
    changed = renderer.body(a_newsletter(), edition, None, PEOPLE)
    assert "Read on the web" in "".join(changed.html)
