"""Ways into the desk, and how long they stay open."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from digest.core import totp
from digest.core.account import Role
from tests.desk import Desk
from tests.fakes import FakePasswords

GOOD = "correct horse battery"
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.fixture
def mira(desk: Desk) -> str:
    """An account with a password."""
    desk.house.seats.add("mira", Role.EDITOR, by="test")
    desk.house.seats.password("mira", GOOD, by="test")
    return "mira"


def test_a_password_opens_the_desk(desk: Desk, mira: str) -> None:
    """Name in any case and password give a session, and lead to where one wanted to go."""
    browser = desk.browser()
    browser.get("sign-in")

    answer = browser.post("sign-in", name=" Mira ", password=GOOD, next="help/")

    assert (answer.status_code, answer.headers["location"]) == (303, "/editor/help/")
    assert "mira" in browser.get().text


def test_the_cookie_is_kept_from_scripts_and_other_paths(desk: Desk, mira: str) -> None:
    """HttpOnly, SameSite=Lax, the path of the desk; over TLS also Secure."""
    browser = desk.browser()
    browser.get("sign-in")
    answer = browser.post("sign-in", name="mira", password=GOOD)

    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("digest_desk="))
    assert {"HttpOnly", "SameSite=lax", "Path=/editor/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie


@pytest.mark.parametrize(("name", "password"), [("mira", "wrong horse battery"), ("bo", GOOD)])
def test_unknown_and_wrong_get_the_same_answer(
    desk: Desk, mira: str, name: str, password: str
) -> None:
    """The answer, and the work behind it, do not tell whether there is such an account."""
    browser = desk.browser()
    browser.get("sign-in")
    hashes = desk.house.passwords
    assert isinstance(hashes, FakePasswords)

    answer = browser.post("sign-in", name=name, password=password)

    assert answer.status_code == 403
    assert "That did not open the desk" in answer.text
    assert len(hashes.checked) == 1


def test_guessing_ends_after_five_attempts(desk: Desk, mira: str) -> None:
    """Then even the right password is not looked at, for a quarter of an hour."""
    browser = desk.browser()
    browser.get("sign-in")
    wrong = [browser.post("sign-in", name="mira", password="guess").status_code for _ in range(6)]

    assert wrong == [403] * 5 + [429]
    assert browser.post("sign-in", name="mira", password=GOOD).status_code == 429
    desk.clock.move(timedelta(minutes=16))
    assert browser.post("sign-in", name="mira", password=GOOD).status_code == 303


def test_a_session_dies_with_the_password(desk: Desk, mira: str) -> None:
    """Whoever was signed in with the old one has to sign in again."""
    browser = desk.signed_in(mira, Role.EDITOR)
    assert browser.get().status_code == 200

    desk.house.seats.password(mira, GOOD + " staple", by="test")

    assert browser.get().status_code == 303


@pytest.mark.parametrize(
    ("every", "steps"), [(timedelta(hours=13), 1), (timedelta(hours=11), 16)], ids=["idle", "old"]
)
def test_a_session_ends(desk: Desk, every: timedelta, steps: int) -> None:
    """After half a day without use, and after a week in any case."""
    browser = desk.signed_in()
    answers = []
    for _ in range(steps):
        desk.clock.move(every)
        answers.append(browser.get().status_code)

    assert answers == [200] * (steps - 1) + [303]


def test_a_link_works_once(desk: Desk) -> None:
    """Looking at it uses nothing up; signing in does."""
    desk.house.seats.add("bo", Role.VIEWER, by="test")
    link = desk.house.seats.link("bo", by="test")
    first, second = desk.browser(), desk.browser()

    assert [first.get(f"link/{link}").status_code for _ in range(3)] == [200] * 3
    second.get(f"link/{link}")
    assert first.post(f"link/{link}").status_code == 303
    assert second.post(f"link/{link}").status_code == 404
    assert first.get().status_code == 200
    assert second.get().status_code == 303


def test_a_link_ends_after_a_day(desk: Desk) -> None:
    """A link that nobody used opens nothing later."""
    desk.house.seats.add("bo", Role.VIEWER, by="test")
    link = desk.house.seats.link("bo", by="test")
    desk.clock.move(timedelta(hours=25))

    assert desk.browser().get(f"link/{link}").status_code == 404


def test_the_first_link_is_only_for_desks_without_a_password(desk: Desk, mira: str) -> None:
    """Once somebody can sign in by a password, starting the program opens nothing."""
    assert desk.house.seats.first_link() == ""


def test_the_first_link_opens_a_new_desk_again_and_again(desk: Desk) -> None:
    """Each start of the program on a new desk lets its owner in."""
    links = [desk.house.seats.first_link() for _ in range(2)]

    for link in links:
        browser = desk.browser()
        browser.get(f"link/{link}")
        browser.post(f"link/{link}")
        assert "owner" in browser.get().text


def test_a_code_is_asked_for_and_works_once(desk: Desk, mira: str) -> None:
    """Without the code of the app the password is not enough; a code seen by others is spent."""
    step = totp.step_of(desk.clock.now())
    desk.house.seats.protect(mira, SECRET, step - 5)
    code = totp.code(SECRET, step)
    browser = desk.browser()
    browser.get("sign-in")

    codes = ["", code, code]
    answers = [browser.post("sign-in", name=mira, password=GOOD, code=each) for each in codes]

    assert [answer.status_code for answer in answers] == [403, 303, 403]


def test_a_recovery_code_stands_in_for_the_app_once(desk: Desk, mira: str) -> None:
    """Each of the codes to keep opens the desk one time."""
    codes = desk.house.seats.protect(mira, SECRET, 0)

    def tries(code: str) -> int:
        browser = desk.browser()
        browser.get("sign-in")
        return browser.post("sign-in", name=mira, password=GOOD, code=code).status_code

    assert len(set(codes)) == 8
    assert [tries(codes[3].upper()), tries(codes[3]), tries(codes[4])] == [303, 403, 303]


def test_a_weak_hash_is_made_anew(desk: Desk, mira: str) -> None:
    """Who signs in gets a hash of today's effort."""
    with desk.house.store.begin() as work:
        account = work.accounts.get(mira)
        assert account
        work.accounts.save(
            type(account)(mira, account.role, account.added_at, f"weak hash of {GOOD}")
        )

    desk.house.sign_in.by_password(mira, GOOD, "", "192.0.2.1")

    with desk.house.store.read() as work:
        kept = work.accounts.get(mira)
    assert kept
    assert kept.password == f"hash of {GOOD}"


@pytest.mark.parametrize(
    "path", ["//evil.example", "https://evil.example", "\\evil", "../../x", "sign-in", "/etc"]
)
def test_signing_in_leads_nowhere_else(desk: Desk, mira: str, path: str) -> None:
    """An address that was slipped into the form is not followed."""
    browser = desk.browser()
    browser.get("sign-in")

    answer = browser.post("sign-in", name="mira", password=GOOD, next=path)

    assert answer.headers["location"] == "/editor/"


def test_the_database_holds_no_secret_of_a_browser(desk: Desk, mira: str) -> None:
    """Who reads every table can open no session and no link."""
    link = desk.house.seats.link(mira, by="test")
    browser = desk.signed_in(mira, Role.EDITOR)
    secret = browser.client.cookies["digest_desk"]

    held = re.findall(r"[\w-]{20,}", repr(desk.state()))

    assert not {secret, link} & set(held)
