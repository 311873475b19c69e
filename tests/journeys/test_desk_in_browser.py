"""Editors at the desk, in a real browser on a real server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from digest.core import totp
from digest.core.account import Role
from digest.core.decision import Act
from digest.core.edition import EditionId
from digest.core.outbox import DeliveryState
from digest.core.resource import ResourceId
from digest.jobs.wishes import Wish
from digest.web.editor.preview_page import MODES, SCHEMES, WIDTHS
from tests.browser import (
    DESKTOP,
    PHONE,
    Seen,
    browsers,
    overflows,
    site,
    violations,
    visitor,
)
from tests.desk import Desk
from tests.hostile import payloads
from tests.smtp_sink import SmtpSink

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(600)]

expect.set_options(timeout=30_000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for all of them."""
    with browsers() as browser:
        yield browser


def sign_in(page: Page, desk: Desk, url: str, name: str = "mira") -> None:
    """Open a one-time link, as ``digest serve`` prints it, and go through."""
    desk.house.seats.add(name, Role.ADMIN, by="test")
    page.goto(f"{url}/editor/link/{desk.house.seats.link(name, by='test')}")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="The week", exact=True)).to_be_visible()


def kind(address: str) -> str:
    """Which page an address leads to, whatever it is about; empty: a file to keep."""
    path, _, query = address.partition("#")[0].partition("?")
    if path.endswith("/sources/list"):
        return ""
    mode = re.search(r"mode=\w+", query)
    return re.sub(r"\d+", "N", path) + (mode[0] if mode else "")


def pages(page: Page, url: str) -> Iterator[str]:
    """Go through the desk: every kind of page that links lead to, once."""
    waiting, known = [f"{url}/editor/"], {""}
    while waiting:
        address = waiting.pop(0)
        if kind(address) in known:
            continue
        known.add(kind(address))
        answer = page.goto(address)
        assert answer
        assert answer.ok, address
        yield address
        links = page.locator("a[href]").evaluate_all("links => links.map(link => link.href)")
        waiting += [link for link in links if link.startswith(f"{url}/editor/")]


def _looked_at(page: Page) -> Iterator[str]:
    """What bars anybody from the page that is open, on a desk and a phone, by day and night."""
    for width in (DESKTOP, PHONE):
        page.set_viewport_size({"width": width, "height": 900})
        if overflows(page):
            yield f"{page.url} is wider than {width} px"
        page.emulate_media(color_scheme="light")
        yield from violations(page)
        page.emulate_media(color_scheme="dark")  # which changes colours and nothing else
        yield from violations(page, "color-contrast")


def assert_quiet(seen: Seen) -> None:
    """No windows of scripts, nothing asked of other sites, no script failed."""
    assert (seen.dialogs, seen.abroad, seen.errors) == ([], [], [])


def test_every_page_is_for_everybody(browser: Browser, tmp_path: Path, migrated_file: Path) -> None:
    """No page of the desk breaks a rule of axe-core, on desk or phone, by day or night.

    Nor does one scroll sideways, or hold a script in itself.
    """
    with (
        site(tmp_path, migrated_file) as (desk, url),
        visitor(browser) as seen,
    ):
        for number in range(5):
            desk.note(f"{('Flood', 'Otter', 'Stone')[number % 3]} number {number}", "Of it. " * 40)
        desk.house.people.add("ada@example.net", {"weekly": None}, how="asked")
        _send(desk)
        desk.note("Flood of today")
        desk.clock.move(timedelta(hours=2))
        desk.house.conveyor()
        desk.house.ahead("weekly")
        page = seen.page
        page.goto(f"{url}/editor/sign-in")
        wrong, count = list(_looked_at(page)), 1
        sign_in(page, desk, url)
        for _ in pages(page, url):
            wrong += _looked_at(page)
            assert page.locator("script:not([src]), [onclick], [onload]").count() == 0
            count += 1
        for path in ("editions/1/", "nowhere/"):
            page.goto(f"{url}/editor/{path}")
            wrong += _looked_at(page)
        assert wrong == []
        assert count > 20
        assert_quiet(seen)


def test_what_answers_a_form_is_for_everybody(
    browser: Browser, tmp_path: Path, migrated_file: Path
) -> None:
    """Pages that no link leads to: what was found, refused, made, or changed by another."""
    more = '[collect]\nallow_private = ["127.0.0.1"]\n'
    with site(tmp_path, migrated_file, more=more) as (desk, url), visitor(browser) as seen:
        desk.note("Flood in the valley")
        _send(desk)
        desk.house.publish()
        desk.note("Otters return")
        desk.house.collect("library", now=True)
        edition = desk.house.ahead("weekly").id
        page, wrong = seen.page, list[str]()
        _refused_at_the_door(page, url, wrong)
        sign_in(page, desk, url)
        _people_and_codes(page, desk, url, wrong)
        _a_source(page, url, wrong)
        page.goto(f"{url}/editor/drafts/{edition}/letter/")
        desk.house.deciding.together(edition, [Wish(Act.SUBJECT, None, "Of bo")], by="bo")
        page.get_by_label("Subject", exact=True).fill("Of mira")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Not saved yet: somebody changed the same")).to_be_visible()
        wrong += _looked_at(page)
        assert wrong == []
        assert_quiet(seen)


def _refused_at_the_door(page: Page, url: str, wrong: list[str]) -> None:
    page.goto(f"{url}/editor/sign-in")
    page.get_by_label("Name", exact=True).fill("nobody")
    page.get_by_label("Password", exact=True).fill("nothing at all")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    wrong += _looked_at(page)
    page.goto(f"{url}/editor/link/spent")
    wrong += _looked_at(page)


def _people_and_codes(page: Page, desk: Desk, url: str, wrong: list[str]) -> None:
    page.goto(f"{url}/editor/accounts/")
    page.get_by_label("Name, such as").fill("eve@example.org")
    page.get_by_role("button", name="Give an account").click()
    expect(page.get_by_role("heading", name="A link for eve@example.org")).to_be_visible()
    wrong += _looked_at(page)
    page.goto(f"{url}/editor/account/codes")
    page.get_by_label("The code that the app shows").fill("000000")
    page.get_by_role("button", name="Turn codes on").click()
    expect(page.get_by_role("alert")).to_be_visible()
    wrong += _looked_at(page)
    secret = page.locator('input[name="secret"]').input_value()
    page.get_by_label("The code that the app shows").fill(
        totp.code(secret, totp.step_of(desk.clock.now()))
    )
    page.get_by_role("button", name="Turn codes on").click()
    expect(page.get_by_role("heading", name="Keep these recovery codes")).to_be_visible()
    wrong += _looked_at(page)


def _a_source(page: Page, url: str, wrong: list[str]) -> None:
    """Nothing behind an address; feeds behind another; what one would bring."""
    for address in (f"{url}/nowhere", f"{url}/"):
        page.goto(f"{url}/editor/sources/")
        page.get_by_label("Address of a page or a feed").fill(address)
        page.get_by_role("button", name="Look behind it").click()
        expect(page.get_by_role("heading", name="Behind this address")).to_be_visible()
        wrong += _looked_at(page)
    page.get_by_role("button", name="See what it would bring").first.click()
    expect(page.get_by_role("heading", name="What it would bring now")).to_be_visible()
    wrong += _looked_at(page)


def _send(desk: Desk) -> None:
    """Let an edition go out, so that there is a report."""
    desk.house.conveyor()
    sent = desk.house.ahead("weekly")
    desk.house.approve(sent.id, by="mira")
    desk.house.deliver(sent.id)


def test_a_week_at_the_desk(browser: Browser, tmp_path: Path, migrated_file: Path) -> None:
    """From the one-time link to a report that adds up, with a letter on the way to oneself."""
    with (
        SmtpSink() as sink,
        site(tmp_path, migrated_file, smtp=sink.port) as (desk, url),
        visitor(browser) as seen,
    ):
        for title in ("Flood in the valley", "Flood by night", "Otters return", "Stones"):
            desk.note(title)
        desk.house.conveyor()
        desk.house.ahead("weekly")
        for name, themes in (("ada", None), ("ben", ("fish",)), ("eve", ("floods",))):
            desk.house.people.add(f"{name}@example.net", {"weekly": themes}, how="asked")
        page = seen.page
        sign_in(page, desk, url)
        _shape(page)
        _write(page)
        _preview(page)
        _mend(page)
        _test_and_approve(page, sink)
        desk.house.deliver(EditionId(1))
        _read_report(page)
        assert sorted(taken.recipients[0] for taken in sink.taken[1:]) == [
            "ada@example.net", "ben@example.net", "eve@example.net"
        ]  # fmt: skip
        assert_quiet(seen)


def _shape(page: Page) -> None:
    """Correct a theme, rewrite, feature, and reorder by keyboard."""
    page.get_by_role("link", name="Shape it").click()
    page.get_by_role("link", name="Edit Stones").click()
    page.get_by_label("Title", exact=True).fill("Stones under the weir")
    page.get_by_label("Summary", exact=True).fill("Where the fish rest.")
    page.get_by_label("Theme", exact=True).select_option("fish")
    page.get_by_role("button", name="Save").click()
    fish = page.get_by_role("region", name="Fish")
    expect(fish.get_by_role("heading", name="Stones under the weir")).to_be_visible()
    page.get_by_role("button", name="Feature Otters return").click()
    featured = page.get_by_role("region", name="Featured")
    expect(featured.get_by_role("heading", name="Otters return")).to_be_visible()
    floods = page.get_by_role("region", name="Floods").get_by_role("heading", level=3)
    first, second = floods.all_inner_texts()
    page.get_by_role("link", name=f"Edit {first}").focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(floods).to_have_text([second, first])


def _write(page: Page) -> None:
    """A subject and a letter, with something left in it that was to be replaced."""
    page.get_by_role("link", name="Letter & subject").click()
    page.get_by_label("Subject", exact=True).fill("The river this week")
    page.get_by_label("Letter to the readers").fill("Dear readers,\n\n**lorem ipsum** for now.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("region", name="As readers get it").locator("strong")).to_have_text(
        "lorem ipsum"
    )


def _preview(page: Page) -> None:
    """Everything that can be seen, each on the letter that there will be."""
    page.get_by_role("link", name="Preview", exact=True).click()
    what = page.get_by_role("navigation", name="What to see")
    for name, title in MODES:
        what.get_by_role("link", name=title, exact=True).click()
        expect(what.get_by_role("link", name=title, exact=True)).to_have_attribute(
            "aria-current", "true"
        )
        words = (
            page.frame_locator("iframe").locator("body")
            if name in {"letter", "page", "feed"}
            else page.locator("main")
        )
        said = "The river this week" if name == "headers" else "Stones under the weir"
        expect(words).to_contain_text(said)
    what.get_by_role("link", name="Letter", exact=True).click()
    for looks, label in ((WIDTHS, "Width"), (SCHEMES, "Colours")):
        for _, title in looks:
            switch = page.get_by_role("navigation", name=label)
            switch.get_by_role("link", name=title, exact=True).click()
            expect(page.frame_locator("#look").locator("body")).to_contain_text("Otters return")


def _mend(page: Page) -> None:
    """A check that fails says where; mended, it passes."""
    page.get_by_role("link", name="Checks", exact=True).click()
    expect(page.locator("main")).to_contain_text("“lorem ipsum” was left over")
    page.get_by_role("link", name="Change letter or subject").click()
    page.get_by_label("Letter to the readers").fill("Dear readers,\n\n**the river** rose.")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Checks", exact=True).click()
    expect(page.locator("main")).not_to_contain_text("was left over")


def _test_and_approve(page: Page, sink: SmtpSink) -> None:
    """See the letter in a mailbox, then let it go to everybody."""
    page.get_by_role("link", name="Go on to the approval").click()
    page.get_by_label("To", exact=True).fill("mira@example.org")
    page.get_by_role("button", name="Send the test").click()
    expect(page.get_by_role("status")).to_be_visible()
    (test,) = sink.taken
    assert test.recipients == ("mira@example.org",)
    assert b"Subject: [Test] The river this week" in test.content
    page.get_by_role("button", name="Approve for 3 readers").click()
    expect(page.get_by_role("heading", name="Where the letters are")).to_be_visible()


def _read_report(page: Page) -> None:
    """The page that watched the sending comes to its end, and what became of all adds up."""
    expect(page.get_by_role("heading", name="What became of it")).to_be_visible()
    expect(page.get_by_text("The sum adds up")).to_be_visible()
    row = page.get_by_role("row", name=re.compile(DeliveryState.ACCEPTED.value, re.IGNORECASE))
    expect(row.get_by_role("cell").last).to_have_text("3")


def test_an_open_page_hears_what_others_do(
    browser: Browser, tmp_path: Path, migrated_file: Path
) -> None:
    """Another editor's decision is shown and named; an approval is told at once."""
    with site(tmp_path, migrated_file) as (desk, url), visitor(browser) as seen:
        desk.note("Flood in the valley")
        desk.house.conveyor()
        desk.house.ahead("weekly")
        sign_in(seen.page, desk, url)
        with seen.page.expect_response("**/version"):
            seen.page.goto(f"{url}/editor/drafts/1/")
        wish = Wish(Act.RETITLE, ResourceId(1), "Flood in the hills")
        desk.house.deciding.together(EditionId(1), [wish], by="bo")
        told = seen.page.locator("#others")
        expect(seen.page.get_by_role("heading", name="Flood in the hills")).to_be_visible()
        expect(told).to_contain_text("bo changed this draft")
        desk.house.approve(EditionId(1), by="bo")
        expect(told).to_contain_text("This edition was approved, withdrawn or cancelled meanwhile")
        assert_quiet(seen)


def test_hostile_words_stay_words(browser: Browser, tmp_path: Path, migrated_file: Path) -> None:
    """A hundred titles, summaries, notes, names, letters, and the answers of a mail server.

    On no page of the desk, and in no preview, does one open a window or ask for anything from
    another site.
    """
    words = [text.replace("\0", "") for text in payloads()]
    with (
        SmtpSink(faults={"rcpt": [f"550 5.1.1 {words[2]}"]}) as sink,
        site(tmp_path, migrated_file, smtp=sink.port, name=words[0]) as (desk, url),
        visitor(browser) as seen,
    ):
        for number, text in enumerate(words):
            desk.note(f"Flood {text}", f"Otter {text}", f"n{number}")
        desk.house.conveyor()
        desk.house.ahead("weekly")
        desk.house.people.add("ada@example.net", {"weekly": None}, how=words[3], name=words[9])
        sign_in(seen.page, desk, url)
        _write_hostile(seen.page, url, words)
        shown = 0
        for _ in pages(seen.page, url):
            shown += "alert(" in seen.page.locator("body").inner_text()
            assert_quiet(seen)
        assert shown > 8, "they are there, as words"
        for mode in ("letter", "page"):
            seen.page.goto(f"{url}/editor/drafts/1/preview/?mode={mode}")
            expect(seen.page.frame_locator("#look").locator("body")).to_contain_text("alert(1)")
        desk.house.approve(EditionId(1), by=words[4])
        desk.house.deliver(EditionId(1))
        for _ in pages(seen.page, url):
            assert_quiet(seen)


def _write_hostile(page: Page, url: str, words: list[str]) -> None:
    """As an editor whose account was stolen would."""
    page.goto(f"{url}/editor/drafts/1/letter/")
    page.get_by_label("Subject", exact=True).fill(words[1])
    page.get_by_label("Preheader", exact=True).fill(words[2])
    page.get_by_label("Letter to the readers").fill("\n\n".join(words))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("region", name="As readers get it")).to_be_visible()
    page.goto(f"{url}/editor/drafts/1/items/1/")
    page.get_by_label(re.compile("s note")).fill(words[5])
    page.get_by_label("Title", exact=True).fill(words[6])
    page.get_by_role("button", name="Save").click()
    page.goto(f"{url}/editor/accounts/")
    page.get_by_label("Name, such as").fill(words[9][:64])
    page.get_by_role("button", name="Give an account").click()
    expect(page.get_by_role("alert")).to_contain_text("Expected a name")
