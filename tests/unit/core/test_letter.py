"""Letters: valid whatever is in them, the same for the same person, and nobody else's."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.artifact import EmailBody, PersonalTokens
from digest.core.bounce import tracing
from digest.core.letter import Addressee, Letter, LetterPress, Mailing, personal_tokens
from digest.core.sender import Sender
from digest.errors import RenderError
from tests.bulk_sender import faults, parsed

NOW = datetime(2026, 11, 23, 7, 30, 1, 500, tzinfo=UTC)
KEY = b"k" * 32
TOKENS = personal_tokens(KEY, "an edition")
SENDER = Sender("Riverbank", "digest@example.org", "bounces@example.org", KEY)
MAILING = Mailing(
    7, "weekly", "The Riverbank Weekly", "2026-11-23", "https://digest.example.org/weekly/"
)
ANNA = Addressee(
    delivery=41,
    subscriber=5,
    email="anna@example.net",
    since="May 2026",
    preferences_url="https://digest.example.org/preferences/abc",
    unsubscribe_url="https://digest.example.org/unsubscribe/abc?n=weekly&x=1",
)
HOSTILE = (
    "=?utf-8?q?a=0D=0ABcc=3A_v=40example.com?=",
    "a\r\nBcc: v@example.com",
    "a\nBcc: v@example.com",
    "a\rBcc: v@example.com",
    "a\x85Bcc: v@example.com",
    "a\u2028Bcc: v@example.com",
    "a\0b",
    "a\udcffb",
    "\u202egro.elpmaxe",
    "=\u200b?utf-8?q?a?=",
    '" <v@example.com>, "',
    "x" * 5000,
    "ü" * 5000,
    "🐟" * 5000,
    "wide " * 400,
    "",
)
text = st.text(st.characters(), max_size=300) | st.sampled_from(HOSTILE)
dotted = st.text(st.sampled_from(".\n a"), max_size=200) | text


def a_body(**over: object) -> EmailBody:
    fields: dict[str, object] = {
        "subject": "3 new about rivers",
        "preheader": "",
        "text": ("Rivers\n", f"Leave: {TOKENS.unsubscribe_url}\nfor {TOKENS.email}\n"),
        "html": (
            "<p>Rivers</p>\n",
            f'<a href="{TOKENS.unsubscribe_url}">leave</a> {TOKENS.since} {TOKENS.preferences_url}',
        ),
    }
    return EmailBody(**{**fields, **over})  # type: ignore[arg-type] # the caller names the fields


def a_letter(
    body: EmailBody | None = None,
    to: Addressee = ANNA,
    *,
    sender: Sender = SENDER,
    mailing: Mailing = MAILING,
) -> Letter:
    return LetterPress(sender, mailing, TOKENS).form(body or a_body()).letter(to, NOW)


def parts_of(letter: Letter) -> list[str]:
    return [
        part.get_content().replace("\r\n", "\n") for part in parsed(letter.content).iter_parts()
    ]


@given(subject=text, name=text, title=text, part=text)
def test_hostile_text_breaks_no_rule(subject: str, name: str, title: str, part: str) -> None:
    """Whatever stands in subject, names, titles and bodies, the message keeps every rule."""
    body = a_body(subject=subject, text=(part, TOKENS.unsubscribe_url))
    mailing = replace(MAILING, title=title)
    letter = a_letter(body, sender=replace(SENDER, name=name), mailing=mailing)
    assert faults(letter.content, NOW) == []


@given(value=text)
def test_hostile_values_break_no_rule(value: str) -> None:
    """Whatever a personal value holds, the message keeps every rule."""
    assert faults(a_letter(to=replace(ANNA, since=value)).content, NOW) == []


@given(subject=text, part=dotted, value=dotted)
def test_no_line_begins_with_a_dot(subject: str, part: str, value: str) -> None:
    """Whatever stands where, a transport has no dot to double, and the letter says so."""
    body = a_body(subject=subject, text=(part, TOKENS.since, part, TOKENS.unsubscribe_url))
    letter = a_letter(body, to=replace(ANNA, since=value))
    assert not letter.has_dots
    assert b"\n." not in letter.content


@given(email=text | st.emails())
def test_an_address_is_mailed_or_refused(email: str) -> None:
    """Any address gives a message that keeps every rule to that one address, or an error."""
    try:
        letter = a_letter(to=replace(ANNA, email=email))
    except RenderError:
        return
    assert faults(letter.content, NOW, smtputf8=letter.needs_smtputf8) == []
    assert letter.recipient.rpartition("@")[0] == email.rpartition("@")[0]


@pytest.mark.parametrize(
    "email",
    [
        "a b@example.org",
        "a@b@example.org",
        "a@",
        "@example.org",
        "a@exa mple.org",
        "<a@example.org>",
        "a@example.org>\r\nRCPT TO:<v@example.com",
        "a\0@example.org",
        "a\u202e@example.org",
        "é" * 33 + "@example.org",
    ],
)
def test_an_address_that_could_do_harm_is_refused(email: str) -> None:
    """An address that could end its field or its command makes no letter."""
    with pytest.raises(RenderError):
        a_letter(to=replace(ANNA, email=email))


@pytest.mark.parametrize(
    "url",
    [
        "https://e.org/a b",
        "javascript:x",
        "https://e.org/>",
        "https://é.org/",
        "http://" + "x" * 990,
    ],
)
def test_a_link_that_cannot_stand_in_the_header_is_refused(url: str) -> None:
    """The link for one-click is one unbroken line of ASCII or there is no letter."""
    with pytest.raises(RenderError):
        a_letter(to=replace(ANNA, unsubscribe_url=url))


def test_an_encoded_word_in_a_title_is_shown_as_text() -> None:
    """Mail programs show what the title said, in no way decoded."""
    message = parsed(a_letter(a_body(subject="=?utf-8?q?a=0D=0ABcc=3A_v?= — news")).content)
    assert message["Subject"] == "= ?utf-8?q?a=0D=0ABcc=3A_v?= — news"


@given(subject=st.text(st.sampled_from("aé — Ж🐟_="), max_size=120))
def test_the_subject_is_read_back(subject: str) -> None:
    """Folding and encoding do not change the words of a subject."""
    shown = " ".join(subject.split())
    assert parsed(a_letter(a_body(subject=subject)).content)["Subject"] == shown


@pytest.mark.parametrize("name", ["Riverbank", 'The "River", Ltd.', "Flußufer — Zürich"])
def test_the_name_of_the_author_is_read_back(name: str) -> None:
    """Quotes, commas and letters outside ASCII survive in the From line."""
    author = parsed(a_letter(sender=replace(SENDER, name=name)).content)["From"].addresses[0]
    assert (author.display_name, author.addr_spec) == (name, "digest@example.org")


def test_international_domains_travel_as_a_labels() -> None:
    """A domain outside ASCII is written in A-labels in header and envelope (RFC 5890)."""
    letter = a_letter(to=replace(ANNA, email="anna@bücher.example"))
    assert letter.recipient == "anna@xn--bcher-kva.example"
    assert b"To: <anna@xn--bcher-kva.example>\r\n" in letter.content


def test_a_local_part_outside_ascii_needs_smtputf8() -> None:
    """Only a local part outside ASCII asks for the extension."""
    assert a_letter(to=replace(ANNA, email="jürgen@example.net")).needs_smtputf8
    assert not a_letter().needs_smtputf8


def test_values_are_escaped_in_html_only() -> None:
    """An ampersand stays one in the text and is an entity in the html."""
    plain, html = parts_of(a_letter())
    assert "unsubscribe/abc?n=weekly&x=1" in plain
    assert "unsubscribe/abc?n=weekly&amp;x=1" in html


@given(parts=st.lists(st.text(st.characters(blacklist_categories=["Cs", "Cc"])) | st.just("\n")))
def test_the_body_is_read_back(parts: list[str]) -> None:
    """The joined parts, with the gaps filled, are what the reader gets."""
    body = a_body(text=(*parts, TOKENS.unsubscribe_url, "\n"))
    assert parts_of(a_letter(body))[0] == "".join(parts) + ANNA.unsubscribe_url + "\n"


def test_a_forged_stand_in_stays_as_it_is() -> None:
    """Text from a source that looks like a stand-in of another key tells nothing."""
    forged = PersonalTokens("0" * 32).email
    assert forged in parts_of(a_letter(a_body(text=(forged, TOKENS.unsubscribe_url))))[0]


@pytest.mark.parametrize("empty", ["text", "html"])
def test_a_body_without_the_link_that_unsubscribes_is_refused(empty: str) -> None:
    """No letter leaves without its way out, in either body."""
    with pytest.raises(RenderError, match="unsubscribe_url"):
        a_letter(a_body(**{empty: ("nothing personal\n",)}))


def test_a_personal_value_in_the_subject_is_refused() -> None:
    """A subject is the same for all; a stand-in in it would be sent as it is."""
    with pytest.raises(RenderError, match="subject"):
        a_letter(a_body(subject=TOKENS.email))


def test_the_same_letter_at_each_attempt() -> None:
    """Made again, a letter has the same bytes but for its date."""
    assert a_letter() == a_letter()


def test_no_two_people_share_a_name() -> None:
    """Message-ID and envelope differ per person, and hold no address."""
    anna, ben = a_letter(), a_letter(to=replace(ANNA, delivery=42, subscriber=6))
    assert anna.message_id != ben.message_id
    assert anna.sender != ben.sender
    assert "anna" not in anna.message_id + anna.sender


def test_equal_parts_are_encoded_once() -> None:
    """Forms for different themes share the bytes of the parts they share."""
    shared = "<p>a theme that many read</p>\n" * 50
    press = LetterPress(SENDER, MAILING, TOKENS)
    forms = [press.form(a_body(html=(shared, str(n), TOKENS.unsubscribe_url))) for n in (1, 2)]
    longest = [max(form._pieces, key=len) for form in forms]
    assert longest[0] is longest[1]


def test_feedback_names_newsletter_and_issue() -> None:
    """Aggregated complaints can be told by issue and newsletter, by nobody's address."""
    field = parsed(a_letter().content)["Feedback-ID"]
    assert field == f"weekly:2026-11-23:digest:{SENDER.feedback_name}"


TOKEN = "0123456789abcdefghijklmnopqrstuv.weekly"


def test_a_letter_offers_a_mail_to_leave_where_one_is_read() -> None:
    """Beside the link that one click posts to; what its subject says is read back as the token."""
    reading = replace(SENDER, leave_address="bounces@example.org")
    anna = replace(ANNA, unsubscribe_url=f"https://digest.example.org/unsubscribe/{TOKEN}")
    letter = a_letter(sender=reading, to=anna)
    field = str(parsed(letter.content)["List-Unsubscribe"])
    found = re.fullmatch(r"<(https://\S+)>, <mailto:bounces@example\.org\?subject=(\S+)>", field)
    assert found
    assert found[1] == anna.unsubscribe_url
    assert tracing.leaving(unquote(found[2])) == TOKEN
    assert faults(letter.content, NOW) == []


def test_without_an_inbox_only_the_link_is_offered() -> None:
    """Nor where the link is that of a test, which opens nothing."""
    reading = replace(SENDER, leave_address="bounces@example.org")
    for sender, url in (
        (SENDER, f"https://digest.example.org/unsubscribe/{TOKEN}"),
        (reading, "https://digest.example.org/unsubscribe/none"),
    ):
        letter = a_letter(sender=sender, to=replace(ANNA, unsubscribe_url=url))
        assert parsed(letter.content)["List-Unsubscribe"] == f"<{url}>"
