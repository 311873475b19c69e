"""The order in which a page is read aloud."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from digest.core.artifact import PersonalTokens
from digest.renderers.email import TemplateEmailRenderer
from digest.renderers.linearising import Kind, Spoken, linearised
from digest.renderers.templating import environment
from tests.builders import a_newsletter, a_site, an_edition


def read(body: str) -> list[Spoken]:
    return list(
        linearised(f"<html lang='en'><head><title>x</title></head><body>{body}</body></html>")
    )


def test_headings_links_pictures_and_words_come_in_their_order() -> None:
    """Each as what it is; tables for layout and styles say nothing."""
    page = (
        "<style>p{}</style><table role='presentation'><tr><td><h1>One</h1><p>Two <b>bold</b> words"
        " <a href='https://www.example.org/x'>three</a>.</p><img src=x alt='four'></td></table>"
    )
    assert read(page) == [
        Spoken(Kind.HEADING, "One", 1),
        Spoken(Kind.TEXT, "Two bold words"),
        Spoken(Kind.LINK, "three", leads_to="example.org"),
        Spoken(Kind.TEXT, "."),
        Spoken(Kind.IMAGE, "four"),
    ]


def test_what_is_read_but_not_seen_is_marked() -> None:
    """As the preheader is; what is hidden from readers' programs is not read."""
    page = "<div style='display: none'>Before</div><p aria-hidden='true'>no</p><p lang='de'>Ja</p>"
    assert read(page) == [
        Spoken(Kind.TEXT, "Before", hidden=True),
        Spoken(Kind.TEXT, "Ja", language="de"),
    ]


def test_a_letter_is_read_from_its_preheader_to_its_foot() -> None:
    """Title, contents, the featured item, then theme by theme, in the order of the edition."""
    edition = an_edition()
    renderer = TemplateEmailRenderer(environment(None, a_site()), a_site())
    body = renderer.body(a_newsletter(), edition, None, PersonalTokens("0" * 32))
    spoken = linearised("".join(body.html))
    headings = [each.text for each in spoken if each.kind is Kind.HEADING]
    assert headings[0] == edition.title
    titles = [entry.title for entry in edition.entries()]
    assert [text for text in headings if text in titles] == titles
    assert spoken[0].hidden
    assert all(each.text for each in spoken)


@given(st.text(max_size=80))
def test_any_document_can_be_read(text: str) -> None:
    """Whatever it holds."""
    assert all(each.text == " ".join(each.text.split()) for each in linearised(text))
