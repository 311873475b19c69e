from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.collectors import folder
from digest.collectors.folder import FolderCollector, FolderOptions
from digest.collectors.item import Item
from digest.collectors.rows import READERS, Fault
from digest.core.source import Bookmark, Harvest, Source
from digest.errors import FetchError
from tests.builders import MONDAY
from tests.fakes import FakeWeb

NOTE = """\
---
title: Walk the buried brook
link: https://example.org/walk
date: 2026-11-19
labels: Event
tags: [Streams, Daylighting]
---

# A heading

Six kilometres above a [stream](https://example.org/stream) that
**nobody** has seen since `1931`.

More text.
"""


def collect(home: Path, bookmark: Bookmark | None = None, **over: str) -> Harvest:
    options = FolderOptions.model_validate({"path": "desk", **over})
    collector = FolderCollector(Source("desk", "Desk", "folder"), options, FakeWeb(), home)
    return collector.collect(bookmark or Bookmark(), MONDAY)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "desk").mkdir()
    return tmp_path / "desk"


def test_a_note_is_read(desk: Path, tmp_path: Path) -> None:
    """Front matter says what it is, its first paragraph is the summary."""
    (desk / "walk.md").write_text(NOTE)
    note = collect(tmp_path).sightings[0]
    assert (note.title, note.url) == ("Walk the buried brook", "https://example.org/walk")
    assert note.summary == "Six kilometres above a stream that nobody has seen since 1931."
    assert (note.labels, note.tags) == (("Event",), ("Streams", "Daylighting"))
    assert str(note.published) == "2026-11-19"


def test_a_table_is_read(desk: Path, tmp_path: Path) -> None:
    """Columns by name, in any case; lists parted by comma, semicolon or bar."""
    rows = 'Title,URL,Tags,Publisher\nWeirs,https://e.org/w,"a; b|c",Ford\n'
    (desk / "table.csv").write_text("\ufeff" + rows)
    row = collect(tmp_path).sightings[0]
    assert (row.title, row.tags, row.issuer) == ("Weirs", ("a", "b", "c"), "Ford")


def test_lines_of_json_are_read(desk: Path, tmp_path: Path) -> None:
    """One object a line, empty lines left out."""
    lines = [json.dumps({"title": f"T{n}", "url": f"https://e.org/{n}"}) for n in range(2)]
    (desk / "lines.jsonl").write_text("\n\n".join(lines))
    assert [s.title for s in collect(tmp_path).sightings] == ["T0", "T1"]


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("a.csv", "title,url\nA,https://e.org/\nB,\n", "a.csv:3: the link is empty"),
        ("a.jsonl", '{"title": "A"}\n', "a.jsonl:1: the link is empty"),
        ("a.jsonl", "\n{nonsense\n", "a.jsonl:2: this is no JSON"),
        ("a.jsonl", "[1]\n", "a.jsonl:1: this is no JSON object"),
        ("a.md", "no front matter", "a.md:1: expected front matter"),
        ("a.md", "---\n: : [\n---\n", "a.md:1: the front matter cannot be read"),
        ("a.md", "---\ntitle: A\n---\n", "a.md:1: the link is empty"),
    ],
)
def test_what_cannot_be_used_is_told_with_file_and_line(
    desk: Path, tmp_path: Path, name: str, text: str, reason: str
) -> None:
    """So that its writer can mend it."""
    (desk / name).write_text(text)
    rejects = collect(tmp_path).rejects
    assert len(rejects) == 1
    assert rejects[0].reason.startswith(reason)


def test_a_file_in_another_encoding_spoils_no_other(desk: Path, tmp_path: Path) -> None:
    """It is told, the rest is collected."""
    (desk / "a.csv").write_bytes(b"title,url\n\xff,https://e.org/\n")
    (desk / "b.md").write_text(NOTE)
    harvest = collect(tmp_path)
    assert len(harvest.sightings) == 1
    assert "no CSV in UTF-8" in harvest.rejects[0].reason


def test_relative_links_start_at_the_base(desk: Path, tmp_path: Path) -> None:
    """Without one they lead nowhere, and are told."""
    (desk / "a.csv").write_text("title,url\nA,/a\n")
    assert collect(tmp_path, base="https://e.org/x/").sightings[0].url == "https://e.org/a"
    assert "relative" in collect(tmp_path).rejects[0].reason


def test_no_link_leads_out_of_the_folder(desk: Path, tmp_path: Path) -> None:
    """A file from elsewhere is not published because somebody linked to it."""
    (tmp_path / "secret.md").write_text(NOTE)
    (desk / "secret.md").symlink_to(tmp_path / "secret.md")
    assert collect(tmp_path).sightings == ()


def test_folders_in_the_folder_are_read_too(desk: Path, tmp_path: Path) -> None:
    """People sort their notes."""
    (desk / "2026").mkdir()
    (desk / "2026/walk.md").write_text(NOTE)
    assert len(collect(tmp_path).sightings) == 1


def test_an_unchanged_folder_is_unchanged(desk: Path, tmp_path: Path) -> None:
    """Until any file of it changes."""
    (desk / "walk.md").write_text(NOTE)
    first = collect(tmp_path)
    assert collect(tmp_path, first.bookmark).unchanged
    (desk / "walk.md").write_text(NOTE + "!")
    assert not collect(tmp_path, first.bookmark).unchanged


def test_a_huge_file_is_told(desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not read."""
    monkeypatch.setattr(folder, "FILE_LIMIT", 10)
    (desk / "walk.md").write_text(NOTE)
    assert "larger than 10 bytes" in collect(tmp_path).rejects[0].reason


def test_too_many_items_are_cut_and_told(
    desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That there are more is not kept silent."""
    monkeypatch.setattr(folder, "LIMIT", 2)
    rows = [f"T{n},https://e.org/{n}" for n in range(5)]
    (desk / "a.csv").write_text("\n".join(["title,url", *rows]))
    (desk / "b.md").write_text(NOTE)
    harvest = collect(tmp_path)
    assert len(harvest.sightings) == 2
    assert "more than 2 items" in harvest.rejects[-1].reason


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    """With its name."""
    with pytest.raises(FetchError, match="desk is not there"):
        collect(tmp_path)


def test_a_folder_that_cannot_be_looked_into_is_told(
    desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is no empty one: nothing was read."""
    _lock(monkeypatch, desk)
    with pytest.raises(FetchError, match="desk cannot be read: Permission denied"):
        collect(tmp_path)


def test_a_folder_within_that_cannot_be_looked_into_stops_nothing(
    desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is rejected by its name, and the other files are read."""
    (desk / "a.md").write_text(NOTE)
    (desk / "shut").mkdir()
    _lock(monkeypatch, desk / "shut")
    harvest = collect(tmp_path)
    assert len(harvest.sightings) == 1
    assert [each.reason for each in harvest.rejects] == [
        "shut: it cannot be read: Permission denied"
    ]


def _lock(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Answer as the system does to everybody but its administrator."""
    scandir = os.scandir

    def refusing(path: str | Path) -> object:
        if Path(path) == folder:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)


def test_references_in_yaml_do_not_explode() -> None:
    """A few lines can stand for a text of gigabytes."""
    levels = "\n".join(
        f"{b}: &{b} [*{a}, *{a}, *{a}, *{a}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    text = f"---\na: &a [x, x]\n{levels}\ntitle: *i\ntags: *i\n---\n"
    items = list(READERS[".md"](text.encode(), "a.md"))
    assert all(len(repr(item)) < 10_000 for item in items)


@given(
    st.sampled_from(sorted(READERS)),
    st.one_of(
        st.binary(), st.text().map(lambda text: f"---\n{text}\n---\n".encode(errors="replace"))
    ),
)
def test_any_bytes_are_items_or_faults(suffix: str, body: bytes) -> None:
    """No file makes a reader fail."""
    for row in READERS[suffix](body, f"a{suffix}"):
        assert isinstance(row, (Item, Fault))
