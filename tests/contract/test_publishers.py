"""What every publisher promises."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest

from digest.core.artifact import Artifact
from digest.errors import PublishError
from digest.ports import Publisher
from digest.publishers.directory import DirectoryPublisher
from tests.fakes import FakePublisher

Read = Callable[[str], bytes | None]


@pytest.fixture(params=["directory", "fake"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Publisher, Read]:
    """A publisher, and a way to read what it published."""
    if request.param == "fake":
        fake = FakePublisher()
        return fake, fake.files.get
    root = tmp_path / "public"

    def read(path: str) -> bytes | None:
        return (root / path).read_bytes() if (root / path).exists() else None

    return DirectoryPublisher(root), read


def page(path: str, body: bytes = b"x") -> Artifact:
    return Artifact(path, "text/html; charset=utf-8", body)


def test_an_artifact_can_be_read_where_its_path_says(place: tuple[Publisher, Read]) -> None:
    """What was published stands at its path."""
    publisher, read = place
    publisher.publish([page("weekly/1/index.html", b"one")])
    assert read("weekly/1/index.html") == b"one"


def test_only_what_changed_is_reported(place: tuple[Publisher, Read]) -> None:
    """Publishing again names only the paths whose bytes are others now."""
    publisher, _ = place
    publisher.publish([page("a.html", b"1"), page("b.html", b"1")])
    assert list(publisher.publish([page("a.html", b"1"), page("b.html", b"2")])) == ["b.html"]


def test_the_newest_bytes_win(place: tuple[Publisher, Read]) -> None:
    """Publishing to a path again replaces what stood there."""
    publisher, read = place
    publisher.publish([page("a.html", b"a longer text")])
    publisher.publish([page("a.html", b"short")])
    assert read("a.html") == b"short"


@pytest.mark.parametrize("path", ["../a.html", "a/../../b.html", "/etc/x", "a//b", "", "./a", "a/"])
def test_no_path_leaves_the_place(place: tuple[Publisher, Read], path: str) -> None:
    """A path that is not made of plain names is refused."""
    publisher, _ = place
    with pytest.raises(PublishError):
        publisher.publish([page(path)])


def test_a_publisher_knows_what_it_holds(place: tuple[Publisher, Read]) -> None:
    """A page that was published stands there, its folder is no page."""
    publisher, _ = place
    publisher.publish([page("weekly/1/index.html")])
    assert publisher.holds("weekly/1/index.html")
    assert not publisher.holds("weekly/1")
    assert not publisher.holds("weekly/2/index.html")


def test_publications_take_turns(place: tuple[Publisher, Read]) -> None:
    """Who waits for the turn gets it when the other is done, so the last reader writes last."""
    publisher, _ = place
    order: list[str] = []

    def second() -> None:
        with publisher.turn():
            order.append("second")

    with publisher.turn():
        waiting = Thread(target=second)
        waiting.start()
        waiting.join(0.2)
        order.append("first")
    waiting.join()
    assert order == ["first", "second"]
