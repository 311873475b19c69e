"""What every place for journals promises, the fake as well."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from digest.core.journal import REVOKED
from digest.ports import Journal, Journals, Remains
from digest.storage import Journals as Files
from tests.fakes import FakeJournal, FakeJournals


@pytest.fixture(params=["files", "fake"])
def journals(request: pytest.FixtureRequest, tmp_path: Path) -> Journals:
    return Files(tmp_path / "journal") if request.param == "files" else FakeJournals()


@pytest.fixture
def die() -> Callable[[Journal], None]:
    """End a sender and leave its journal."""

    def end(journal: Journal) -> None:
        if isinstance(journal, FakeJournal):
            journal.dies()
        else:
            journal.close(remove=False)

    return end


def _taken(journals: Journals, worker: str) -> list[bytes] | None:
    with journals.take(worker, is_over=False) as remains:
        return None if remains is None else list(remains.lines)


def _revoked(journals: Journals, worker: str) -> Remains:
    with journals.revoke(worker) as remains:
        return Remains(worker, list(remains.lines), remains.is_whole, remains.is_gone)


def test_what_was_appended_is_read(journals: Journals, die: Callable[[Journal], None]) -> None:
    """All lines in their order, once the sender has ended, and only once."""
    journal = journals.open()
    assert journal.append(b"one\ntwo\n")
    assert journal.append(b"three\n")
    die(journal)
    assert journals.here() == [journal.worker]
    assert _taken(journals, journal.worker) == [b"one\n", b"two\n", b"three\n"]
    assert (_taken(journals, journal.worker), list(journals.here())) == (None, [])


def test_nobody_takes_the_journal_of_the_living(journals: Journals) -> None:
    """It is here, and cannot be taken."""
    journal = journals.open()
    assert journals.here() == [journal.worker]
    assert _taken(journals, journal.worker) is None
    journal.close(remove=True)


def test_senders_have_names_of_their_own(journals: Journals) -> None:
    """Two at once are told apart."""
    one, other = journals.open(), journals.open()
    assert one.worker != other.worker
    one.close(remove=True)
    assert journals.here() == [other.worker]
    other.close(remove=True)


def test_what_is_begun_anew_forgets_what_was_before(
    journals: Journals, die: Callable[[Journal], None]
) -> None:
    """Only the lines given then, and later ones, are read."""
    journal = journals.open()
    journal.append(b"one\n")
    assert journal.restart(b"two\n")
    assert journal.append(b"three\n")
    die(journal)
    assert _taken(journals, journal.worker) == [b"two\n", b"three\n"]


def test_a_sender_learns_that_its_journal_was_taken_away(journals: Journals) -> None:
    """From then on nothing of it may go out, however it writes."""
    journal = journals.open()
    assert journal.append(b"one\n")
    assert list(_revoked(journals, journal.worker).lines) == [b"one\n", REVOKED]
    assert not journal.append(b"two\n")
    assert not journal.append(b"three\n")
    assert not journal.restart(b"")
    journal.close(remove=True)


def test_who_begins_anew_learns_it_too(journals: Journals) -> None:
    """The line that took it away is not lost with the lines before."""
    journal = journals.open()
    _revoked(journals, journal.worker)
    assert not journal.restart(b"two\n")
    journal.close(remove=True)


def test_of_who_is_not_here_nothing_is_known(journals: Journals) -> None:
    """Neither its lines nor whether it lives."""
    assert _revoked(journals, "elsewhere") == Remains("elsewhere", [])


def test_what_failed_is_read_again(journals: Journals, die: Callable[[Journal], None]) -> None:
    """A journal stays until what it says was kept."""
    journal = journals.open()
    journal.append(b"one\n")
    die(journal)
    with pytest.raises(RuntimeError), journals.take(journal.worker, is_over=False):
        raise RuntimeError
    assert _taken(journals, journal.worker) == [b"one\n"]
