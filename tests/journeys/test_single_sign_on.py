"""To another site that knows people, and back to the desk: a real browser, two real servers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from digest.core.account import Role
from tests.browser import HOST, browsers, listening, overflows, served, site, violations, visitor
from tests.openid_provider import SECRET, Provider, app

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for all of them."""
    with browsers() as browser:
        yield browser


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_an_editor_comes_by_the_login_of_the_house(
    browser: Browser, tmp_path: Path, migrated_file: Path, *, scripts: bool
) -> None:
    """From a page of the desk by the provider's login back to that page; and out again."""
    door = listening()
    provider = Provider(issuer=f"http://{HOST}:{door.getsockname()[1]}")
    more = f'[openid]\nissuer = "{provider.issuer}"\nclient_id = "digest"\ntitle = "the house"\n'
    with (
        served(app(provider), door),
        site(tmp_path, migrated_file, more=f'{more}client_secret = "{SECRET}"\n') as (desk, url),
        visitor(browser, scripts=scripts, width=360) as seen,
    ):
        desk.house.seats.add("mira@example.org", Role.EDITOR, by="test")
        page = seen.page
        page.goto(f"{url}/editor/help/")
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        if scripts:  # axe-core is one
            assert violations(page) == []
        assert not overflows(page)
        page.get_by_role("link", name="Sign in by the house").click()
        page.get_by_role("button", name="I am mira@example.org").click()
        expect(page).to_have_url(f"{url}/editor/help/")
        page.goto(f"{url}/editor/")
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_text("You are signed out.")).to_be_visible()
        assert (seen.abroad, seen.dialogs, seen.errors) == ([], [], [])
