"""From the draft to the report, as the desk shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from digest.core.account import Role
from digest.core.decision import Act
from digest.core.edition import EditionId, EditionState
from tests.desk import CONFIG, Browser, Desk

MANUAL = CONFIG + 'approval = "manual"\napprovals = 2\nhold_for = "10m"\n'


@pytest.fixture
def desk(tmp_path: Path, migrated_file: Path) -> Iterator[Desk]:
    """A newsletter that two people approve, with ten minutes to take it back."""
    with Desk(tmp_path, migrated_file, config=MANUAL) as desk:
        for name, themes in (("ada", None), ("ben", ("fish",))):
            desk.house.people.add(f"{name}@example.org", {"weekly": themes}, how="asked")
        desk.note("A flood in May")
        desk.house.collect("library", now=True)
        yield desk


def a_draft(desk: Desk) -> EditionId:
    return desk.house.ahead("weekly").id


def approved(browser: Browser, edition: EditionId, **fields: str) -> str:
    """Approve what the page shows; gives the page after it."""
    shown = browser.get(f"editions/{edition}/").text
    found = re.search(r'name="hash" value="([0-9a-f]{64})"', shown)
    assert found, shown
    return browser.does(f"editions/{edition}/approve", hash=found[1], **fields)


def test_two_people_approve_what_they_see_and_one_takes_it_back(desk: Desk) -> None:
    """The page counts the words, shows the time that is left, and afterwards the draft again."""
    edition = a_draft(desk)
    mira, tom = desk.signed_in("mira", Role.PUBLISHER), desk.signed_in("tom", Role.PUBLISHER)
    assert "Approve for 1 reader" in mira.get(f"editions/{edition}/").text
    assert "1 more person has to" in approved(mira, edition)
    page = approved(tom, edition)
    assert "Take the approval back" in page
    assert "nothing is public" in page
    assert "a draft again; nobody got a letter" in mira.does(f"editions/{edition}/withdraw")
    assert "tom" not in re.findall(r"<strong dir=\"auto\">(.*?)</strong>", mira.get(
        f"editions/{edition}/").text)  # fmt: skip


def test_what_was_changed_since_an_approval_was_taken_back_is_shown(desk: Desk) -> None:
    """As it was frozen, whatever sources said since; until it is approved again."""
    edition = a_draft(desk)
    mira, tom = desk.signed_in("mira", Role.PUBLISHER), desk.signed_in("tom", Role.PUBLISHER)
    mira.does(f"drafts/{edition}/letter/", subject="Agreed by both")
    approved(mira, edition)
    approved(tom, edition)
    mira.does(f"editions/{edition}/withdraw")
    changes = f"drafts/{edition}/preview/?mode=changes"
    mira.does(f"drafts/{edition}/letter/", subject="Better")
    desk.note("A flood in May", text="Corrected by its source.")
    desk.house.collect("library", now=True)
    since = mira.get(changes).text.partition("Since it was last approved")[2]
    assert '<del dir="auto">Agreed by both</del>' in since
    assert "Corrected by its source." in since


def test_what_was_changed_since_an_approval_is_shown(desk: Desk) -> None:
    """The draft is made again as it was; of what sources changed since, nothing is claimed."""
    edition, mira = a_draft(desk), desk.signed_in("mira", Role.PUBLISHER)
    changes = f"drafts/{edition}/preview/?mode=changes"
    mira.does(f"drafts/{edition}/letter/", subject="Agreed by mira")
    assert "last approved" not in mira.get(changes).text
    approved(mira, edition)
    mira.does(f"drafts/{edition}/letter/", subject="Changed since")
    since = mira.get(changes).text.partition("Since it was last approved")[2]
    assert '<del dir="auto">Agreed by mira</del>' in since
    assert '<ins dir="auto">Changed since</ins>' in since
    desk.note("A flood in May", text="Corrected by its source.")
    desk.house.collect("library", now=True)
    assert "last approved" not in mira.get(changes).text


def test_who_saw_something_else_approves_nothing(desk: Desk) -> None:
    """The draft changed between the page and the button."""
    edition = a_draft(desk)
    mira = desk.signed_in("mira", Role.PUBLISHER)
    shown = mira.get(f"editions/{edition}/").text
    seen = re.findall(r'name="hash" value="([0-9a-f]{64})"', shown)
    desk.house.curate.decide(edition, Act.SUBJECT, "Another", resource=None, by="tom")
    answer = mira.post(f"editions/{edition}/approve", hash=seen[0])

    assert answer.status_code == 409
    assert "The draft changed since it was previewed" in answer.text


def test_a_check_that_blocks_asks_for_a_reason(desk: Desk) -> None:
    """What, where and how to mend it stand on the page of checks."""
    edition = a_draft(desk)
    mira = desk.signed_in("mira", Role.PUBLISHER)
    desk.house.curate.decide(edition, Act.SUBJECT, "TBD", resource=None, by="tom")
    checks = mira.get(f"editions/{edition}/checks").text
    assert "Blocks the approval" in checks
    assert "To mend it: replace it by what was meant" in checks
    assert "Not asked yet: Links alive" in checks
    assert "Why it goes out although a check blocks it" in mira.get(f"editions/{edition}/").text
    assert "although a check blocks it: a joke" in approved(mira, edition, despite="a joke")


def test_only_a_publisher_lets_out(desk: Desk) -> None:
    """An editor looks and sends a test."""
    edition = a_draft(desk)
    ada = desk.signed_in("ada", Role.EDITOR)
    page = ada.get(f"editions/{edition}/").text

    assert "A publisher approves it." in page
    assert ada.post(f"editions/{edition}/approve").status_code == 403
    assert "A test is on its way to ada@example.org." in ada.does(
        f"editions/{edition}/test", address="ada@example.org"
    )


def test_a_sending_tells_its_end_in_a_sum_that_adds_up(desk: Desk) -> None:
    """While it goes on the page follows it; paused it does not; then it is the report."""
    edition = a_draft(desk)
    mira, tom = desk.signed_in("mira", Role.PUBLISHER), desk.signed_in("tom", Role.PUBLISHER)
    approved(mira, edition)
    approved(tom, edition)
    desk.clock.move(timedelta(minutes=11))
    desk.house.release(edition)
    going = mira.get(f"editions/{edition}/").text
    assert "data-refresh" in going
    paused = mira.does(f"editions/{edition}/pause")
    assert "mira paused it" in paused
    assert "data-refresh" not in paused
    mira.does(f"editions/{edition}/resume")
    assert desk.house.deliver(edition).state is EditionState.SENT
    report = mira.get(f"editions/{edition}/").text
    assert "What became of it" in report
    assert "The sum adds up" in report
    assert "follow none of its themes" in report
    assert "sent" in mira.get("editions/").text


def test_an_edition_that_is_not_there_is_not_found(desk: Desk) -> None:
    """Whatever the address says."""
    mira = desk.signed_in()
    answers = [mira.get(f"editions/{name}/").status_code for name in ("99", "x", "9" * 30)]

    assert answers == [404, 404, 404]


def test_an_empty_draft_says_so_on_every_page_of_it(tmp_path: Path, migrated_file: Path) -> None:
    """Its checks cannot be asked yet, which is a sentence in its place and no error page."""
    with Desk(tmp_path, migrated_file, config=MANUAL) as desk:
        mira, edition = desk.signed_in(), a_draft(desk)
        for page in ("", "checks"):
            shown = mira.get(f"editions/{edition}/{page}")
            assert (shown.status_code, "holds nothing yet" in shown.text) == (200, True)


def test_the_mark_stays_on_drafts_until_the_edition_goes_out(desk: Desk) -> None:
    """Wherever the pages of an edition lie, the navigation shows where one is."""
    mira, edition = desk.signed_in(), a_draft(desk)
    marked = re.compile(r'href="/editor/(\w*)/?"[^>]*aria-current')
    pages = (f"drafts/{edition}/", f"editions/{edition}/", f"editions/{edition}/checks")
    assert [marked.findall(mira.get(page).text) for page in pages] == [["drafts"]] * 3
    approved(mira, edition)
    approved(desk.signed_in("ben"), edition)
    desk.clock.move(timedelta(minutes=11))
    desk.house.conveyor()
    sent = (f"editions/{edition}/", f"drafts/{edition}/preview/")
    assert [marked.findall(mira.get(page).text) for page in sent] == [["editions"]] * 2
