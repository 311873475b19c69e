"""Journals in a folder: other machines, other boots, deaths, disks that are full."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from digest.core.journal import REVOKED, Header, mark
from digest.errors import DeliveryError
from digest.ports import Remains
from digest.storage import Journals
from digest.storage import journal as files

_SENDER = """
import sys
from pathlib import Path
from digest.storage import Journals
journal = Journals(Path(sys.argv[1])).open()
journal.append(b"?1 1\\n")
print(journal.worker, flush=True)
input()
"""


@pytest.fixture
def journals(tmp_path: Path) -> Journals:
    return Journals(tmp_path / "journal")


def _left_by(folder: Path, header: Header) -> str:
    folder.mkdir(exist_ok=True)
    (folder / f"{header.worker}.log").write_bytes(header.line() + mark(1, 1))
    return header.worker


def _taken(journals: Journals, worker: str, *, is_over: bool = False) -> Remains | None:
    with journals.take(worker, is_over=is_over) as remains:
        return remains


def test_a_journal_is_free_when_its_process_is_killed(journals: Journals, tmp_path: Path) -> None:
    """Not before; and then everything is in it."""
    command = [sys.executable, "-c", _SENDER, str(tmp_path / "journal")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        worker = process.stdout.readline().decode().strip()
        assert _taken(journals, worker) is None
        process.kill()
    with journals.take(worker, is_over=False) as remains:
        assert remains
        assert (remains.is_whole, remains.is_gone) == (True, True)
        assert list(remains.lines) == [mark(1, 1)]


def test_after_another_start_of_the_machine_lines_may_be_missing(
    journals: Journals, tmp_path: Path
) -> None:
    """Its sender is surely gone, but the power may have taken the last lines along."""
    worker = _left_by(tmp_path / "journal", Header(files._machine(), "earlier", "before"))
    remains = _taken(journals, worker)
    assert remains
    assert (remains.is_whole, remains.is_gone) == (False, True)


def test_a_journal_of_another_machine_waits_for_its_lease(
    journals: Journals, tmp_path: Path
) -> None:
    """Its sender may live; locks need not reach from there to here."""
    worker = _left_by(tmp_path / "journal", Header("elsewhere", "theirs", "other"))
    assert _taken(journals, worker) is None
    remains = _taken(journals, worker, is_over=True)
    assert remains
    assert not remains.is_whole
    assert list(journals.here()) == []


@pytest.mark.parametrize("text", [b"", b"digest-jour", b"\0\0\0\n?1 1\n"])
def test_a_journal_without_its_header_is_not_trusted(
    journals: Journals, tmp_path: Path, text: bytes
) -> None:
    """Whose it is, and since when, is not known."""
    (tmp_path / "journal").mkdir()
    (tmp_path / "journal" / "torn.log").write_bytes(text)
    remains = _taken(journals, "torn", is_over=True)
    assert remains
    assert (remains.is_whole, remains.is_gone) == (False, False)


def test_who_begins_anew_while_it_is_taken_away_learns_it(
    journals: Journals, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever of the two comes first, the sender lets nothing go afterwards."""
    journal = journals.open()
    write = files._write
    seen: list[bytes] = []

    def interrupted(descriptor: int, lines: bytes) -> None:
        if lines == REVOKED and not seen:
            seen.append(lines)
            assert journal.restart(b"")
        write(descriptor, lines)

    monkeypatch.setattr(files, "_write", interrupted)
    with journals.revoke(journal.worker):
        pass
    assert not journal.append(mark(1, 1))
    journal.close(remove=True)


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    """The error names the place and what to do."""
    (tmp_path / "var").write_text("a file")
    with pytest.raises(DeliveryError, match="cannot be written: Not a directory"):
        Journals(tmp_path / "var" / "journal").open()


def test_a_disk_that_is_full_lets_nothing_go(journals: Journals) -> None:
    """What could not be written whole was not written; what stood before is still there."""
    journal = journals.open()
    journal.append(mark(1, 1))
    most = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = journal._length
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 3, most[1]))
    try:
        with pytest.raises(DeliveryError, match="cannot be written: No space"):
            journal.append(mark(2, 1))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, most)
    journal.close(remove=False)
    with journals.take(journal.worker, is_over=False) as remains:
        assert remains
        assert list(remains.lines) == [mark(1, 1), mark(2, 1)[:3]]
