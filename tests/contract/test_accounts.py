"""Accounts, sessions, links, attempts and the record, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from digest.core.account import IDLE, Account, Deed, Role, Session
from digest.errors import ConflictError
from digest.storage import Database
from tests.builders import MONDAY

MIRA = Account("mira", Role.EDITOR, MONDAY, "hash", "SECRET", 7, ("one", "two"))
BO = Account("bo", Role.ADMIN, MONDAY)
HOUR = timedelta(hours=1)


@pytest.fixture
def seated(store: Database) -> Database:
    """A store with two accounts."""
    with store.begin() as work:
        work.accounts.add(MIRA)
        work.accounts.add(BO)
    return store


def test_an_account_comes_back_as_it_was(seated: Database) -> None:
    """Every field is kept; lists go by name."""
    with seated.read() as work:
        assert work.accounts.get("mira") == MIRA
        assert work.accounts.get("nobody") is None
        assert list(work.accounts.all()) == [BO, MIRA]


def test_an_account_is_found_by_who_it_is_elsewhere(seated: Database) -> None:
    """Accounts that nobody came to from there are nobody's."""
    known = replace(MIRA, subject="https://login.example.org 24828976")
    with seated.begin() as work:
        work.accounts.save(known)
    with seated.read() as work:
        assert work.accounts.by_subject(known.subject) == known
        assert work.accounts.by_subject(f"{known.subject}1") is None
        assert work.accounts.by_subject("") is None


def test_a_name_is_given_once(seated: Database) -> None:
    """The second one is refused, and the transaction goes on."""
    with seated.begin() as work:
        with pytest.raises(ConflictError, match='there is an account "bo" already'):
            work.accounts.add(replace(BO, role=Role.VIEWER))
        work.audit.add(Deed(MONDAY, "bo", "went on"))
    with seated.read() as work:
        assert work.accounts.get("bo") == BO
        assert len(work.audit.newest(9)) == 1


def test_what_changed_is_kept(seated: Database) -> None:
    """All but the name and when it was added."""
    changed = replace(MIRA, role=Role.VIEWER, password="new", totp="", recovery=())
    with seated.begin() as work:
        work.accounts.save(replace(changed, added_at=MONDAY + HOUR))
    with seated.read() as work:
        assert work.accounts.get("mira") == changed
        assert work.accounts.get("bo") == BO


def test_a_step_is_used_once(seated: Database) -> None:
    """The same and an earlier step are refused."""
    with seated.begin() as work:
        used = [work.accounts.use_code(MIRA, step) for step in (8, 8, 7, 9)]
    assert used == [True, False, False, True]


def test_a_recovery_code_is_used_once(seated: Database) -> None:
    """It is struck out; the others stay."""
    with seated.begin() as work:
        used = [work.accounts.use_recovery(MIRA, code) for code in ("one", "one", "three")]
        kept = work.accounts.get("mira")
    assert used == [True, False, False]
    assert kept
    assert kept.recovery == ("two",)


def _open(store: Database, secret: str, account: str = "mira") -> Session:
    session = Session(secret, account, MONDAY, MONDAY, "password")
    with store.begin() as work:
        work.accounts.open(session)
    return session


def test_a_session_is_found_touched_and_closed(seated: Database) -> None:
    """By the hash of its secret, with its account as it is now."""
    session = _open(seated, "s1")
    with seated.begin() as work:
        assert work.accounts.session("s1") == (session, MIRA)
        work.accounts.touch("s1", MONDAY + HOUR)
        found = work.accounts.session("s1")
        assert found
        assert found[0].seen_at == MONDAY + HOUR
        work.accounts.close("s1")
        work.accounts.close("s1")
        assert work.accounts.session("s1") is None


def test_all_of_an_account_is_closed(seated: Database) -> None:
    """Sessions and links; those of others stay."""
    for secret, name in (("s1", "mira"), ("s2", "mira"), ("s3", "bo")):
        _open(seated, secret, name)
    with seated.begin() as work:
        work.accounts.invite("l1", "mira", MONDAY + HOUR)
        assert work.accounts.close_all("mira") == 3
        assert work.accounts.session("s3")
        assert work.accounts.redeem("l1", MONDAY) is None


def test_an_account_goes_with_its_sessions(seated: Database) -> None:
    """And nobody else's."""
    _open(seated, "s1")
    with seated.begin() as work:
        work.accounts.invite("l1", "mira", MONDAY + HOUR)
        assert [work.accounts.remove("mira") for _ in range(2)] == [True, False]
        assert work.accounts.session("s1") is None
        assert list(work.accounts.all()) == [BO]


def test_a_link_is_redeemed_once_and_in_time(seated: Database) -> None:
    """Looking leaves it; a link that is too old is as good as none."""
    with seated.begin() as work:
        work.accounts.invite("l1", "mira", MONDAY + HOUR)
        work.accounts.invite("l2", "bo", MONDAY + HOUR)
        assert [work.accounts.invited("l1", MONDAY) for _ in range(2)] == [MIRA, MIRA]
        assert [work.accounts.redeem("l1", MONDAY) for _ in range(2)] == [MIRA, None]
        assert work.accounts.invited("l2", MONDAY + HOUR) is None
        assert work.accounts.redeem("l2", MONDAY + HOUR) is None


def test_attempts_are_counted_by_key_and_time(seated: Database) -> None:
    """Each key has its own count, this attempt included, of those that are recent."""
    since = MONDAY - HOUR
    with seated.begin() as work:
        accounts = work.accounts
        assert accounts.attempt(["a", "b"], MONDAY - 2 * HOUR, since - 2 * HOUR) == [1, 1]
        assert accounts.attempt(["a", "b"], MONDAY, since) == [1, 1]
        assert accounts.attempt(["a", "c"], MONDAY, since) == [2, 1]
        accounts.forgive(["a"])
        assert accounts.attempt(["a", "b"], MONDAY, since) == [1, 2]


def test_sweeping_takes_what_is_over(seated: Database) -> None:
    """Idle sessions, old links and old attempts go; the others stay."""
    _open(seated, "old")
    with seated.begin() as work:
        later = MONDAY + IDLE
        work.accounts.open(Session("new", "bo", MONDAY, later, "link"))
        work.accounts.invite("l1", "mira", later)
        work.accounts.invite("l2", "bo", later + HOUR)
        work.accounts.attempt(["a"], MONDAY, MONDAY)
        work.accounts.sweep(later, MONDAY + HOUR)
        assert work.accounts.session("old") is None
        assert work.accounts.session("new")
        assert work.accounts.invited("l2", MONDAY)
        assert work.accounts.invited("l1", MONDAY) is None
        assert work.accounts.attempt(["a"], later, MONDAY) == [1]


def test_the_record_goes_newest_first(store: Database) -> None:
    """Of one name or of all, at most so many; any text can be kept."""
    deeds = [
        Deed(MONDAY, name, f"did {n} \0", "to it") for n, name in enumerate(["mira", "bo"] * 2)
    ]
    with store.begin() as work:
        for deed in deeds:
            work.audit.add(deed)
    with store.read() as work:
        assert [d.act[:5] for d in work.audit.newest(3)] == ["did 3", "did 2", "did 1"]
        assert [d.act[:5] for d in work.audit.newest(9, who="mira")] == ["did 2", "did 0"]
