from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscribers import BadFileError, Offer, Rejected
from subscribers.consent import Act
from subscribers.enrolment import Follow, Wish
from subscribers.table_reading import Defaults, Entry, TableReader

_NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
_DEFAULTS = Defaults(newsletter="weekly", how="paper list")


def _read(text: str, defaults: Defaults = _DEFAULTS) -> list[Entry | Rejected]:
    return list(TableReader(text.splitlines(keepends=True), defaults, _NOW).entries())


def _wish(text: str, defaults: Defaults = _DEFAULTS) -> Wish:
    [entry] = _read(text, defaults)
    assert isinstance(entry, Entry), entry
    return entry.wish


def _reason(text: str, defaults: Defaults = _DEFAULTS) -> str:
    [entry] = _read(text, defaults)
    assert isinstance(entry, Rejected), entry
    return entry.reason


def test_a_bare_list_of_addresses_is_enough() -> None:
    """One column will do: all themes of the default newsletter."""
    assert _wish("email\njane@example.org\n") == Wish(
        "jane@example.org", (Follow("weekly", None, (Act.JOIN,)),), "paper list"
    )


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffEmail;Name\r\njane@example.org;Doe, Jane\r\n",
        'E-Mail,NAME\n"jane@example.org","Doe, Jane"\n',
        "name\temail address\nDoe, Jane\tjane@example.org",
        ' address , name \n\n ,\n jane@example.org ,"Doe,\n Jane"\n',
    ],
)
def test_what_programs_make_of_csv_is_read(text: str) -> None:
    """Marks, delimiters, quotes, line ends, blank lines and ways to name a column differ."""
    wish = _wish(text)

    assert (wish.address, wish.name) == ("jane@example.org", "Doe, Jane")


def test_themes_may_be_of_every_newsletter_or_of_one() -> None:
    """Themes stand for all newsletters of the line, or after the name of one and a colon."""
    wide = _wish("email,newsletters,themes\na@b.org,weekly; monthly,finance|law\n")
    apart = _wish('email,newsletters,themes\na@b.org,weekly; monthly,"weekly:law; monthly:*"\n')

    assert [f.themes for f in wide.follows] == [("finance", "law")] * 2
    assert [f.themes for f in apart.follows] == [("law",), None]


@pytest.mark.parametrize(
    ("state", "acts"),
    [
        ("", (Act.JOIN,)),
        ("Subscribed", (Act.JOIN,)),
        ("pending", (Act.ASK,)),
        ("paused", (Act.JOIN, Act.PAUSE)),
        ("unsubscribed", (Act.LEAVE,)),
    ],
)
def test_a_state_says_what_is_done(state: str, acts: tuple[Act, ...]) -> None:
    """People come in the state that the file gives them."""
    assert _wish(f"email,state\na@b.org,{state}\n").follows[0].acts == acts


def test_without_consent_nobody_becomes_active() -> None:
    """Where neither the line nor the operator says how consent was given, it is only asked for."""
    silent = Defaults(newsletter="weekly")

    assert _wish("email\na@b.org\n", silent).follows[0].acts == (Act.ASK,)
    assert _wish("email,consent\na@b.org,fair 2025\n", silent).follows[0].acts == (Act.JOIN,)
    assert _wish("email,state\na@b.org,left\n", silent).follows[0].acts == (Act.LEAVE,)


def test_the_day_of_joining_is_read() -> None:
    """A date without a zone is one in UTC."""
    follow = _wish("email,since\na@b.org,2021-05-31\n").follows[0]

    assert follow.since == datetime(2021, 5, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("email\nnobody\n", "'nobody' is not an email address"),
        ("name,email\nJane\n", "is not an email address"),
        ("email,state\na@b.org,gone\n", "state: expected one of active"),
        ("email,since\na@b.org,yesterday\n", "since: expected a date such as"),
        ("email,since\na@b.org,2027-01-01\n", "since: 2027-01-01 is still to come"),
        ("email,language\na@b.org,<script>\n", "language: expected a tag"),
        ("email,newsletters\na@b.org,Weekly!\n", "'Weekly!': expected lower-case letters"),
        ("email,themes\na@b.org,../law\n", "'../law': expected lower-case letters"),
        ("email,themes\na@b.org,monthly:law\n", "the line does not follow 'monthly'"),
        ("email\na\0@b.org\n", "is not an email address"),
        (f"email\n{'a' * 131_073}\n", "cannot be read as CSV"),
    ],
)
def test_a_bad_line_says_why(text: str, reason: str) -> None:
    """Each thing that can be wrong with a line has its own sentence."""
    assert reason in _reason(text)


def test_a_line_needs_a_newsletter() -> None:
    """Without a default, a line that names no newsletter is refused."""
    assert "names no newsletter" in _reason("email\na@b.org\n", Defaults())


def test_only_what_is_on_offer_is_taken() -> None:
    """Where the newsletters are known, a wrong name is told instead of kept."""
    offers = (Offer("weekly", "Weekly", (("law", "Law"),)),)
    known = Defaults("weekly", "list", offers)

    assert _wish("email,themes\na@b.org,law\n", known).follows[0].themes == ("law",)
    assert "no newsletter 'daily'; there are weekly" in _reason(
        "email,newsletters\na@b.org,daily\n", known
    )
    assert "weekly has no theme 'tax'" in _reason("email,themes\na@b.org,tax\n", known)


def test_lines_are_numbered_as_an_editor_shows_them() -> None:
    """A rejected record has the number of the line it begins in."""
    text = 'email,name\na@b.org,"two\nlines"\nbad,x\n\nworse,y\n'

    assert [e.line for e in _read(text) if isinstance(e, Rejected)] == [4, 6]


def test_reading_goes_on_after_a_line_that_is_no_csv() -> None:
    """A broken line costs itself only."""
    found = _read(f"email\na@b.org\n{'x' * 131_073}\nc@d.org\n")

    assert [type(entry) for entry in found] == [Entry, Rejected, Entry]


def test_unknown_columns_are_named_once() -> None:
    """Columns that mean nothing here are told by name, and passed over."""
    reader = TableReader(["email,Shoe Size,,member_rating\n", "a@b.org,42,,5\n"], _DEFAULTS, _NOW)

    assert reader.unknown == ("Shoe Size", "member_rating")
    assert len(list(reader.entries())) == 1


@pytest.mark.parametrize("text", ["", "\n", "jane@example.org\n", "name,phone\nJane,1\n"])
def test_a_file_without_addresses_is_refused(text: str) -> None:
    """The first line must name a column for addresses."""
    with pytest.raises(BadFileError, match="line 1: expected the names of the columns"):
        TableReader(text.splitlines(keepends=True), _DEFAULTS, _NOW)


@given(st.lists(st.text(max_size=40), max_size=20))
def test_no_file_stops_the_reader(lines: list[str]) -> None:
    """Whatever follows the first line, every record is an entry or a rejection."""
    found = list(TableReader(["email,name,themes\n", *lines], _DEFAULTS, _NOW).entries())

    assert all(isinstance(entry, Entry | Rejected) for entry in found)
