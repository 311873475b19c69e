"""The editors' desk of a small site, and browsers that are signed in there.

::

    with Desk(tmp_path, migrated_file) as desk:
        mira = desk.signed_in("mira", Role.EDITOR)
        mira.post("sources/library/mute")
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from httpx2 import Response
from sqlalchemy import select
from starlette.testclient import TestClient

from digest.core.account import Role
from digest.errors import UsageError
from digest.storage import Database
from digest.storage.tables import metadata
from digest.web.app import build
from digest.web.editor import csrf
from digest.web.editor.place import SESSION, VISIT
from digest.wiring import House, settings
from tests.builders import MONDAY
from tests.fakes import FakePasswords, TickingClock

ORIGIN = "http://digest.example.org"

CONFIG = """\
[site]
name = "Riverbank"
url = "http://digest.example.org"
contact = "editors@example.org"
postal_address = "7 Weir Lane, Berlin"

[mail]
from_address = "digest@example.org"

[[sources]]
name = "library"
title = "The library"
kind = "folder"
path = "notes"

[[themes]]
slug = "floods"
title = "Floods"
keywords = ["flood"]

[[themes]]
slug = "fish"
title = "Fish"
keywords = ["fish", "otter"]

[[newsletters]]
slug = "weekly"
title = "The Weekly"
schedule = "0 8 * * mon"
"""


class Browser:
    """A browser at the desk; it sends what a page of the desk would make it send."""

    def __init__(self, desk: Desk, client: TestClient) -> None:
        self._desk = desk
        self.client = client

    @property
    def token(self) -> str:
        """What the forms of the pages hold for this browser."""
        cookies = self.client.cookies
        kept = cookies.get(SESSION) or cookies.get(VISIT) or ""
        return csrf.token(self._desk.house.store.key(), kept)

    def get(self, path: str = "") -> Response:
        """Open a page below the desk."""
        return self.client.get(f"/editor/{path}")

    def post(self, path: str, /, **fields: str | Iterable[str]) -> Response:
        """Send a form of the desk, with its token and from its origin."""
        return self.client.post(
            f"/editor/{path}",
            data={csrf.FIELD: self.token, **fields},
            headers={"origin": ORIGIN},
        )

    def does(self, path: str, /, **fields: str | Iterable[str]) -> str:
        """Send a form that must do something; gives the page it leads to."""
        answer = self.post(path, **fields)
        assert answer.status_code == 303, (answer.status_code, answer.text)
        shown = self.client.get(answer.headers["location"])
        assert shown.status_code == 200, shown.text
        return shown.text


class Desk:
    """One site with its web application; nothing runs beside it."""

    def __init__(self, folder: Path, migrated: Path, *, config: str = CONFIG) -> None:
        """Make the site.

        Args:
            folder: an empty one.
            migrated: the fixture ``migrated_file``, to be copied: migrating takes a second.
            config: what stands in ``config.toml``.
        """
        (folder / "notes").mkdir(exist_ok=True)
        (folder / "var").mkdir(exist_ok=True)
        shutil.copy(migrated, folder / "var" / "digest.db")
        (folder / "config.toml").write_text(config, "utf-8")
        self.folder = folder
        self.clock = TickingClock(MONDAY)
        self.house = House(settings(folder / "config.toml"), self.clock)
        self.house.__dict__["passwords"] = FakePasswords()
        self.app = build(self.house)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.house.close()

    def browser(self) -> Browser:
        """A browser that is not signed in."""
        client = TestClient(self.app, base_url=ORIGIN, follow_redirects=False)
        return Browser(self, client)

    def signed_in(self, name: str = "mira", role: Role = Role.ADMIN) -> Browser:
        """A browser that is signed in by a link, as somebody of a role."""
        try:
            self.house.seats.role(name, role, by="test")
        except UsageError:
            self.house.seats.add(name, role, by="test")
        browser = self.browser()
        link = self.house.seats.link(name, by="test")
        browser.get(f"link/{link}")
        assert browser.post(f"link/{link}").status_code == 303
        return browser

    def note(self, title: str, text: str = "What it says.", slug: str = "") -> None:
        """Put a note into the folder that the site reads."""
        name = slug or "".join(c if c.isalnum() else "-" for c in title.lower())[:40]
        url = f"https://library.example.org/{name}"
        page = f"---\ntitle: {title!r}\nurl: {url}\ndate: 2026-11-20\n---\n{text}\n"
        (self.folder / "notes" / f"{name}.md").write_text(page, "utf-8")

    def state(self) -> dict[str, list[tuple[object, ...]]]:
        """Everything in every table of the house, but for counted attempts."""
        store: Database = self.house.store
        with store.engine.connect() as connection:
            return {
                table.name: [tuple(row) for row in connection.execute(select(table))]
                for table in metadata.sorted_tables
                if table.name != "sign_in_attempts"
            }
