"""From signing up to being forgotten, in a real browser and by letters from a real mail server."""

from __future__ import annotations

import html
import logging
import re
import sqlite3
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import DESKTOP, PHONE, Seen, browsers, overflows, site, violations, visitor
from tests.desk import Desk
from tests.smtp_sink import SmtpSink

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(600)]

expect.set_options(timeout=30_000)

_DAY = timedelta(days=7)
_TABS = 120
"""No page has so many places to go to."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for all of them."""
    with browsers() as browser:
        yield browser


@dataclass
class Reader:
    """Somebody at a page, who reads their letters, and uses a keyboard or fingers."""

    desk: Desk
    sink: SmtpSink
    seen: Seen
    keyboard: bool
    scripts: bool
    read: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def page(self) -> Page:
        return self.seen.page

    def write(self, label: str, text: str) -> None:
        """Fill a field."""
        place = self.page.get_by_label(label, exact=True)
        if not self.keyboard:
            return place.fill(text)
        self._go(place)
        self.page.keyboard.type(text)
        return None

    def press(self, name: str) -> None:
        """Press a button."""
        self._use(self.page.get_by_role("button", name=name))

    def follow(self, name: str) -> None:
        """Follow a link."""
        self._use(self.page.get_by_role("link", name=name))

    def want(self, name: str, *, wanted: bool) -> None:
        """Tick a box, or take the tick away."""
        box = self.page.get_by_role("checkbox", name=name, exact=True)
        if box.is_checked() is wanted:
            return None
        if not self.keyboard:
            return box.click()
        self._go(box)
        self.page.keyboard.press("Space")
        return None

    def choose(self, name: str) -> None:
        """Choose the other one of two."""
        radio = self.page.get_by_role("radio", name=name)
        if not self.keyboard:
            return radio.click()
        group = radio.get_attribute("name")
        self._go(self.page.locator(f'input[name="{group}"]:checked'))
        self.page.keyboard.press("ArrowDown")
        return None

    def sees(self, heading: str) -> None:
        """Read the page that came: it must be for everybody."""
        expect(self.page.get_by_role("heading", name=heading, exact=True).first).to_be_visible()
        if not self.scripts:  # axe-core is one; the pages are those of who has them
            return
        if overflows(self.page):
            self.wrong.append(f"{self.page.url} is too wide")
        self.page.emulate_media(color_scheme="light")
        self.wrong += violations(self.page)
        self.page.emulate_media(color_scheme="dark")
        self.wrong += violations(self.page, "color-contrast")

    def open(self, link: str) -> None:
        """Open a link of a letter."""
        self.page.goto(link)

    def letter(self) -> EmailMessage:
        """The next letter that comes."""
        self.desk.house.send_notes()
        taken = self.sink.taken[self.read]
        self.read += 1
        return message_from_bytes(taken.content, policy=policy.default)

    def _use(self, place: Locator) -> None:
        if not self.keyboard:
            return place.click()
        self._go(place)
        self.page.keyboard.press("Enter")
        return None

    def _go(self, place: Locator) -> None:
        expect(place).to_be_visible()
        for _ in range(_TABS):
            if place.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"no way by Tab to {place}")


def words(letter: EmailMessage) -> str:
    """Its text part."""
    body = letter.get_body(("plain",))
    assert body
    return str(body.get_content())


def link(letter: EmailMessage, path: str) -> str:
    """The address below a path that its text holds."""
    found = re.search(rf"http://[\w.:]+/{path}/[\w.~=-]+", words(letter))
    assert found, words(letter)
    return found[0]


def an_edition(desk: Desk, title: str) -> None:
    """Bring something new, and let it out."""
    desk.note(title)
    desk.clock.move(_DAY)
    desk.house.conveyor()
    coming = desk.house.ahead("weekly")
    desk.house.approve(coming.id, by="mira")
    desk.house.conveyor()


def sign_up(reader: Reader, url: str) -> None:
    """At the front page; nothing is sent before the letter is answered."""
    reader.open(f"{url}/")
    reader.write("Your email address", "jane@example.net")
    reader.press("Subscribe")
    reader.sees("Please look into your mailbox")
    letter = reader.letter()
    assert letter["To"] == "jane@example.net"
    reader.open(link(letter, "confirm"))
    reader.sees("Do you want these letters?")
    reader.press("Yes, send it to me")
    reader.sees("You are subscribed")


def choose(reader: Reader) -> None:
    """Only one theme, then a new address, confirmed there, then a pause and its end."""
    reader.follow("Look at your preferences")
    reader.sees("Your newsletters")
    reader.choose("Only the themes ticked here:")
    reader.want("Floods", wanted=False)
    reader.want("Fish", wanted=True)
    reader.press("Save")
    reader.sees("Saved")
    reader.follow("Back to your newsletters")
    expect(reader.page.get_by_role("checkbox", name="Fish")).to_be_checked()
    expect(reader.page.get_by_role("checkbox", name="Floods")).not_to_be_checked()
    reader.write("New address", "jane.new@example.net")
    reader.press("Change the address")
    expect(
        reader.page.get_by_role("heading", name="Please look into your new mailbox")
    ).to_be_visible()
    welcome, asked = sorted((reader.letter(), reader.letter()), key=lambda one: "new" in one["To"])
    assert asked["To"] == "jane.new@example.net"
    reader.open(link(asked, "confirm"))
    reader.sees("Is this your new address?")
    reader.press("Yes, write to me here")
    reader.sees("Your address is changed")
    reader.open(link(welcome, "preferences"))
    reader.press("Pause")
    reader.follow("Back to your newsletters")
    reader.press("Send me letters again")
    reader.follow("Back to your newsletters")
    expect(reader.page.get_by_role("button", name="Pause")).to_be_visible()


def leave(reader: Reader) -> None:
    """By the link of an edition; taken back; and in the end everything is deleted."""
    an_edition(reader.desk, "An otter returns")
    letter = reader.letter()
    assert "An otter returns" in words(letter)
    reader.open(link(letter, "unsubscribe"))
    reader.sees("Unsubscribe from The Weekly?")
    reader.press("Unsubscribe")
    reader.sees("You have left The Weekly")
    reader.press("Subscribe me again")
    reader.sees("You are subscribed to The Weekly")
    reader.open(link(letter, "preferences"))
    reader.follow("Delete it all and forget me")
    reader.sees("Delete everything about you?")
    reader.press("Delete it all")
    reader.sees("You are forgotten")


def traces(folder: Path) -> list[str]:
    """Files that hold the reader's name or addresses, plain or as letters may write them."""
    shifted = [
        b64encode(b"-" * shift + address.encode())[4:-4]
        for address in ("jane@example.net", "jane.new@example.net")
        for shift in range(3)
    ]
    sought = re.compile(b"(?i:jane)|" + b"|".join(map(re.escape, shifted)))
    files = [file for file in sorted(folder.rglob("*")) if file.is_file()]
    return [str(file.relative_to(folder)) for file in files if sought.search(file.read_bytes())]


def kept(folder: Path) -> str:
    """Everything in the database, as SQL."""
    with closing(sqlite3.connect(folder / "var" / "digest.db")) as connection:
        return "\n".join(connection.iterdump())


def links(letter: EmailMessage) -> set[str]:
    """Every address that a mailbox, a scanner or a reader may open."""
    parts = [str(part.get_content()) for part in letter.walk() if not part.is_multipart()]
    texts = [html.unescape(text) for text in (*parts, str(letter["List-Unsubscribe"]))]
    found = (re.findall(r"http://127[^\s\"'<>)]+", text) for text in texts)
    return {address.rstrip(".,") for some in found for address in some}


def opened(address: str, method: str) -> int:
    """What a program gets that opens a link, and follows it."""
    asked = urllib.request.Request(address, method=method)
    try:
        with urllib.request.urlopen(asked, timeout=30) as answer:
            answer.read()
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_programs_that_open_every_link_change_nothing(
    browser: Browser, tmp_path: Path, migrated_file: Path
) -> None:
    """GET and HEAD of all links of all letters, twice: the database is the same to the octet."""
    with (
        SmtpSink() as sink,
        site(tmp_path, migrated_file, smtp=sink.port) as (desk, url),
        visitor(browser, scripts=False) as seen,
    ):
        an_edition(desk, "A flood in May")
        reader = Reader(desk, sink, seen, keyboard=False, scripts=False)
        sign_up(reader, url)
        choose(reader)
        an_edition(desk, "An otter returns")
        ask_for_a_link(reader, url)
        letters = [message_from_bytes(taken.content, policy=policy.default) for taken in sink.taken]
        found = {address for letter in letters for address in links(letter)}
        for scope in ("confirm", "preferences", "unsubscribe"):
            assert any(f"/{scope}/" in address for address in found), scope
        before = kept(tmp_path)
        for _ in range(2):
            for address in sorted(found):
                assert opened(address, "HEAD") == opened(address, "GET")
        assert kept(tmp_path) == before


def ask_for_a_link(reader: Reader, url: str) -> None:
    """Who lost all letters asks for a link."""
    reader.open(f"{url}/preferences")
    reader.page.locator('input[name="address"]').fill("jane.new@example.net")
    reader.page.locator("main form button").last.click()
    reader.sees("Please look into your mailbox")
    reader.desk.house.send_notes()


@pytest.mark.parametrize(
    ("width", "keyboard", "scripts"),
    [(DESKTOP, True, True), (PHONE, False, True), (PHONE, False, False)],
    ids=["desk and keyboard", "phone", "phone without scripts"],
)
def test_a_reader_comes_chooses_leaves_and_is_forgotten(
    browser: Browser,
    tmp_path: Path,
    migrated_file: Path,
    width: int,
    caplog: pytest.LogCaptureFixture,
    *,
    keyboard: bool,
    scripts: bool,
) -> None:
    """All of it works by keyboard alone, and on a phone without scripts; no page bars anybody.

    In the end the address is in no table, no file of the site, and no line of its log.
    """
    caplog.set_level(logging.DEBUG)
    for noisy in ("asyncio", "urllib3"):
        logging.getLogger(noisy).setLevel(logging.INFO)
    with (
        SmtpSink() as sink,
        site(tmp_path, migrated_file, smtp=sink.port) as (desk, url),
        visitor(browser, width=width, scripts=scripts) as seen,
    ):
        an_edition(desk, "A flood in May")
        reader = Reader(desk, sink, seen, keyboard, scripts)
        sign_up(reader, url)
        choose(reader)
        leave(reader)
        assert traces(tmp_path) == []
        assert "jane" not in caplog.text
        assert reader.wrong == []
        assert (seen.abroad, seen.dialogs, seen.errors) == ([], [], [])
