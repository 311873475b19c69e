"""Exports of other programs, and columns of other names."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from subscribers import BadFileError
from subscribers.consent import Act
from subscribers.enrolment import Wish
from subscribers.table_reading import Defaults, Entry, TableReader

_NOW = datetime(2026, 11, 23, tzinfo=UTC)
_MAILCHIMP = "Email Address,First Name,Last Name,OPTIN_TIME,CONFIRM_TIME,LEID,EUID"
LISTMONK = """\
uuid,email,name,attributes,status,created_at,updated_at
1,ada@example.org,Ada,{},enabled,2024-05-01T10:00:00Z,2024-05-01T10:00:00Z
2,bob@example.org,Bob,{},disabled,2024-05-01T10:00:00Z,2024-05-01T10:00:00Z
3,eve@example.org,Eve,{},blocklisted,2024-05-01T10:00:00Z,2024-05-01T10:00:00Z
"""
SUBSCRIBED = f"""\
{_MAILCHIMP}
ada@example.org,Ada,Lovelace,2024-05-01 10:00:00,2024-05-01 10:05:00,1,a
bob@example.org,Bob,,2024-05-01 10:00:00,,2,b
"""
UNSUBSCRIBED = f"{_MAILCHIMP},UNSUB_TIME\nbob@example.org,,,,,2,b,2025-01-01 00:00:00\n"
CLEANED = f"{_MAILCHIMP},CLEAN_TIME\neve@example.org,,,,,3,c,2025-01-01 00:00:00\n"
BUTTONDOWN = """\
id,email_address,notes,type,secondary_id,creation_date
1,ada@example.org,,regular,1,2024-05-01T10:00:00+00:00
2,new@example.org,,unactivated,2,2024-05-01T10:00:00+00:00
3,bob@example.org,,unsubscribed,3,2024-05-01T10:00:00+00:00
4,eve@example.org,,complained,4,2024-05-01T10:00:00+00:00
5,max@example.org,,undeliverable,5,2024-05-01T10:00:00+00:00
"""


def _read(text: str, how: str = "", mapping: dict[str, str] | None = None) -> list[Wish]:
    lines = text.splitlines(keepends=True)
    reader = TableReader(lines, Defaults("weekly", how), _NOW, mapping)
    entries = list(reader.entries())
    return [entry.wish for entry in entries if isinstance(entry, Entry)]


def _acts(wishes: list[Wish]) -> list[tuple[Act, ...]]:
    return [wish.follows[0].acts for wish in wishes]


def test_an_export_of_listmonk_is_recognised() -> None:
    """Who is disabled there stays out, who is on its block list is suppressed."""
    wishes = _read(LISTMONK, how="listmonk, double opt-in")

    assert _acts(wishes) == [(Act.JOIN,), (Act.LEAVE,), (Act.LEAVE,)]
    assert [wish.suppressed for wish in wishes] == ["", "", "imported"]
    assert wishes[0].follows[0].since == datetime(2024, 5, 1, 10, tzinfo=UTC)


def test_mailchimp_says_how_consent_was_given() -> None:
    """Who confirmed there is confirmed here; who did not is not, and is asked nothing."""
    ada, bob = _read(SUBSCRIBED)

    assert (ada.name, bob.name) == ("Ada Lovelace", "Bob")
    assert ada.how == "Mailchimp: asked 2024-05-01 10:00:00, confirmed 2024-05-01 10:05:00"
    assert _acts([ada, bob]) == [(Act.JOIN,), (Act.ASK,)]


def test_mailchimps_other_files_are_told_by_their_columns() -> None:
    """It exports who left, and whose address is dead, as files of their own."""
    (left,), (cleaned,) = _read(UNSUBSCRIBED), _read(CLEANED)

    assert _acts([left, cleaned]) == [(Act.LEAVE,), (Act.LEAVE,)]
    assert (left.suppressed, cleaned.suppressed) == ("", "bounces")


def test_an_export_of_buttondown_is_recognised() -> None:
    """Its types of subscriber are our states; nobody who complained there is mailed here."""
    wishes = _read(BUTTONDOWN, how="Buttondown, double opt-in")

    assert _acts(wishes) == [(Act.JOIN,), (Act.ASK,), *[(Act.LEAVE,)] * 3]
    assert [wish.suppressed for wish in wishes] == ["", "", "", "complaint", "bounces"]


@pytest.mark.parametrize("text", [LISTMONK, BUTTONDOWN])
def test_an_active_state_alone_is_no_consent(text: str) -> None:
    """Without a word on how consent was given, people stay pending."""
    assert _acts(_read(text))[0] == (Act.ASK,)


def test_columns_of_other_names_are_mapped() -> None:
    """Letter case and underscores do not matter."""
    text = "E_Mail Adresse,Herkunft\nada@example.org,paper form\n"

    (wish,) = _read(text, mapping={"e mail adresse": "address", "HERKUNFT": "consent"})

    assert (wish.address, wish.how) == ("ada@example.org", "paper form")


@pytest.mark.parametrize(
    ("mapping", "told"),
    [
        ({"Telefon": "name"}, "no column is called 'Telefon'"),
        ({"email": "shoe size"}, "there is no 'shoe size' here; there are address, name"),
    ],
)
def test_a_wrong_mapping_is_told(mapping: dict[str, str], told: str) -> None:
    """Before anybody is imported."""
    with pytest.raises(BadFileError, match=told):
        _read("email\nada@example.org\n", mapping=mapping)
