"""Ask axe-core in a browser without a network, where both are installed."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Any

from digest.config import ChecksSettings
from digest.core.checks.finding import Finding
from digest.core.checks.proof import Proof
from digest.errors import InspectionError
from digest.ports import Web

if TYPE_CHECKING:
    from playwright.sync_api import Page

_BROWSERS = ("chromium", "google-chrome", "chromium-browser")
_NEEDED = ("playwright", "axe_playwright_python")
_WIDTHS = ((640, "light"), (320, "light"), (640, "dark"))
# An email is a part of somebody else's page, so it needs no landmarks of its own.
_RULES = {name: {"enabled": False} for name in ("region", "landmark-one-main")}
_NAMED = 80


class AxeInspector:
    """Loads the letter at the widths and in the colours that readers have."""

    title = "Accessibility in a browser"
    why = "What rules on paper cannot see: contrast by night, names as they are read aloud."

    def __init__(self, settings: ChecksSettings, _web: Web, _root: Path) -> None:
        self._timeout = settings.timeout.total_seconds() * 1000

    def find(self, proof: Proof) -> Iterator[Finding]:
        """Tell each rule that is broken once, with where first."""
        missing = [name for name in _NEEDED if find_spec(name) is None]
        browser = next(filter(None, map(which, _BROWSERS)), None)
        if missing or browser is None:
            raise InspectionError(
                "axe-core needs Chromium and pip install digest-publisher[axe]; not found here"
            )
        told: set[str] = set()
        for scheme, violation in self._violations(proof.html, browser):
            if violation["id"] not in told:
                told.add(violation["id"])
                yield _finding(scheme, violation)

    def _violations(self, html: str, browser: str) -> list[tuple[str, dict[str, Any]]]:
        from playwright.sync_api import Error, sync_playwright  # noqa: PLC0415 - heavy, and optional

        found = []
        try:
            with sync_playwright() as playwright:
                launched = playwright.chromium.launch(
                    executable_path=browser, args=["--no-sandbox"], timeout=self._timeout
                )
                for width, scheme in _WIDTHS:
                    page = launched.new_page(
                        viewport={"width": width, "height": 900},
                        color_scheme="dark" if scheme == "dark" else "light",
                    )
                    found += [(f"{width} px, {scheme}", v) for v in self._asked(page, html)]
                    page.close()
        except Error as error:
            raise InspectionError(f"the browser failed: {error.message.splitlines()[0]}") from error
        return found

    def _asked(self, page: Page, html: str) -> list[dict[str, Any]]:
        from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - as above

        page.set_default_timeout(self._timeout)
        page.route("**/*", lambda route: route.abort())
        page.set_content(html, wait_until="domcontentloaded")
        answer = Axe().run(page, options={"rules": _RULES, "resultTypes": ["violations"]})
        violations: list[dict[str, Any]] = answer.response["violations"]
        return violations


def _finding(scheme: str, violation: dict[str, Any]) -> Finding:
    first = violation["nodes"][0] if violation["nodes"] else {"html": ""}
    return Finding(
        f"{violation['help']} ({violation['id']})",
        f"{scheme}: {first['html'][:_NAMED]}",
        f"see the rule {violation['id']} of axe-core",
    )
