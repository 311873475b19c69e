"""``digest editions``: drafts, decisions, previews, approval, the hand-off."""

from __future__ import annotations

import email
import shutil
from datetime import datetime
from email import policy
from pathlib import Path
from typing import Any

import pytest

from digest.core.source import Sighting
from digest.errors import FetchError
from tests.unit.cli.conftest import Desk


@pytest.fixture(scope="module")
def read_once(tmp_path_factory: pytest.TempPathFactory, collected_once: Path) -> Path:
    """The notes are collected, and one person follows everything; to be copied."""
    desk = Desk(shutil.copytree(collected_once, tmp_path_factory.mktemp("read") / "site"))
    for newsletter in ("weekly", "careful"):
        desk.done(
            "subscribers", "add", "ada@example.org", "--newsletter", newsletter, "--how", "asked"
        )
    return desk.folder


@pytest.fixture
def read(tmp_path: Path, read_once: Path) -> Desk:
    """The notes are collected, and one person follows everything."""
    return Desk(shutil.copytree(read_once, tmp_path / "site"))


def _number(desk: Desk, title: str) -> str:
    return str(desk.data("resources", "list", "--text", title)[0]["id"])


def _titles(edition: Any) -> set[str]:
    return {entry["title"] for section in edition["sections"] for entry in section["entries"]}


def test_a_draft_shows_what_would_come(read: Desk) -> None:
    """All that no edition has taken is in it, by theme."""
    draft = read.data("editions", "draft", "weekly")

    assert draft["state"] == "draft"
    assert [section["theme"] for section in draft["edition"]["sections"]] == ["floods", "habitat"]


def test_the_list_says_for_when_each_edition_is(read: Desk) -> None:
    """Each edition is one row under its heads, with the time it is for in its own zone."""
    read.done("editions", "draft", "weekly")

    heads, row = read.done("editions", "list").splitlines()

    assert heads.split() == ["ID", "EDITION", "FOR", "STATE", "NO.", "WHY"]
    assert row.split()[1] == "weekly"
    assert row.split()[3:] == ["08:00", "draft", "-"]


def test_asking_for_a_draft_again_opens_no_other(read: Desk) -> None:
    """There is one draft per slot."""
    first, second = (read.data("editions", "draft", "weekly") for _ in range(2))

    assert first["id"] == second["id"]
    assert first["hash"] == second["hash"]


def test_a_decision_shows_in_the_draft(read: Desk) -> None:
    """What is dropped is left out with its reason; what is retitled has its new title."""
    draft = str(read.data("editions", "draft", "weekly")["id"])
    otter, dike = _number(read, "otter"), _number(read, "dike")

    read.done("editions", "decide", draft, "drop", otter, "too early", "--by", "Ada")
    read.done("editions", "decide", draft, "retitle", dike, "Dikes remember", "--by", "Ada")

    after = read.data("editions", "draft", "weekly")
    assert _titles(after["edition"]) == {"Dikes remember", "Rain on stone"}
    assert after["left_out"] == [{"resource": int(otter), "why": "Ada dropped it: too early"}]


def test_an_empty_value_takes_a_decision_back(read: Desk) -> None:
    """What was dropped is back when the drop is taken back."""
    draft = str(read.data("editions", "draft", "weekly")["id"])
    otter = _number(read, "otter")
    read.done("editions", "decide", draft, "drop", otter, "too early")

    read.done("editions", "decide", draft, "drop", otter, "")

    assert read.data("editions", "draft", "weekly")["left_out"] == []


@pytest.mark.parametrize(
    "words",
    [
        ("drop", "otter", "too early"),
        ("drop", "1"),
        ("subject", "two", "texts"),
        ("move", "1", "nowhere"),
        ("reorder", "1", "foremost"),
    ],
)
def test_a_decision_that_makes_no_sense_is_wrong_use(read: Desk, words: tuple[str, ...]) -> None:
    """It is refused with exit code 2, and nothing is noted."""
    draft = read.data("editions", "draft", "weekly")

    result = read.type("editions", "decide", str(draft["id"]), *words)

    assert result.exit_code == 2
    assert read.data("editions", "draft", "weekly")["hash"] == draft["hash"]


def test_a_preview_writes_nothing_but_its_folder(read: Desk, tmp_path: Path) -> None:
    """A newsletter can be previewed without a draft, and none is opened by it."""
    read.done("editions", "preview", "weekly", "--out", str(tmp_path / "out"))

    assert read.data("editions", "list") == []
    assert (tmp_path / "out" / "email" / "letter.html").is_file()
    assert list((tmp_path / "out" / "site" / "weekly").glob("*/index.html"))


def test_the_letter_of_a_preview_is_the_letter_that_goes_out(read: Desk, tmp_path: Path) -> None:
    """But for what is personal, the bytes of both letters are the same."""
    shown = read.data("editions", "preview", "weekly", "--out", str(tmp_path / "out"))
    draft = str(read.data("editions", "draft", "weekly")["id"])

    read.done("editions", "approve", draft, "--hash", shown["hash"])
    read.done("editions", "send", draft)

    (sent,) = (read.folder / "var" / "outbox").glob("*.eml")
    preview = tmp_path / "out" / "email" / "letter.eml"
    assert _neutral(sent) == _neutral(preview)


def _neutral(letter: Path) -> list[str]:
    """The lines of both texts without those that name the reader."""
    message = email.message_from_bytes(letter.read_bytes(), policy=policy.default)
    texts = [part.get_content() for part in message.walk() if not part.is_multipart()]
    assert len(texts) == 2
    personal = ("@example.org", "/preferences/", "/unsubscribe/")
    return [
        line for text in texts for line in text.splitlines() if not any(p in line for p in personal)
    ]


def test_approval_of_something_else_than_was_seen_is_refused(read: Desk) -> None:
    """When the draft changed since its hash was read, nothing is approved."""
    draft = read.data("editions", "draft", "weekly")
    number = str(draft["id"])
    read.done("editions", "decide", number, "subject", "Another subject")

    result = read.type("editions", "approve", number, "--hash", draft["hash"])

    assert result.exit_code == 1
    assert "changed since it was previewed" in result.stderr
    assert read.data("editions", "list")[0]["state"] == "draft"


def test_an_edition_is_sent_once(read: Desk) -> None:
    """The second hand-off finds nothing to do."""
    number = str(read.data("editions", "draft", "weekly")["id"])
    read.done("editions", "approve", number)

    first, second = (read.data("editions", "send", number) for _ in range(2))

    assert (first["accepted"], second["accepted"]) == (1, 0)


def test_a_draft_cannot_be_sent(read: Desk) -> None:
    """Only what was approved goes out."""
    number = str(read.data("editions", "draft", "weekly")["id"])

    result = read.type("editions", "send", number)

    assert result.exit_code == 2
    assert "approve it first" in result.stderr


def test_an_edition_is_found_by_its_address(read: Desk) -> None:
    """``weekly/`` and the local date of its slot name a draft and the edition it becomes."""
    slug = f"weekly/{_day(read.data('editions', 'draft', 'weekly'))}"

    read.done("editions", "approve", slug)

    assert read.data("editions", "send", slug)["accepted"] == 1


def _day(draft: Any) -> str:
    return str(draft["edition"]["slug"])


def test_what_a_cancelled_draft_held_is_free(read: Desk) -> None:
    """The next edition takes it."""
    read.done("run", "--now", "--newsletter", "careful")
    waiting = str(read.data("editions", "list", "--newsletter", "careful")[0]["id"])

    read.done("editions", "cancel", waiting, "--why", "too thin")

    assert len(_titles(read.data("editions", "draft", "careful")["edition"])) == 2


def test_a_comparison_names_what_came(read: Desk) -> None:
    """Against the edition before it, all of an edition is new."""
    read.done("run", "--now", "--newsletter", "weekly")
    read.note("beaver", "A beaver in town", "Habitat")
    read.done("collect")
    number = str(read.data("editions", "draft", "weekly")["id"])

    changes = read.data("editions", "diff", number)

    assert [entry["title"] for entry in changes["added"]] == ["A beaver in town"]
    assert len(changes["removed"]) == 3


def test_a_comparison_of_texts_is_a_unified_diff(read: Desk) -> None:
    """``--text`` gives the lines that differ, as programs for patches know them."""
    read.done("run", "--now", "--newsletter", "weekly")
    read.note("beaver", "A beaver in town", "Habitat")
    read.done("collect")
    number = str(read.data("editions", "draft", "weekly")["id"])

    lines = read.done("editions", "diff", number, "--text").splitlines()

    assert lines[0].startswith("--- weekly/")
    assert "+A beaver in town" in lines


def test_a_draft_is_shaped_and_everything_can_be_taken_back(read: Desk) -> None:
    """Merge, split, letter, undo and redo; the history tells all of it."""
    draft = str(read.data("editions", "draft", "weekly")["id"])
    fresh = read.data("editions", "draft", "weekly")["edition"]
    dike, rain = _number(read, "dike"), _number(read, "rain")

    read.done("editions", "merge", draft, rain, dike, "--by", "Ada")
    merged = read.data("editions", "draft", "weekly")
    read.done("editions", "split", draft, rain, "--by", "Bo")
    read.done("editions", "undo", draft, "--by", "Ada")
    again = read.data("editions", "draft", "weekly")
    (read.folder / "letter.md").write_text("Dear *all*,", "utf-8")
    read.done("editions", "letter", draft, str(read.folder / "letter.md"))
    told = read.data("editions", "history", draft)

    assert merged["left_out"] == [
        {"resource": int(rain), "why": 'Ada merged it into "What a dike remembers"'}
    ]
    assert again["left_out"] == merged["left_out"]
    assert read.data("editions", "letter", draft)["letter"] == "Dear *all*,"
    assert [each["told"] for each in told] == [
        "merged “Rain on stone” into “What a dike remembers”",
        "split “Rain on stone” off again",
        "took back: split “Rain on stone” off again",
        "wrote the letter",
    ]
    assert [each["force"] for each in told] == ["stands", "undone", "stands", "stands"]
    for _ in range(2):
        read.done("editions", "undo", draft)
    assert read.data("editions", "draft", "weekly")["edition"] == fresh
    assert read.data("editions", "redo", draft)["version"] == 7
    assert "Bo" in read.done("editions", "history", draft)


def test_who_decides_on_an_old_version_hears_of_the_newer_word(read: Desk) -> None:
    """``--seen`` refuses to overwrite what the editor cannot have seen."""
    draft = str(read.data("editions", "draft", "weekly")["id"])
    version = str(read.data("editions", "draft", "weekly")["version"])
    read.done("editions", "decide", draft, "subject", "Ada's", "--by", "Ada", "--seen", version)

    result = read.type("editions", "decide", draft, "subject", "Bo's", "--seen", version)

    assert result.exit_code == 1
    assert "Ada changed the same meanwhile (subject)" in result.stderr


class _OutOfOrder:
    """No page comes."""

    def __init__(self, pages: object) -> None:
        del pages

    def look(self, url: str, now: datetime) -> Sighting:
        raise FetchError(f"{url} is out of order at {now}")


def test_a_page_is_added_by_its_address(read: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be read is added under the title that is given; without one, it is refused."""
    monkeypatch.setattr("digest.collectors.single.PageReader", _OutOfOrder)
    draft = str(read.data("editions", "draft", "weekly")["id"])
    words = ("editions", "add", draft, "https://paper.example.org/sponge")

    assert read.type(*words).exit_code == 1
    added = read.data(*words, "--title", "The sponge street", "--theme", "habitat")

    shown = read.data("editions", "draft", "weekly")["edition"]
    assert (added["title"], added["theme"]) == ("The sponge street", "habitat")
    assert "The sponge street" in _titles(shown)


def test_subjects_are_suggested_with_their_length(read: Desk) -> None:
    """From what the draft holds."""
    draft = str(read.data("editions", "draft", "weekly")["id"])

    found = read.data("editions", "suggest", draft)

    assert found["subject"]["hint"]["fit"] == "empty"
    assert any("and 2 more" in text for text in found["subject"]["suggestions"])
    assert found["preheader"]["suggestions"]
    assert "Suggest" not in read.done("editions", "suggest", draft)


def test_a_preview_shows_what_a_reader_gets(read: Desk, tmp_path: Path) -> None:
    """Of some themes, or of a real subscriber, whose personal links open nothing."""
    read.done(
        "subscribers", "add", "bo@example.org", "--newsletter", "weekly:habitat", "--how", "asked"
    )
    shown = {}
    for name, words in {
        "theme": ("--as", "floods"),
        "reader": ("--reader", "bo@example.org"),
    }.items():
        read.done("editions", "preview", "weekly", "--out", str(tmp_path / name), *words)
        shown[name] = (tmp_path / name / "email" / "letter.txt").read_text("utf-8")

    assert "dike" in shown["theme"]
    assert "otter" not in shown["theme"]
    assert "otter" in shown["reader"]
    assert "dike" not in shown["reader"]
    assert "bo@example.org" in shown["reader"]
    stranger = read.type(
        "editions", "preview", "weekly", "--out", str(tmp_path), "--reader", "x@example.org"
    )
    assert stranger.exit_code != 0
