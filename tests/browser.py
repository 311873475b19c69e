"""A real browser, and a site on loopback for it.

::

    @pytest.fixture(scope="module")
    def browser() -> Iterator[Browser]:
        with browsers() as browser:
            yield browser

    with site(tmp_path, migrated_file) as (desk, url), visitor(browser, width=360) as seen:
        seen.page.goto(url)
        assert violations(seen.page) == []
"""

from __future__ import annotations

import json
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, sync_playwright
from starlette.types import ASGIApp

from tests.desk import CONFIG, ORIGIN, Desk

HOST = "127.0.0.1"
PHONE, DESKTOP = 360, 1280
_PATIENCE = 30_000
"""Milliseconds; machines that run tests beside each other are slow."""


@contextmanager
def browsers() -> Iterator[Browser]:
    """Chromium as the system has it; one for a module, since its loop bars others meanwhile."""
    path = shutil.which("chromium")
    assert path, "chromium is not installed; `make peers` installs it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox"], timeout=_PATIENCE * 2
        )
        yield browser
        browser.close()


@dataclass
class Seen:
    """A page, and what it did that no page of ours may do.

    Attributes:
        abroad: addresses off the site that it asked for; none was reached.
        dialogs: what it said in windows of its own.
        errors: of its scripts, and of its policy.
    """

    page: Page
    abroad: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@contextmanager
def visitor(
    browser: Browser, *, width: int = DESKTOP, dark: bool = False, scripts: bool = True
) -> Iterator[Seen]:
    """Somebody with cookies of their own; everything off loopback is refused."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if dark else "light",
        java_script_enabled=scripts,
        reduced_motion="reduce",
    )
    context.set_default_timeout(_PATIENCE)
    seen = Seen(context.new_page())

    def guard(route: Route) -> None:
        if urlsplit(route.request.url).hostname == HOST:
            route.continue_()
        else:
            seen.abroad.append(route.request.url)
            route.abort()

    def said(dialog: Any) -> None:
        seen.dialogs.append(dialog.message)
        dialog.dismiss()

    context.route("**/*", guard)
    context.on("dialog", said)
    seen.page.on("pageerror", lambda error: seen.errors.append(str(error)))
    try:
        yield seen
    finally:
        context.close()


@contextmanager
def served(app: ASGIApp, listening: socket.socket) -> Iterator[None]:
    """Serve an application at a socket that listens already."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(_PATIENCE / 1000)


def listening() -> socket.socket:
    """A socket on loopback at a free port."""
    taken = socket.socket()
    taken.bind((HOST, 0))
    taken.listen(64)
    return taken


@contextmanager
def site(
    folder: Path, migrated: Path, *, smtp: int = 0, name: str = "The library", more: str = ""
) -> Iterator[tuple[Desk, str]]:
    """A site at an address on loopback, whose newsletter waits for an editor.

    Args:
        folder: an empty one.
        migrated: a database with its schema.
        smtp: the port of a mail server; 0: letters are spooled.
        name: what its source is called.
        more: what its configuration has beside that.
    """
    taken = listening()
    url = f"http://{HOST}:{taken.getsockname()[1]}"
    config = CONFIG.replace(ORIGIN, url).replace('"The library"', json.dumps(name))
    config += 'approval = "manual"\n'
    if smtp:
        mail = f'[mail]\nkind = "smtp"\nhost = "{HOST}"\nport = {smtp}\n'
        config = config.replace("[mail]\n", mail)
    with Desk(folder, migrated, config=config + more) as desk, served(desk.app, taken):
        yield desk, url


def violations(page: Page, *rules: str) -> list[str]:
    """What axe-core finds by these rules (none: by all), a line each, with where first."""
    asked = {"runOnly": list(rules)} if rules else {}
    answer = Axe().run(page, options={"resultTypes": ["violations"], **asked})
    return [
        f"{page.url}: {one['id']}: {one['nodes'][0]['html'][:120]}"
        for one in answer.response["violations"]
    ]


def overflows(page: Page) -> bool:
    """It must be scrolled sideways."""
    wide: bool = page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
    return wide
