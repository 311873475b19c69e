"""Photograph the HTML email and the web pages: ``python benchmarks/screenshots.py DIR``.

Needs Debian's ``chromium``. Each shot is one whole page; nothing is fetched from outside.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks import sample
from digest.core.artifact import PersonalTokens
from digest.publishers.directory import DirectoryPublisher
from digest.renderers.email import TemplateEmailRenderer
from digest.renderers.page import PageRenderer
from digest.renderers.templating import environment

WIDTHS = (640, 320)
PAGES = {
    "site": "index.html",
    "newsletter": "weekly/index.html",
    "edition": "weekly/2026-10-19/index.html",
    "theme": "themes/flood/index.html",
    "resources": "resources/index.html",
    "missing": "404.html",
}
PEOPLE = {
    "email": "ada@example.org",
    "since": "3 May 2026",
    "preferences_url": "http://127.0.0.1:8000/preferences/sample",
    "unsubscribe_url": "http://127.0.0.1:8000/unsubscribe/sample",
}


def main() -> int:
    """Take all shots; exit code 2 when used wrongly or without a browser."""
    chromium = shutil.which("chromium")
    if len(sys.argv) != 2 or not chromium:
        print("usage: screenshots.py DIR  (needs: apt-get install chromium)", file=sys.stderr)
        return 2
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        root = Path(folder)
        (root / "letter.html").write_text(letter(), encoding="utf-8")
        templates = environment(None, sample.SITE)
        DirectoryPublisher(root).publish(PageRenderer(templates).render(sample.catalogue()))
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        shoot(browser, root, {"email": "letter.html"}, WIDTHS, target)
        shoot(browser, root, PAGES, (1200, 320), target)
        browser.close()
    return 0


def letter() -> str:
    """The sample edition as one person gets it."""
    renderer = TemplateEmailRenderer(environment(None, sample.SITE), sample.SITE)
    personal = PersonalTokens("sample")
    body = renderer.body(sample.NEWSLETTER, sample.edition(), None, personal)
    html = "".join(body.html)
    for name, value in PEOPLE.items():
        html = html.replace(getattr(personal, name), value)
    print(f"email: {len(html.encode()):,} bytes of HTML; subject: {body.subject}")
    print(f"preheader: {body.preheader}")
    return html


def shoot(
    browser: Browser, root: Path, pages: dict[str, str], widths: tuple[int, ...], target: Path
) -> None:
    """Photograph pages at some widths, by day and by night."""
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        for width in widths:
            context = browser.new_context(
                viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True
            )
            # The pages as a web server would give them, without one.
            context.route(
                f"{sample.SITE.url}/**",
                lambda route: route.fulfill(path=root / urlsplit(route.request.url).path[1:]),
            )
            page = context.new_page()
            for name, file in pages.items():
                page.goto(f"{sample.SITE.url}/{file}")
                page.screenshot(path=target / f"{name}-{width}-{scheme}.png", full_page=True)
                wide = page.evaluate("document.documentElement.scrollWidth")
                if wide > width:
                    print(f"{name} at {width}: scrolls sideways, {wide} px wide")
            context.close()


if __name__ == "__main__":
    raise SystemExit(main())
