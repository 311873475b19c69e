"""Publishing: everything the public may see, and only what changed."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Event, Thread

import pytest

from digest.core.artifact import Artifact
from digest.core.catalogue import Catalogue
from digest.core.edition import EditionState
from digest.errors import PublishError
from tests.contract.keeping import approved_edition
from tests.newsroom import Newsroom


@pytest.fixture
def shown(room: Newsroom) -> Newsroom:
    """One edition with one item is out."""
    room.sources["library"].show(1, title="One")
    room.look()
    room.make()
    return room


def catalogue(room: Newsroom) -> Catalogue:
    with room.store.read() as work:
        return room.publish.catalogue(work)


def test_publishing_again_changes_nothing(shown: Newsroom) -> None:
    """The second time finds every file as it is."""
    assert sorted(shown.publish()) == ["resources.txt", "weekly/2026-11-16/index.html"]
    assert list(shown.publish()) == []


def test_a_draft_is_not_public(shown: Newsroom) -> None:
    """Neither its page nor its name."""
    with shown.store.begin() as work:
        moment = shown.clock.now()
        work.editions.add("weekly", moment, moment, EditionState.DRAFT)
    assert len(catalogue(shown).shelves[0].issues) == 1


def test_the_newest_edition_stands_first(shown: Newsroom) -> None:
    """With the hash it was approved by."""
    shown.sources["library"].show(2, title="Two")
    shown.look()
    shown.make()
    issues = catalogue(shown).shelves[0].issues
    assert [issue.edition.number for issue in issues] == [2, 1]
    assert all(issue.content_hash for issue in issues)


def test_a_hidden_resource_leaves_the_lists(shown: Newsroom) -> None:
    """A published edition keeps what it said."""
    shown.curate.hide(shown.known()["One"], hidden=True)
    assert catalogue(shown).resources == ()
    assert catalogue(shown).shelves[0].issues[0].edition.count == 1


def test_each_theme_has_its_resources_and_other_is_the_last(shown: Newsroom) -> None:
    """In the order of the configuration, empty ones too."""
    by_theme = catalogue(shown).by_theme
    assert [(slug, len(held)) for slug, held in by_theme] == [
        ("theme-1", 1),
        ("theme-2", 0),
        ("theme-3", 0),
        ("other", 0),
    ]


def test_a_place_that_cannot_be_written_is_told_and_tried_again(
    shown: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next pass finishes what this one could not."""

    def full(artifacts: object) -> None:
        raise PublishError("the disk is full")

    monkeypatch.setattr(shown.publisher, "publish", full)
    with pytest.raises(PublishError):
        shown.publish()
    monkeypatch.undo()
    assert len(shown.publish()) == 2


def test_what_was_read_first_is_not_written_last(
    shown: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of threads that publish at once, one after the other reads and writes."""
    place, slow = shown.publisher.publish, Event()

    def publish(artifacts: Iterable[Artifact]) -> list[str]:
        made = list(artifacts)
        if not slow.is_set():
            slow.set()
            other.start()
            shown.sources["library"].show(2, title="Two")
            shown.look()
        return place(made)

    monkeypatch.setattr(shown.publisher, "publish", publish)
    other = Thread(target=shown.publish)
    shown.publish()
    other.join()
    assert shown.publisher.files["resources.txt"] == b"Two\nOne"


def test_of_older_editions_only_the_headings_are_read(room: Newsroom) -> None:
    """Ten years of a daily do not come into memory for each new resource."""
    for number in range(1, 53):
        approved_edition(room.store, number)
    (shelf,) = catalogue(room).shelves
    assert [issue.edition.number for issue in shelf.issues] == [*range(52, 2, -1)]
    assert [heading.number for heading in shelf.older] == [2, 1]
    assert shelf.again == ()


def test_a_page_of_an_older_edition_that_is_not_there_is_made_again(room: Newsroom) -> None:
    """A new folder gets every page; one that is complete is left alone."""
    for number in range(1, 105):
        approved_edition(room.store, number)
    changed = room.publish()
    assert len({path for path in changed if path.startswith("weekly/")}) == len(changed) - 1 == 104
    oldest = "weekly/2026-11-30/index.html"
    del room.publisher.files[oldest]
    assert list(room.publish()) == [oldest]
    assert list(room.publish()) == []
