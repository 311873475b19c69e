"""Nobody gets past the guard of the desk, on any of its routes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.routing import Mount, Route

from digest.core.account import Role
from digest.web.editor import csrf
from digest.web.editor.desk import GROUPS
from digest.web.editor.guard import DeskRoute
from digest.web.editor.routing import Page
from tests.desk import ORIGIN, Desk

PAGES = [page for group in GROUPS for page in group.PAGES]
ACTS = [page for page in PAGES if page.act]
SHOWN = [page for page in PAGES if page.show]
LEAD_IN = {"sign-in", "link/{token}", "openid", "openid/callback"}
"""The only pages that ask for no role."""


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[Desk]:
    """One desk for all that must change nothing."""
    with Desk(tmp_path_factory.mktemp("desk"), migrated_file) as desk:
        yield desk


def _path(page: Page) -> str:
    return re.sub(r"\{[^}]+\}", "1", page.path)


def _name(page: Page) -> str:
    return page.path or "week"


def _below(role: Role) -> Role | None:
    ranks = list(Role)
    return ranks[ranks.index(role) - 1] if role is not ranks[0] else None


def test_every_route_of_the_desk_names_its_role(desk: Desk) -> None:
    """Whatever answers under /editor/ is a page with a role, leads in, or is a static file."""
    routes = [r for r in desk.app.routes if isinstance(r, Route | Mount)]
    editor = [route for route in routes if route.path.startswith("/editor")]
    pages = [route.page for route in editor if isinstance(route, DeskRoute)]

    assert [r.path for r in editor if not isinstance(r, DeskRoute)] == ["/editor/static/{name}"]
    assert {page.path for page in pages if page.role is None} == LEAD_IN
    assert pages == PAGES


@pytest.mark.parametrize("page", ACTS, ids=_name)
def test_a_post_from_another_origin_does_nothing(shared: Desk, page: Page) -> None:
    """A form on another site is refused, even with the session and its token."""
    browser = shared.signed_in("owner", Role.ADMIN)
    before = shared.state()

    for origin in ("https://evil.example", "null", "http://digest.example.org.evil.example", None):
        answer = browser.client.post(
            f"/editor/{_path(page)}",
            data={csrf.FIELD: browser.token},
            headers={"origin": origin} if origin else {},
        )
        assert answer.status_code == 403

    assert shared.state() == before


@pytest.mark.parametrize("page", ACTS, ids=_name)
def test_a_post_without_its_token_does_nothing(shared: Desk, page: Page) -> None:
    """A form without the token of this very browser is refused."""
    browser, other = shared.signed_in("owner", Role.ADMIN), shared.signed_in("owner", Role.ADMIN)
    before = shared.state()

    for token in ("", other.token, browser.token[:-1]):
        answer = browser.client.post(
            f"/editor/{_path(page)}", data={csrf.FIELD: token}, headers={"origin": ORIGIN}
        )
        assert answer.status_code == 403

    assert shared.state() == before


@pytest.mark.parametrize("page", [page for page in ACTS if page.role], ids=_name)
def test_a_post_by_nobody_does_nothing(shared: Desk, page: Page) -> None:
    """Who is not signed in is told so."""
    before = shared.state()

    assert shared.browser().post(_path(page)).status_code == 401
    assert shared.state() == before


@pytest.mark.parametrize("page", [page for page in PAGES if page.role], ids=_name)
def test_a_lesser_role_is_not_enough(shared: Desk, page: Page) -> None:
    """The role below the one that a page asks for neither sees it nor acts there."""
    assert page.role
    if (role := _below(page.role)) is None:
        assert page.role is Role.VIEWER
        return
    browser = shared.signed_in("low", role)
    before = shared.state()

    if page.show:
        assert browser.get(_path(page)).status_code == 403
    if page.act:
        assert browser.post(_path(page)).status_code == 403
    assert shared.state() == before


@pytest.mark.parametrize("page", [page for page in SHOWN if page.role], ids=_name)
def test_nobody_sees_a_page_before_signing_in(shared: Desk, page: Page) -> None:
    """Every page leads to the form, and from there back."""
    answer = shared.browser().get(_path(page))

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/editor/sign-in")


@pytest.mark.parametrize("page", SHOWN, ids=_name)
def test_looking_changes_nothing(shared: Desk, page: Page) -> None:
    """GET and HEAD leave every table as it was."""
    browser = shared.signed_in("owner", Role.ADMIN)
    before = shared.state()

    browser.get(_path(page))
    browser.client.head(f"/editor/{_path(page)}")

    assert shared.state() == before


@pytest.mark.parametrize("page", SHOWN, ids=_name)
def test_every_page_has_the_strict_headers(shared: Desk, page: Page) -> None:
    """Nothing inline runs, nothing is kept by caches, nobody frames the desk."""
    answer = shared.signed_in("owner", Role.ADMIN).get(_path(page))

    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["cache-control"] == "no-store"
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", answer.text)


def test_a_page_leads_back_after_signing_in(desk: Desk) -> None:
    """What was asked for is in the address of the form."""
    answer = desk.browser().get("record/?who=bo")

    assert answer.headers["location"] == "/editor/sign-in?next=record/%3Fwho%3Dbo"


def test_an_act_is_recorded(desk: Desk) -> None:
    """Signing out by the form stands in the record under its name."""
    mira = desk.signed_in("mira", Role.VIEWER)

    mira.does("sign-out")

    assert [(d.who, d.act) for d in desk.house.seats.deeds(1)] == [("mira", "signed out")]
    assert mira.get().status_code == 303


def test_a_body_beyond_4_mb_is_refused(desk: Desk) -> None:
    """No form fills the memory."""
    answer = desk.browser().post("sign-in", name="x" * 5_000_000)

    assert answer.status_code == 413
