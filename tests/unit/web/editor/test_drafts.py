"""The pages that shape a draft."""

from __future__ import annotations

import re
from datetime import datetime
from html import unescape

import pytest

from digest.core.account import Role
from digest.core.decision import Act
from digest.core.edition import EditionId
from digest.core.resource import ResourceId
from digest.core.source import BY_HAND, Sighting
from tests.desk import Browser, Desk

TITLES = ("A flood in May", "A flood in June", "The otter under the bridge")


@pytest.fixture
def editor(desk: Desk) -> Browser:
    """A draft of three items, and an editor."""
    for title in TITLES:
        desk.note(title)
    desk.house.collect("library", now=True)
    desk.clock.now()
    desk.house.ahead("weekly")
    return desk.signed_in("mira", Role.EDITOR)


def number(desk: Desk, title: str) -> str:
    with desk.house.store.read() as work:
        found = work.resources.newest(99)
    return next(str(i.resource.id) for i in found if i.resource.facts.title == title)


def board(editor: Browser) -> str:
    return editor.get("drafts/1/").text


def order(page: str) -> list[str]:
    return [unescape(title) for title in re.findall(r'<h3 dir="auto">(.*?)</h3>', page)]


def test_a_draft_is_opened_once(desk: Desk, editor: Browser) -> None:
    """The list leads to it; who only looks cannot open one."""
    assert "drafts/1/" in editor.get("drafts/").text
    again = editor.post("drafts/", newsletter="weekly")
    assert again.headers["location"].endswith("/drafts/1/")
    assert desk.signed_in("vic", Role.VIEWER).post("drafts/", newsletter="weekly").status_code in {
        303,
        403,
    }


def test_every_button_does_what_it_says_and_undo_takes_it_back(desk: Desk, editor: Browser) -> None:
    """Reorder, feature, drop, restore, merge, split; after undoing all, it is as it was."""
    may, june = number(desk, TITLES[0]), number(desk, TITLES[1])
    before = order(board(editor))
    page = editor.does("drafts/1/do", do="down", item=june if before[0] == TITLES[1] else may)
    assert order(page)[:2] == [before[1], before[0]]
    page = editor.does("drafts/1/do", do="pin", item=may)
    assert "Chosen by the editor" in page
    page = editor.does("drafts/1/do", do="drop", item=june, reason="an advert")
    assert "mira dropped it: an advert" in page
    editor.does("drafts/1/do", do="restore", item=june)
    page = editor.does("drafts/1/do", do="merge", item=june, into=may)
    assert f"mira merged it into &#34;{TITLES[0]}&#34;" in page
    page = editor.does("drafts/1/do", do="split", item=june)
    assert sorted(order(page)) == sorted(TITLES)
    while 'id="undo" data-hotkey="u" disabled' not in page:
        page = editor.does("drafts/1/do", do="undo")
    assert order(page) == before
    assert "Nobody decided" not in editor.get("drafts/1/history/").text


def test_an_item_is_dragged_into_another_theme(desk: Desk, editor: Browser) -> None:
    """Before the item it was dropped on; both decisions or none."""
    may, otter = number(desk, TITLES[0]), number(desk, TITLES[2])
    put = {"do": "put", "item": may, "theme": "fish", "from": "floods", "before": otter}
    editor.does("drafts/1/do", **put)
    with desk.house.store.read() as work:
        edition = desk.house.preview.edition(work, desk.house.ahead("weekly"))
    fish = next(s for s in edition.sections if s.theme == "fish")
    assert [str(e.resource) for e in fish.entries] == [may, otter]


def test_an_item_is_reworded_beside_its_original(desk: Desk, editor: Browser) -> None:
    """Only what was changed is decided; its own words again take the change back."""
    may = number(desk, TITLES[0])
    path = f"drafts/1/items/{may}/"
    given = {"title": "Better", "summary": "What it says.", "note": "", "theme": "floods"}
    page = editor.does(path, seen="0", **given)
    assert "Better" in order(page)
    with desk.house.store.read() as work:
        made = work.editions.decisions(EditionId(1))
    assert [each.act for each in made] == [Act.RETITLE]
    assert TITLES[0] in editor.get(path).text
    assert TITLES[0] in order(editor.does(path, **{**given, "title": TITLES[0]}))


def test_two_editors_lose_nothing(desk: Desk, editor: Browser) -> None:
    """The later one is shown whose word stands, keeps what was typed, and may save again."""
    other, path = desk.signed_in("bo", Role.EDITOR), f"drafts/1/items/{number(desk, TITLES[0])}/"
    given = {"summary": "What it says.", "note": "", "theme": "floods"}
    editor.does(path, seen="0", title="Mira's title", **given)
    answer = other.post(path, seen="0", title="Bo's title", **given)
    assert answer.status_code == 409
    assert "mira" in answer.text
    assert "Mira&#39;s title" in answer.text
    assert 'value="Bo&#39;s title"' in answer.text
    seen = re.findall(r'name="seen" value="(\d+)"', answer.text)[0]
    page = other.does(path, seen=seen, title="Bo's title", **given)
    assert "Bo's title" in order(page)
    moved = editor.post("drafts/1/do", do="pin", item=number(desk, TITLES[1]), seen="0")
    assert moved.status_code == 303  # another question: no clash


def test_subject_preheader_and_letter_are_written(desk: Desk, editor: Browser) -> None:
    """With suggestions from the items, their lengths, and the letter as readers get it."""
    page = editor.get("drafts/1/letter/").text
    assert "and 2 more" in page
    page = editor.does(
        "drafts/1/letter/", subject="Floods", preheader="", letter="Dear *all*,", seen="0"
    )
    assert "<em>all</em>" in page
    assert "There is room to say more." in page
    assert (desk.house.approve.preview(EditionId(1)).letter) == "Dear *all*,"
    one = editor.does("drafts/1/letter/", subject="Only the subject")
    assert "Dear *all*," in one


def test_a_page_is_added_by_its_address(desk: Desk, editor: Browser) -> None:
    """What cannot be done is told in the form, and nothing typed is lost."""
    desk.house.__dict__["adding"] = _with_a_reader(desk)
    answer = editor.post("drafts/1/add/", url="ftp://x", title="Kept words")
    assert answer.status_code == 422
    assert "Kept words" in answer.text
    page = editor.does("drafts/1/add/", url="paper.example.org/a", theme="fish")
    assert "Read from the page" in order(page)
    assert "added by hand" in page


def _with_a_reader(desk: Desk) -> object:
    class Reader:
        def look(self, url: str, now: datetime) -> Sighting:
            return Sighting(BY_HAND, url, url, "Read from the page", now)

    from dataclasses import replace

    return replace(desk.house.adding, reader=Reader())


def test_an_edition_that_is_frozen_meanwhile_says_so(desk: Desk, editor: Browser) -> None:
    """What was decided before stays; what comes too late is told, not swallowed."""
    may = number(desk, TITLES[0])
    editor.does("drafts/1/do", do="pin", item=may)
    desk.house.approve(EditionId(1), by="bo")
    for path, fields in (
        ("drafts/1/do", {"do": "unpin"}),
        (f"drafts/1/items/{may}/", {"title": "Late"}),
        ("drafts/1/letter/", {"letter": "Late"}),
    ):
        answer = editor.post(path, **fields)
        assert answer.status_code == 409
        assert "is approved, no draft any more" in answer.text
    assert "pinned" in editor.get("drafts/1/history/").text
    assert editor.get("drafts/1/version").json()["state"] == "approved"


def test_who_only_looks_finds_no_button(desk: Desk, editor: Browser) -> None:
    """And is refused when pressing one all the same."""
    viewer = desk.signed_in("vic", Role.VIEWER)
    assert 'value="drop"' not in board(viewer)
    assert viewer.post("drafts/1/do", do="undo").status_code == 403
    assert viewer.get("drafts/1/preview/").status_code == 200


def test_looking_changes_nothing(desk: Desk, editor: Browser) -> None:
    """GET of every page leaves every table as it was."""
    before = desk.state()
    may = number(desk, TITLES[0])
    for path in ("", f"items/{may}/", "letter/", "add/", "history/", "preview/", "version"):
        assert editor.get(f"drafts/1/{path}").status_code == 200, path
    assert desk.state() == before
    assert ResourceId(int(may))


@pytest.mark.parametrize("path", ["drafts/99/", "drafts/1/items/99/", "drafts/99/history/"])
def test_what_is_not_there_is_told(editor: Browser, path: str) -> None:
    """As a page of the desk."""
    assert editor.get(path).status_code in {404, 422}


@pytest.mark.parametrize("do", ["", "explode", "put", "drop"])
def test_a_button_that_nobody_made_does_nothing(desk: Desk, editor: Browser, do: str) -> None:
    """It is refused with a sentence."""
    before = desk.state()["decisions"]
    assert editor.post("drafts/1/do", do=do).status_code == 422
    assert desk.state()["decisions"] == before
