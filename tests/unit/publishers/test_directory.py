"""Publishing to a folder."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.artifact import Artifact
from digest.errors import PublishError
from digest.publishers import directory
from digest.publishers.directory import DirectoryPublisher


def page(path: str, body: bytes = b"x") -> Artifact:
    return Artifact(path, "text/html; charset=utf-8", body)


def test_equal_bytes_leave_the_file_alone(tmp_path: Path) -> None:
    """A file whose bytes did not change keeps its time, so that readers' caches stay good."""
    DirectoryPublisher(tmp_path).publish([page("a.html")])
    os.utime(tmp_path / "a.html", (1, 1))
    DirectoryPublisher(tmp_path).publish([page("a.html")])
    assert (tmp_path / "a.html").stat().st_mtime == 1


def test_a_failed_write_keeps_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the disk is full, the old file stands, nothing is left over, and the error helps."""
    publisher = DirectoryPublisher(tmp_path)
    publisher.publish([page("a.html", b"old")])

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(PublishError, match=r"No space left.*has room") as caught:
        publisher.publish([page("a.html", b"new and longer")])
    assert not caught.value.permanent
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {"a.html": b"old"}


def test_a_file_where_the_folder_should_be_is_one_clear_error(tmp_path: Path) -> None:
    """A root that is no folder is named in the error."""
    (tmp_path / "public").write_text("in the way")
    with pytest.raises(PublishError, match=r"cannot publish to .*public"):
        DirectoryPublisher(tmp_path / "public").publish([page("weekly/a.html")])


def test_what_a_dead_publisher_left_is_cleared(tmp_path: Path) -> None:
    """Old temporary files go when their folder is next written to; young ones may be in use."""
    old, young = tmp_path / ".publishing-old", tmp_path / ".publishing-young"
    old.touch()
    young.touch()
    hour_ago = time.time() - 3600
    os.utime(old, (hour_ago, hour_ago))
    DirectoryPublisher(tmp_path).publish([page("a.html")])
    assert (old.exists(), young.exists()) == (False, True)


def test_a_link_that_leads_out_is_not_followed(tmp_path: Path) -> None:
    """A link inside the folder cannot make us write elsewhere."""
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "weekly").symlink_to(tmp_path)
    with pytest.raises(PublishError, match="leads out"):
        DirectoryPublisher(tmp_path / "public").publish([page("weekly/a.html")])
    assert not (tmp_path / "a.html").exists()


def test_web_servers_may_read_what_is_published(tmp_path: Path) -> None:
    """Published files can be read by everybody."""
    DirectoryPublisher(tmp_path).publish([page("a.html")])
    assert (tmp_path / "a.html").stat().st_mode & 0o777 == 0o644


@given(path=st.text(alphabet="ab./\\:\x00\n", max_size=12))
def test_whatever_the_path_nothing_is_written_outside(
    path: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Any path is either written inside the folder or refused."""
    home = tmp_path_factory.mktemp("home")
    root = home / "public"
    try:
        DirectoryPublisher(root).publish([page(path)])
    except PublishError:
        assert not list(home.rglob("*.*"))
    assert {entry.name for entry in home.iterdir()} <= {"public"}


def test_a_publication_that_does_not_end_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process that holds the folder for ever stops nobody for ever."""
    monkeypatch.setattr(directory, "_PATIENCE", 0.0)
    folder = tmp_path / "public"
    with (
        DirectoryPublisher(folder).turn(),
        pytest.raises(PublishError, match="another process has been publishing"),
        DirectoryPublisher(folder).turn(),
    ):
        pass
