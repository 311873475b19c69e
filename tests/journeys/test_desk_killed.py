"""The desk dies while somebody writes: nothing that was saved or typed is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Error, expect

from digest.core.account import Role
from digest.core.edition import EditionId
from digest.wiring import House, settings
from tests.browser import HOST, browsers, listening, visitor
from tests.desk import CONFIG, ORIGIN

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(300)]


def _made(folder: Path, url: str) -> str:
    """A site with a draft of one item, by the clock on the wall; gives the path that signs in."""
    (folder / "config.toml").write_text(CONFIG.replace(ORIGIN, url) + 'approval = "manual"\n')
    (folder / "notes").mkdir()
    today = datetime.now(UTC).date().isoformat()
    said = f"title: Flood in the valley\nurl: https://library.example.org/1\ndate: {today}\n"
    (folder / "notes" / "flood.md").write_text(f"---\n{said}---\n", "utf-8")
    house = House(settings(folder / "config.toml"))
    house.collect("library", now=True)
    house.ahead("weekly")
    house.seats.add("mira", Role.ADMIN, by="test")
    link = house.seats.link("mira", by="test")
    house.close()
    return f"/editor/link/{link}"


@contextmanager
def _serving(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """``digest serve``, until it is killed."""
    environ = {**os.environ, "DIGEST_WEB__PORT": str(port)}
    command = [sys.executable, "-m", "digest", "serve"]
    child = subprocess.Popen(command, cwd=folder, env=environ, stdout=subprocess.DEVNULL)
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"http://{HOST}:{port}/healthz", timeout=5).close()
                break
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        yield child
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait(30)


def test_words_outlive_the_server(tmp_path: Path) -> None:
    """On the board the form stays open and says so; on a page of its own the words come back."""
    with listening() as free:
        port = free.getsockname()[1]
    url = f"http://{HOST}:{port}"
    way_in = _made(tmp_path, url)
    with browsers() as browser, visitor(browser) as seen:
        page = seen.page
        with _serving(tmp_path, port):
            page.goto(url + way_in)
            page.get_by_role("button", name="Sign in").click()
            page.goto(f"{url}/editor/drafts/1/")
            page.get_by_role("link", name="Edit Flood in the valley").click()
            page.get_by_label("Title", exact=True).fill("Flood in the hills")
        page.get_by_role("button", name="Save").click()
        expect(page.locator("#others")).to_contain_text("your words are still here")
        expect(page.get_by_label("Title", exact=True)).to_have_value("Flood in the hills")

        with _serving(tmp_path, port):
            page.get_by_role("button", name="Save").click()
            expect(page.get_by_role("heading", name="Flood in the hills")).to_be_visible()
            expect(page.locator("#others")).to_be_hidden()
            page.goto(f"{url}/editor/drafts/1/letter/")
            page.get_by_label("Letter to the readers").fill("Dear readers, the river rose.")
        try:
            page.get_by_role("button", name="Save").click()
        except Error:
            assert "chrome-error" in page.url, "what a browser shows where nobody answers"

        with _serving(tmp_path, port):
            page.goto(f"{url}/editor/drafts/1/letter/")
            letter = page.get_by_label("Letter to the readers")
            expect(letter).to_have_value("Dear readers, the river rose.")
            expect(page.get_by_text("Words that you had not saved are back.")).to_be_visible()
            page.get_by_role("button", name="Save").click()
            expect(page.get_by_role("region", name="As readers get it")).to_contain_text("rose")
            page.reload()
            expect(page.get_by_text("Words that you had not saved are back.")).to_have_count(0)
    _says(tmp_path)


def _says(folder: Path) -> None:
    """What the database holds in the end."""
    house = House(settings(folder / "config.toml"))
    with house.store.read() as work:
        record = work.editions.get(EditionId(1))
        assert record
        edition = house.preview.edition(work, record)
    house.close()
    assert edition.letter == "Dear readers, the river rose."
    titles = [entry.title for section in edition.sections for entry in section.entries]
    assert titles == ["Flood in the hills"]
