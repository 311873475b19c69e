"""Going to the links of a letter."""

from __future__ import annotations

from pathlib import Path

from digest.config import ChecksSettings
from digest.core.checks.finding import Finding
from digest.inspectors.alive import AliveInspector
from tests.fakes import FakeWeb
from tests.proofing import SITE, a_proof, html

PAGE = "https://library.example.org/page"


def look(inspector: AliveInspector, *urls: str) -> list[Finding]:
    links = "".join(f'<a href="{url}">To {url}</a>' for url in urls)
    return list(inspector.find(a_proof(html=html(links))))


def an_inspector(web: FakeWeb) -> AliveInspector:
    return AliveInspector(ChecksSettings(), web, Path())


def test_a_page_that_is_there_is_no_finding() -> None:
    """Who answers is alive."""
    assert look(an_inspector(FakeWeb().shows(PAGE, "")), PAGE) == []


def test_a_page_that_is_gone_is_told() -> None:
    """A refusal for good is a finding; one that may pass is a mild one."""
    gone, slow = f"{PAGE}/gone", f"{PAGE}/slow"
    web = FakeWeb().fails(gone, permanent=True).fails(slow)
    found = look(an_inspector(web), gone, slow)

    assert [(one.what, one.mild) for one in found] == [
        (f"{gone} is out of order", False),
        (f"{slow} is out of order", True),
    ]


def test_a_page_that_moved_for_good_is_told_mildly() -> None:
    """The link still works."""
    web = FakeWeb().shows(PAGE, "", permanent_url=f"{PAGE}/new")
    (found,) = look(an_inspector(web), PAGE)

    assert (found.what, found.mild) == (f"it moved for good to {PAGE}/new", True)


def test_only_outward_links_that_may_be_followed_are_gone_to() -> None:
    """Neither our own pages, nor private addresses, nor the reader's own links."""
    web = FakeWeb()
    look(an_inspector(web), f"{SITE}/weekly/", "http://10.0.0.7/", "mailto:x@example.org", "#top")

    assert web.asked == []


def test_what_was_seen_is_remembered_for_a_while() -> None:
    """An editor who looks again after a change does not knock at a hundred doors again."""
    web = FakeWeb().shows(PAGE, "")
    inspector = an_inspector(web)
    look(inspector, PAGE)
    look(inspector, PAGE)

    assert len(web.asked) == 1


def test_a_host_that_is_down_is_not_knocked_at_for_each_link() -> None:
    """It would cost the timeout of each; other hosts are gone to all the same."""
    down = [f"https://down.example.org/{number}" for number in range(9)]
    web = FakeWeb().shows(PAGE, "")
    for url in down:
        web.fails(url)
    found = look(an_inspector(web), *down, PAGE)

    assert [url for url, *_ in web.asked if "down" in url] == down[:2]
    assert (PAGE, "", "") in web.asked
    assert found[2].what == (
        "down.example.org does not answer; 7 more links to it were not gone to"
    )
    assert found[2].mild
