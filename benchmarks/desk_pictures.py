"""Photograph the editors' desk of the running example: ``python benchmarks/desk_pictures.py DIR``.

Needs Debian's ``chromium``. The pictures in ``docs/images`` are made by this.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from playwright.sync_api import Page

from digest.core.account import Role
from digest.core.edition import EditionId
from digest.web.app import build
from digest.wiring import House, settings
from tests.browser import DESKTOP, HOST, PHONE, browsers, listening, served, visitor

REPOSITORY = Path(__file__).parent.parent
_HIGH = 860
_NEWSLETTER = "weekly"


def site(folder: Path, url: str) -> House:
    """The running example at this address, with a draft that an editor began to shape."""
    shutil.copytree(REPOSITORY / "examples", folder / "examples")
    config = (REPOSITORY / "config.toml").read_text("utf-8")
    (folder / "config.toml").write_text(config.replace("http://127.0.0.1:8000", url), "utf-8")
    house = House(settings(folder / "config.toml"))
    for source in house.settings.sources:
        house.collect(source.name, now=True)
    house.people.add("ada@example.org", {_NEWSLETTER: None}, how="sample")
    house.people.add("ben@example.org", {_NEWSLETTER: ("floods",)}, how="sample")
    house.ahead(_NEWSLETTER)
    return house


def shoot(page: Page, url: str, house: House, target: Path) -> None:
    """Take the pictures."""
    house.seats.add("mira", Role.ADMIN, by="sample")
    page.goto(f"{url}/editor/link/{house.seats.link('mira', by='sample')}")
    page.get_by_role("button", name="Sign in").click()
    draft = f"{url}/editor/drafts/{EditionId(1)}/"
    for name, address in (
        ("desk-week", f"{url}/editor/"),
        ("desk-draft", draft),
        ("desk-preview", f"{draft}preview/?width=tablet"),
        ("desk-approval", f"{url}/editor/editions/{EditionId(1)}/"),
    ):
        page.goto(address, wait_until="networkidle")
        page.screenshot(path=target / f"{name}.png")
    page.set_viewport_size({"width": PHONE, "height": _HIGH})
    page.emulate_media(color_scheme="dark")
    page.goto(draft, wait_until="networkidle")
    page.screenshot(path=target / "desk-phone.png")


def main() -> int:
    """Take all of them; exit code 2 when used wrongly."""
    if len(sys.argv) != 2:
        print("usage: desk_pictures.py DIR", file=sys.stderr)
        return 2
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    taken = listening()
    url = f"http://{HOST}:{taken.getsockname()[1]}"
    with (
        tempfile.TemporaryDirectory() as folder,
        site(Path(folder), url) as house,
        served(build(house), taken),
        browsers() as browser,
        visitor(browser, width=DESKTOP) as seen,
    ):
        seen.page.set_viewport_size({"width": DESKTOP, "height": _HIGH})
        shoot(seen.page, url, house, target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
