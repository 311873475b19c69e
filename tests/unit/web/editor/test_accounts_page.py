"""One's own account, and everybody's."""

from __future__ import annotations

import re

from digest.core import totp
from digest.core.account import Role
from tests.desk import Browser, Desk

GOOD = "correct horse battery"


def _signs_in(desk: Desk, name: str, password: str, code: str = "") -> bool:
    browser = desk.browser()
    browser.get("sign-in")
    return browser.post("sign-in", name=name, password=password, code=code).status_code == 303


def _chooses(browser: Browser, new: str, again: str = "", present: str = "") -> int:
    return browser.post(
        "account/password", present=present, new=new, again=again or new
    ).status_code


def test_a_first_password_is_chosen_without_a_present_one(desk: Desk) -> None:
    """This browser stays signed in, with a fresh session; every other one does not."""
    mira, other = desk.signed_in("mira", Role.VIEWER), desk.signed_in("mira", Role.VIEWER)
    before = mira.client.cookies["digest_desk"]

    assert _chooses(mira, GOOD) == 303

    assert mira.client.cookies["digest_desk"] != before
    assert (mira.get().status_code, other.get().status_code) == (200, 303)
    assert _signs_in(desk, "mira", GOOD)


def test_a_password_is_changed_only_with_the_present_one(desk: Desk) -> None:
    """Who sits down at somebody's browser cannot lock her out."""
    mira = desk.signed_in("mira", Role.VIEWER)
    _chooses(mira, GOOD)

    assert _chooses(mira, "another horse battery", present="guess") == 403
    assert _chooses(mira, "another horse battery", again="a third one", present=GOOD) == 422
    assert _chooses(mira, "short", present=GOOD) == 422
    assert _signs_in(desk, "mira", GOOD)
    assert _chooses(mira, "another horse battery", present=GOOD) == 303
    assert not _signs_in(desk, "mira", GOOD)


def test_codes_are_turned_on_and_off(desk: Desk) -> None:
    """The secret counts once its code was shown; recovery codes are told once."""
    mira = desk.signed_in("mira", Role.VIEWER)
    _chooses(mira, GOOD)
    page = mira.get("account/codes").text
    found = re.search(r'name="secret" value="([A-Z2-7]{32})"', page)
    assert found
    secret = found[1]
    assert "<svg" in page
    assert " ".join(secret[at : at + 4] for at in range(0, 32, 4)) in page

    wrong = mira.post("account/codes", secret=secret, code="000000")
    assert wrong.status_code == 403
    assert secret in wrong.text
    code = totp.code(secret, totp.step_of(desk.clock.now()))
    on = mira.post("account/codes", secret=secret, code=code)
    codes = re.findall(r"<code>([0-9a-f-]{19})</code>", on.text)

    assert len(codes) == 8
    assert not _signs_in(desk, "mira", GOOD)
    assert _signs_in(desk, "mira", GOOD, codes[0])
    assert "7 recovery codes are left" in mira.get("account/").text
    assert mira.post("account/codes/off", present="guess").status_code == 403
    assert mira.post("account/codes/off", present=GOOD).status_code == 303
    assert _signs_in(desk, "mira", GOOD)


def test_a_secret_that_is_none_is_refused(desk: Desk) -> None:
    """A form that was tampered with is a wrong code, not an error."""
    mira = desk.signed_in("mira", Role.VIEWER)

    for secret in ("", "1", "ä", "A" * 5000, "not base 32!"):
        assert mira.post("account/codes", secret=secret, code="000000").status_code in {403, 422}


def test_an_admin_decides_who_sits_at_the_desk(desk: Desk) -> None:
    """Added with a link to pass on, given another role, signed out, removed."""
    ada = desk.signed_in("ada", Role.ADMIN)
    answer = ada.post("accounts/", name="Bo", role="editor")
    link = re.search(r"http://digest\.example\.org/editor/(link/[\w-]+)", answer.text)
    assert link
    bo = desk.browser()
    bo.get(link[1])
    bo.post(link[1])
    assert bo.get().status_code == 200

    assert bo.get("record/").status_code == 403
    ada.does("accounts/bo/role", role="publisher")
    assert bo.get("record/").status_code == 200
    ada.does("accounts/bo/sign-out")
    assert bo.get().status_code == 303
    assert "editor/link/" in ada.post("accounts/bo/link").text
    ada.does("accounts/bo/remove")
    assert "bo" not in [account.name for account in desk.house.seats.all()]


def test_the_last_admin_stays(desk: Desk) -> None:
    """Nobody can shut everybody out, not even oneself."""
    ada = desk.signed_in("ada", Role.ADMIN)

    assert ada.post("accounts/ada/remove").status_code == 422
    assert ada.post("accounts/ada/role", role="editor").status_code == 422
    assert ada.post("accounts/nobody/remove").status_code == 422
    assert ada.post("accounts/", name="x y", role="editor").status_code == 422
    assert ada.post("accounts/", name="xy", role="king").status_code == 422
    assert ada.post("accounts/", name="ada", role="editor").status_code == 409
