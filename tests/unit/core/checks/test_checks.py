"""Each check: what it passes, and what it finds."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.artifact import Artifact
from digest.core.checks.all import checks
from digest.core.checks.links import fault
from digest.core.checks.names import NAMES
from digest.core.checks.size import CLIPPED
from tests.builders import a_section, an_edition, an_entry
from tests.proofing import a_proof, all_found, found, html, said


def test_the_letter_that_comes_with_the_program_passes_every_check() -> None:
    """An ordinary edition by our own template gives no editor anything to do."""
    assert all_found(a_proof()) == {}


def test_every_check_has_its_name() -> None:
    """The names that the configuration knows are those of the checks, in their order."""
    assert tuple(check.name for check in checks()) == NAMES


@pytest.mark.parametrize(
    ("name", "over", "expected"),
    [
        ("unsubscribe", {"text": "Hello"}, "the text part has no link to unsubscribe"),
        ("unsubscribe", {"html": html("Hello")}, "the HTML part has no link to unsubscribe"),
        ("unsubscribe", {"unsubscribe_url": "https://x.example/u"}, "List-Unsubscribe of its"),
        ("preheader", {"preheader": ""}, "there is no preheader"),
        ("preheader", {"preheader": "Too short"}, "only 9 characters"),
        ("preheader", {"preheader": "long " * 50}, "249 characters"),
        ("size", {"html": html("x" * CLIPPED)}, "Gmail cuts it off"),
        ("size", {"html": html("x" * 95_000)}, "will soon cut it off"),
        ("text", {"text": " "}, "the text part is empty"),
        ("text", {"text": "Nothing of it"}, "the text part lacks the link https://library"),
        ("text", {"text": "Nothing of it"}, "the text part lacks an item"),
        ("images", {"html": html('<img src="https://x.example/a" width=1 height=1>')}, "no alt"),
        ("images", {"html": html('<img src="http://x.example/a.png" alt="">')}, "over https"),
        ("images", {"html": html('<img src="data:image/png;base64,AA" alt="">')}, "Gmail drops"),
        ("images", {"html": html('<img src="https://x.example/a.png" alt="">')}, "how large"),
        ("links", {"html": html('<a href="">x</a>')}, "leads nowhere"),
        ("links", {"html": html('<a href="#there">x</a>')}, "no place in the letter"),
        ("links", {"html": html('<a href="http://10.0.0.7/x">x</a>')}, "private network"),
        ("links", {"html": html('<a href="javascript:x()">x</a>')}, "neither http nor https"),
        ("accessibility", {"html": "<p>Hello"}, "does not say its language"),
        ("accessibility", {"html": "<html lang=en><p>Hello"}, "webmail will not know"),
        ("accessibility", {"html": "<p>Hello"}, "no title"),
        ("accessibility", {"html": "<p>Hello"}, "no heading"),
        ("accessibility", {"html": html("<h3>Deep</h3>")}, "level 3 follows one of level 1"),
        ("accessibility", {"html": html("<h2></h2>")}, "heading has no words"),
        ("accessibility", {"html": html('<a href="/x">Read more</a>')}, "says only “Read more”"),
        ("accessibility", {"html": html('<a href="/x"> </a>')}, "a link has no words"),
        ("accessibility", {"html": html("<table><tr><td>x</table>")}, "read aloud as tables"),
        ("accessibility", {"html": html('<p style="color:#999">x')}, "#999999 on #ffffff"),
        ("clients", {"html": html('<p style="display:flex">x')}, "display-flex is not shown to"),
        ("clients", {"html": html("", "<style>p::before{color:red}</style>")}, "before is not"),
        ("clients", {"html": html("<form><input></form>")}, "<form> is not shown"),
        ("clients", {"html": html('<img src="https://x.example/a.svg">')}, "svg is not shown"),
        ("placeholders", {"html": html("<p>Dear [NAME], TBD")}, "“[NAME]” was left over"),
    ],
)  # fmt: skip
def test_a_letter_with_one_fault_is_found_out(
    name: str, over: dict[str, object], expected: str
) -> None:
    """What is wrong is said, with how to mend it."""
    findings = [
        finding for finding in found(name, a_proof(None, **over)) if expected in finding.what
    ]

    assert findings
    assert all(finding.where or finding.fix for finding in findings)


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("{{ lead }} and more", ["“{{ lead }}” was left over"]),
        ("TBD: a subject", ["“TBD” was left over"]),
        ("Lorem ipsum", ["“Lorem ipsum” was left over"]),
        ("%%first name%%, look", ["“%%first name%%” was left over"]),
        ("The price of 20 % more todos", []),
    ],
)
def test_what_editors_forgot_is_left_over(subject: str, expected: list[str]) -> None:
    """A subject is the editors' own word, so it may block."""
    assert said("placeholders", a_proof(an_edition(subject=subject))) == expected


def test_what_a_source_wrote_never_blocks() -> None:
    """An article on Jinja must not stop an edition; it is told, mildly."""
    entry = an_entry(1, title="How to write {{ name }} in Jinja")
    proof = a_proof(an_edition(featured=None, sections=(a_section("theme-1", entry),)))

    in_item = [one for one in found("placeholders", proof) if one.where.endswith("Jinja”")]

    assert [one.mild for one in in_item] == [True]


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("The sponge street + 8 more", []),
        ("Hi", ["the subject says nothing"]),
        ("x" * 91, ["the subject has 91 characters; inboxes cut it off after 90"]),
        ("EVERYTHING ABOUT RIVERS", ["the subject is all in capitals"]),
        ("Act now!!! Win", ["the subject shouts"]),
    ],
)
def test_a_subject_is_judged_as_inboxes_show_it(subject: str, expected: list[str]) -> None:
    """Length, capitals, shouting."""
    assert said("subject", a_proof(an_edition(subject=subject))) == expected


def test_a_broken_head_is_told_rule_by_rule() -> None:
    """What large receivers refuse is found before they do."""
    proof = a_proof()
    broken = proof.message.replace(b"Precedence: list\r\n", b"")
    broken = broken.replace(b"MIME-Version: 1.0\r\n", b"MIME-Version: 1.0\n")

    assert said("headers", replace(proof, message=broken)) == [
        "a rule for bulk mail is broken: every line ends in CRLF",
        "a rule for bulk mail is broken: the fields are those we set, each once",
        "a rule for bulk mail is broken: old responders stay quiet",
    ]


_RSS = b"<rss><channel>%s</channel></rss>"
_ITEM = b"<item><guid>1</guid><pubDate>Mon, 23 Nov 2026 07:30:00 +0000</pubDate></item>"


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("rss.xml", _RSS % _ITEM, []),
        ("rss.xml", b"<rss><channel>", ["it is not well-formed: "]),
        ("rss.xml", _RSS % (_ITEM + _ITEM), ["two entries have the id 1"]),
        ("rss.xml", _RSS % _ITEM.replace(b"1", b"", 1), ["an entry has no id"]),
        ("rss.xml", _RSS % b"<item><guid>1</guid></item>", ["an entry has no date that can be"]),
        ("feed.json", b'{"items": [{"id": "1", "date_published": "yesterday"}]}', ["an entry has"]),
        ("feed.json", b"{", ["it is not well-formed: "]),
    ],
)
def test_feeds_are_read_back(path: str, body: bytes, expected: list[str]) -> None:
    """Well-formed, with ids of their own and dates."""
    media = "application/feed+json" if path.endswith("json") else "application/rss+xml"
    told = said("feeds", a_proof(feeds=(Artifact(path, media, body),)))

    assert len(told) == len(expected)
    assert all(line.startswith(start) for line, start in zip(told, expected, strict=True))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://library.example.org/a?b=c#d", ""),
        ("mailto:editors@example.org", ""),
        ("https://[::1]/", "leads into a private network"),
        ("http://intranet/page", "leads into a private network"),
        ("http://printer.local/", "leads into a private network"),
        ("https://[broken/", "is no address"),
        ("https:///path", "names no host"),
        ("https://x.example/a b", "has a space in it"),
        ("/relative", "does not say where it starts from"),
        ("mailto:nobody", "names nobody to write to"),
        ("https://x.example:99999/", "is no address"),
    ],
)
def test_an_address_is_judged_by_its_form(url: str, expected: str) -> None:
    """What no reader can follow is seen without asking anybody."""
    assert fault(url) == expected


def test_our_own_pages_may_be_anywhere() -> None:
    """A site that is tried out on loopback links to itself; `digest check` tells of that."""
    proof = a_proof(
        site="http://127.0.0.1:8000", html=html('<a href="http://127.0.0.1:8000/w/">W</a>')
    )

    assert said("links", proof) == []


_NASTY = st.text() | st.sampled_from(
    ["<", "<!--", "]]>", '<a href="', "<table>" * 300, "&#0;", "\0", "\ud800", "<style>@media{",
     "<p style='color:#fff;;:;background'>x", "<img src=data: alt>", "<h9>", "{{", "<html lang>",
     "<a href='http://[::'>x</a>", "<?xml version='1.0' encoding='utf-16'?>"]
)  # fmt: skip


@given(st.lists(_NASTY).map("".join), _NASTY, _NASTY)
def test_nothing_that_stands_in_a_letter_makes_a_check_raise(
    body: str, text: str, preheader: str
) -> None:
    """Whatever a template or a source makes of it, editors get their answer."""
    all_found(replace(_SOME, html=body, text=text, preheader=preheader))


@given(st.text(), st.text(), st.sampled_from(["https://x.example/", "javascript:x", "//x", ""]))
def test_no_source_can_block_an_edition(title: str, summary: str, url: str) -> None:
    """Whatever stands in an item, the checks that block by default have nothing against it."""
    entry = an_entry(1, title=title, summary=summary, url=url)
    proof = a_proof(an_edition(featured=None, sections=(a_section("theme-1", entry),)))
    blocking = ("unsubscribe", "headers", "placeholders", "feeds")

    assert [one for name in blocking for one in found(name, proof) if not one.mild] == []


_SOME = a_proof()
