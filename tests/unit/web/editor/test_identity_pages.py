"""Into the desk by another site that knows people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from digest.cli.main import cli
from digest.core.account import Role
from digest.identity.openid import OpenId
from digest.wiring import House
from tests.desk import CONFIG, Browser, Desk
from tests.openid_provider import Provider
from tests.unit.identity.test_openid import a_client

MIRA = "mira@example.org"
OPENID = """
[openid]
issuer = "https://login.example.org/staff"
client_id = "digest"
title = "Staff <login>"
"""


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def more() -> str:
    """What else the table says; a test may bring its own."""
    return ""


@pytest.fixture
def desk(tmp_path: Path, migrated_file: Path, provider: Provider, more: str) -> Iterator[Desk]:
    with Desk(tmp_path, migrated_file, config=f"{CONFIG}{OPENID}{more}") as desk:
        back = "http://digest.example.org/editor/openid/callback"
        client = a_client(back=back, title="Staff <login>", groups="groups")
        desk.house.__dict__["identities"] = OpenId(client, provider)
        yield desk


def _comes(desk: Desk, provider: Provider, page: str = "") -> tuple[Browser, int, str]:
    """Somebody goes there and back: the browser, the status and where it leads or what it says."""
    browser = desk.browser()
    browser.get("sign-in")
    away = browser.get(f"openid?next={page}")
    assert away.status_code == 303, away.text
    at = urlsplit(provider.authorize(away.headers["location"]))
    answer = browser.client.get(f"{at.path}?{at.query}")
    return browser, answer.status_code, answer.headers.get("location", answer.text)


def test_who_has_an_account_is_let_in(desk: Desk, provider: Provider) -> None:
    """To the page that was wanted, with the role of the account, and it is noted."""
    desk.house.seats.add(MIRA, Role.EDITOR, by="test")
    assert "Sign in by Staff &lt;login&gt;" in desk.browser().get("sign-in").text

    browser, status, leads_to = _comes(desk, provider, "help/")

    assert (status, leads_to) == (303, "/editor/help/")
    assert MIRA in browser.get().text
    assert browser.get("accounts/").status_code == 403
    deeds = [deed.act for deed in desk.house.seats.deeds(9, MIRA)]
    assert deeds[:2] == ["signed in by openid", "was recognised by the provider of identities"]


def test_who_has_no_account_is_told_so(desk: Desk, provider: Provider) -> None:
    """Nobody sits here for being known elsewhere."""
    browser, status, said = _comes(desk, provider)

    assert status == 403
    assert f"Nobody here is called {MIRA}" in said
    assert browser.get().status_code == 303
    assert desk.house.seats.all() == []


def test_nobody_becomes_the_owner_by_a_name(desk: Desk, provider: Provider) -> None:
    """The first start makes that account, an admin's; names of a provider may be chosen freely."""
    desk.house.seats.first_link()
    client = a_client(title="Staff", account="preferred_username")
    desk.house.__dict__["identities"] = OpenId(client, provider)
    provider.claims["preferred_username"] = "Owner"
    browser = desk.browser()
    url = browser.get("openid").headers["location"]
    at = urlsplit(provider.authorize(url))
    answer = browser.client.get(f"{at.path}?{at.query}")

    assert answer.status_code == 403
    assert "of whoever starts the program" in answer.text
    assert [account.subject for account in desk.house.seats.all()] == [""]


def test_an_account_belongs_to_who_came_first(desk: Desk, provider: Provider) -> None:
    """Somebody who gets the same address later does not get the account; a new address does."""
    desk.house.seats.add(MIRA, Role.ADMIN, by="test")
    assert _comes(desk, provider)[1] == 303
    mira = dict(provider.claims)
    provider.claims |= {"sub": "somebody else"}
    _, status, said = _comes(desk, provider)
    assert (status, "is of somebody else" in said) == (403, True)

    provider.claims = {**mira, "email": "mira.new@example.org"}
    browser, status, _ = _comes(desk, provider)
    assert status == 303
    assert MIRA in browser.get().text


@pytest.mark.parametrize("page", ["https://evil.example", "//evil.example", "openid", "sign-in"])
def test_it_leads_to_the_desk_only(desk: Desk, provider: Provider, page: str) -> None:
    """Wherever the address says to go next."""
    desk.house.seats.add(MIRA, Role.EDITOR, by="test")
    assert _comes(desk, provider, page)[2] == "/editor/"


def test_a_strange_answer_opens_nothing(desk: Desk, provider: Provider) -> None:
    """Without the ticket of this browser, with another's, or with markup in it."""
    desk.house.seats.add(MIRA, Role.EDITOR, by="test")
    away = desk.browser().get("openid")
    at = urlsplit(provider.authorize(away.headers["location"]))
    victim = desk.browser()
    victim.get("openid")
    for browser in (desk.browser(), victim):
        answer = browser.client.get(f"{at.path}?{at.query}")
        assert answer.status_code == 403
        assert "begin again" in answer.text
        assert browser.get().status_code == 303

    mine = desk.browser()
    state = re.search(r"state=([\w-]+)", mine.get("openid").headers["location"])
    assert state
    hostile = f"?state={state[1]}&iss={provider.issuer}&error=<script>alert(1)</script>"
    answer = mine.client.get(f"/editor/openid/callback{hostile}")
    assert answer.status_code == 403
    assert "<script>alert" not in answer.text


def test_a_provider_that_is_away_is_told(
    desk: Desk, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    """To who wants in, and to the log; a password still opens the desk."""
    provider.is_away = True
    answer = desk.browser().get("openid")

    assert answer.status_code == 403
    assert "did not answer in time" in answer.text
    assert "did not answer in time" in caplog.text
    assert 'name="password"' in answer.text


def test_nobody_has_us_ask_the_provider_without_end(desk: Desk, provider: Provider) -> None:
    """Forty answers in a quarter of an hour from one address are enough."""
    browser = desk.browser()
    found = [browser.get("openid/callback?code=x&state=y").status_code for _ in range(42)]

    assert found == [403] * 40 + [429] * 2


class TestGroupsDecide:
    """Where groups are named, they make accounts and say what these may do."""

    @pytest.fixture
    def more(self) -> str:
        return '[openid.roles]\ndesk = "editor"\nleads = "publisher"\n'

    def test_a_group_is_enough(self, desk: Desk, provider: Provider) -> None:
        """The account is made, with the most that any group gives."""
        provider.claims["groups"] = ["desk", "leads", "staff"]
        assert _comes(desk, provider)[1] == 303
        [account] = desk.house.seats.all()
        assert (account.name, account.role) == (MIRA, Role.PUBLISHER)

    def test_what_groups_say_holds_from_the_next_time(self, desk: Desk, provider: Provider) -> None:
        """Less, too; and who is in none comes no more, not even by the session that was open."""
        provider.claims["groups"] = ["leads"]
        earlier, _, _ = _comes(desk, provider)
        provider.claims["groups"] = ["desk"]
        _comes(desk, provider)
        assert [account.role for account in desk.house.seats.all()] == [Role.EDITOR]
        assert earlier.get().status_code == 200

        provider.claims["groups"] = ["staff"]
        _, status, said = _comes(desk, provider)

        assert (status, "in none of the groups" in said) == (403, True)
        assert earlier.get().status_code == 303

    def test_a_password_account_of_the_same_name_is_not_closed_by_strangers(
        self, desk: Desk, provider: Provider
    ) -> None:
        """Who never came from there keeps what is theirs."""
        mira = desk.signed_in(MIRA, Role.ADMIN)
        provider.claims["groups"] = []
        assert _comes(desk, provider)[1] == 403
        assert mira.get().status_code == 200


class TestNoPasswords:
    """Where only the provider opens the desk."""

    @pytest.fixture
    def more(self) -> str:
        return "passwords = false\n"

    def test_a_password_opens_nothing(self, desk: Desk) -> None:
        """Not even the right one; the form is not shown."""
        desk.house.seats.add("mira", Role.EDITOR, by="test")
        desk.house.seats.password("mira", "correct horse battery", by="test")
        browser = desk.browser()
        assert 'name="password"' not in browser.get("sign-in").text

        answer = browser.post("sign-in", name="mira", password="correct horse battery")

        assert answer.status_code == 403
        assert "Passwords open nothing here" in answer.text

    def test_a_link_is_the_way_in_for_emergencies(self, desk: Desk) -> None:
        """Only who runs the program makes one."""
        assert desk.signed_in("owner").get().status_code == 200


def test_without_a_provider_there_is_no_such_page(tmp_path: Path, migrated_file: Path) -> None:
    """Nor a button."""
    with Desk(tmp_path, migrated_file) as desk:
        browser = desk.browser()
        assert "Sign in by" not in browser.get("sign-in").text
        assert [browser.get(page).status_code for page in ("openid", "openid/callback")] == [
            404
        ] * 2


def test_an_operator_asks_before_people_do(
    desk: Desk, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address to register, or what is wrong; without the table, that there is none."""
    monkeypatch.setattr(House, "identities", desk.house.identities)

    def asked(*options: str) -> tuple[int, str]:
        command = ["--config", str(desk.folder / "config.toml"), "check", "--openid", *options]
        result = CliRunner().invoke(cli, command)
        return result.exit_code, result.output

    back = "http://digest.example.org/editor/openid/callback"
    told = f"Staff <login> answers; it has to know {back} as an address of ours\n"
    assert asked() == (0, told)
    assert f'"back": "{back}"' in asked("--json")[1]
    # A provider of whom nothing is known yet, and who does not answer.
    provider.is_away = True
    monkeypatch.setattr(House, "identities", OpenId(a_client(), provider))
    code, said = asked()
    assert (code, "/openid-configuration did not answer in time" in said) == (1, True)
    monkeypatch.setattr(House, "identities", None)
    code, said = asked()
    assert (code, "there is no [openid] in config.toml" in said) == (2, True)


@pytest.mark.parametrize(
    ("roles", "groups"), [("", ""), ('[openid.roles]\ndesk = "editor"\n', "groups")]
)
def test_groups_are_asked_for_where_they_decide(
    tmp_path: Path, migrated_file: Path, roles: str, groups: str
) -> None:
    """A provider that says nothing of them is not asked a second time for nothing."""
    with Desk(tmp_path, migrated_file, config=f"{CONFIG}{OPENID}{roles}") as desk:
        identities = desk.house.identities
        assert isinstance(identities, OpenId)
        assert identities._client.groups == groups
