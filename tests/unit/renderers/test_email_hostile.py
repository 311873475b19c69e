"""Hostile text in an edition."""

from __future__ import annotations

import re
import threading
from dataclasses import replace

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.core.artifact import PERSONAL, EmailBody, PersonalTokens
from digest.core.edition import Entry
from digest.renderers.email import TemplateEmailRenderer
from digest.renderers.templating import environment
from tests.builders import a_newsletter, a_section, a_site, an_edition, an_entry

PEOPLE = PersonalTokens("5ec2e7")
RENDERER = TemplateEmailRenderer(environment(None, a_site()), a_site())

NASTY = st.one_of(
    st.text(),
    st.text(st.characters(), max_size=20),
    st.sampled_from(
        [
            "</td></table></body></html>",
            "<style>*{display:none}</style>",
            "<!--",
            "]]>",
            '" style="head" onclick="x',
            "{{ personal.email }}{% raw %}",
            "{{ 7 * 7 }}",
            "NabcemailN N000000emailN",
            "\x00\x0b\ud800\udfff\u202e",
            "<div>" * 400,
            "javascript:alert(1)",
            "=?utf-8?q?a=0D=0ABcc=3A?=",
            "a\r\n.\r\nb",
        ]
    ),
)
NASTIES = st.lists(NASTY, max_size=3).map(tuple)


def an_ugly_entry() -> st.SearchStrategy[Entry]:
    texts = """url title summary content author issuer source published download language note
        why"""
    words = dict.fromkeys(texts.split(), NASTY)
    lists = dict.fromkeys(("labels", "tags", "also_in", "also_at"), NASTIES)
    return st.builds(lambda **fields: replace(an_entry(7), **fields), **words, **lists)


def render(entry: Entry) -> EmailBody:
    edition = an_edition(featured=entry, sections=(a_section("theme-1", entry, featured=True),))
    return RENDERER.body(a_newsletter(), edition, None, PEOPLE)


@settings(max_examples=60, deadline=None)
@given(entry=an_ugly_entry())
def test_no_text_breaks_the_letter(entry: Entry) -> None:
    """The footer stands, the structure is that of a harmless letter, and UTF-8 can carry it."""
    made = render(entry)
    document = "".join(made.html)
    document.encode()
    "".join(made.text).encode()
    tree = lxml.html.fromstring(document)
    assert not tree.xpath("//script|//img|//*[@onclick]")
    assert len(tree.xpath("//style")) == 1
    assert tree.xpath("//td[contains(@class, 'foot')]//a[text()='Unsubscribe']")
    assert document.rstrip().endswith("</html>")


@settings(max_examples=60, deadline=None)
@given(entry=an_ugly_entry())
def test_no_text_forges_a_personal_value(entry: Entry) -> None:
    """Stand-ins stand where the template put them, as often as in a harmless letter."""
    made, harmless = render(entry), render(an_entry(7))
    for name in PERSONAL:
        token = getattr(PEOPLE, name)
        assert "".join(made.html).count(token) == "".join(harmless.html).count(token)
        assert "".join(made.text).count(token) == "".join(harmless.text).count(token)


@settings(max_examples=60, deadline=None)
@given(entry=an_ugly_entry())
def test_subject_and_preheader_are_single_clean_lines(entry: Entry) -> None:
    """No text brings a line end or a control character into a header."""
    made = render(entry)
    for header in (made.subject, made.preheader):
        assert not re.search(r"[\x00-\x1f\x7f\ud800-\udfff]", header)


@settings(max_examples=60, deadline=None)
@given(entry=an_ugly_entry())
def test_every_link_is_one_that_may_be_followed(entry: Entry) -> None:
    """Whatever stands in the fields for addresses, only http(s) and mailto become links."""
    tree = lxml.html.fromstring("".join(render(entry).html))
    allowed = re.compile(r"https?://\S+|mailto:\S+|#\S+|N5ec2e7[a-z_]+N")
    assert all(allowed.fullmatch(str(a.get("href"))) for a in tree.iter("a"))


def test_threads_get_what_a_single_one_gets() -> None:
    """Rendering from several threads at once gives the same bodies."""
    renderer = TemplateEmailRenderer(environment(None, a_site()), a_site())
    wanted = [["theme-1"], ["theme-2"], ["theme-1", "theme-3"], None] * 5
    got: dict[int, str] = {}

    def work(number: int) -> None:
        body = renderer.body(a_newsletter(), an_edition(), wanted[number], PEOPLE)
        got[number] = "".join(body.html)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(len(wanted))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, themes in enumerate(wanted):
        alone = RENDERER.body(a_newsletter(), an_edition(), themes, PEOPLE)
        assert got[number] == "".join(alone.html)


@pytest.mark.parametrize("published", ["2022-13", "0000", "9999-99-99", "yesterday"])
def test_a_bad_date_is_left_unsaid(published: str) -> None:
    """An item with an impossible date is shown without one."""
    document = "".join(render(an_entry(published=published)).html)
    assert published not in document
