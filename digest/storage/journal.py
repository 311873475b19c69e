"""Journals as files: one a sender, in a folder of its machine.

A write that has returned is in the kernel's memory and survives ``kill -9`` without ``fsync``
(which costs a hundred times as much); a loss of power is known by the name of the boot, and such
a journal is trusted in what it says, not in what it lacks.

A sender holds a lock on its journal, which the kernel drops with the process. One that still lives
loses its journal by a line that another process adds: from then on the file is longer than what
the sender wrote. As the kernel puts additions to a file into an order, a mark either stands before
that line, and is seen by who added it, or behind it, and its sender sees that before it lets the
letter go. No clock is asked.
"""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from fcntl import LOCK_EX, LOCK_NB, flock
from functools import lru_cache
from itertools import count
from pathlib import Path
from secrets import token_hex

from digest.core.journal import REVOKED, Header, header
from digest.errors import DeliveryError
from digest.ports import Remains

_MODE = 0o600
_SUFFIX = ".log"
_UNFINISHED = ".part"
_BOOT = Path("/proc/sys/kernel/random/boot_id")
_MOST_NAME = 60
_RUNS = count(1)


class JournalFile:
    """Implements :class:`digest.ports.Journal`."""

    def __init__(self, path: Path, header: Header) -> None:
        """Make the file.

        Raises:
            DeliveryError: it cannot be written.
        """
        self.worker = header.worker
        self._path = path
        self._first = header.line()
        self._descriptor = -1
        self.restart(b"")

    def append(self, lines: bytes) -> bool:
        """Keep lines, all at once; False: another process took over, so nothing may go out.

        Raises:
            DeliveryError: they cannot be kept; none of what they mark may go out.
        """
        try:
            _write(self._descriptor, lines)
        except OSError as error:
            # Part of it may be there. Nothing is added behind it, so that it stays the last line.
            raise _unwritable(self._path, error) from error
        self._length += len(lines)
        return self._is_ours()

    def restart(self, lines: bytes) -> bool:
        """Keep these lines in place of all before; False as for :meth:`append`."""
        before, fresh = self._descriptor, self._path.with_suffix(_UNFINISHED)
        content = self._first + lines
        try:
            self._descriptor = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_APPEND, _MODE)
            flock(self._descriptor, LOCK_EX)
            _write(self._descriptor, content)
            fresh.rename(self._path)
        except OSError as error:
            raise _unwritable(self._path, error) from error
        # Who revokes looks afterwards whether the file was replaced; who replaces, whether it
        # was revoked. Whatever the order, one of the two sees the other.
        is_ours = before < 0 or self._is_ours(before)
        if before >= 0:
            os.close(before)
        self._length = len(content)
        return is_ours and self._is_ours()

    def close(self, *, remove: bool) -> None:
        """End it; what is not settled yet must stay."""
        if remove:
            self._path.unlink(missing_ok=True)
        os.close(self._descriptor)

    def _is_ours(self, descriptor: int | None = None) -> bool:
        file = self._descriptor if descriptor is None else descriptor
        return os.fstat(file).st_size == self._length


class Journals:
    """Implements :class:`digest.ports.Journals`, in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open(self) -> JournalFile:
        """Begin a journal, before the first claim of its sender.

        Raises:
            DeliveryError: there is no place for it.
        """
        worker = f"{_machine()}.{os.getpid()}.{next(_RUNS)}.{token_hex(4)}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unwritable(self._folder, error) from error
        return JournalFile(self._path(worker), Header(_machine(), _boot(), worker))

    def here(self) -> Sequence[str]:
        """Name the senders whose journals are here, of the living and the dead."""
        return sorted(path.name.removesuffix(_SUFFIX) for path in self._folder.glob(f"*{_SUFFIX}"))

    @contextmanager
    def take(self, worker: str, *, is_over: bool) -> Iterator[Remains | None]:
        """Read the journal of a sender that has ended; it is removed when the block ends well.

        ``None``: its sender lives, or may: it is of another machine, and ``is_over`` does not say
        that its leases are.
        """
        path = self._path(worker)
        with _opened(path) as descriptor:
            if descriptor is None or not _locked(descriptor, path):
                yield None
                return
            remains = _remains(worker, descriptor)
            if not remains.is_gone and not is_over:
                yield None
                return
            yield remains
            path.with_suffix(_UNFINISHED).unlink(missing_ok=True)
            path.unlink(missing_ok=True)

    @contextmanager
    def revoke(self, worker: str) -> Iterator[Remains]:
        """Take a journal away from a sender that may still live; afterwards it lets nothing go."""
        path = self._path(worker)
        while True:
            with _opened(path) as descriptor:
                if descriptor is None:
                    yield Remains(worker)
                    return
                _write(descriptor, REVOKED)
                if _is_in_place(descriptor, path):
                    yield _remains(worker, descriptor)
                    return

    def _path(self, worker: str) -> Path:
        return self._folder / f"{worker}{_SUFFIX}"


def _remains(worker: str, descriptor: int) -> Remains:
    file = os.fdopen(descriptor, "rb", closefd=False)
    file.seek(0)
    told = header(file.readline())
    is_same_boot = told is not None and told.boot == _boot() != ""
    return Remains(
        worker,
        lines=file,
        is_whole=is_same_boot,
        is_gone=is_same_boot or (told is not None and told.machine == _machine()),
    )


@contextmanager
def _opened(path: Path) -> Iterator[int | None]:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND)
    except FileNotFoundError:
        yield None
        return
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _locked(descriptor: int, path: Path) -> bool:
    """Lock a journal; False when its sender or another reader has it, or it is gone."""
    with suppress(BlockingIOError):
        flock(descriptor, LOCK_EX | LOCK_NB)
        return _is_in_place(descriptor, path)
    return False


def _is_in_place(descriptor: int, path: Path) -> bool:
    """Whether the file that is open still is the one of that name."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _write(descriptor: int, lines: bytes) -> None:
    written = os.write(descriptor, lines)
    if written < len(lines):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _unwritable(path: Path, error: OSError) -> DeliveryError:
    return DeliveryError(
        f"the journal {path} cannot be written: {error.strerror}; nothing was sent without it. "
        "Make its folder writable for this user, and room on its disk"
    )


@lru_cache(maxsize=1)
def _machine() -> str:
    name = "".join(c if c.isalnum() or c == "-" else "-" for c in socket.gethostname())
    return name.encode("ascii", "replace").decode().replace("?", "-")[:_MOST_NAME] or "machine"


@lru_cache(maxsize=1)
def _boot() -> str:
    """Name this start of the kernel; empty where there is no ``/proc``."""
    try:
        return _BOOT.read_text().strip()
    except OSError:
        return ""
