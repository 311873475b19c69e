"""Published files in a folder that any web server can serve."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import tempfile
import time
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from digest.errors import PublishError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from digest.core.artifact import Artifact

_TEMPORARY = ".publishing-"
_PATIENCE = 60.0
"""Seconds to wait for another publication."""
_LOOK = 0.05
_STALE = 600
"""Seconds after which nobody can still be writing a file."""
_PART = re.compile(r"[^\x00-\x1f/\\:]+")


class DirectoryPublisher:
    """Writes each artifact whole or not at all; what did not change is not touched.

    A reader never sees half a file: it is written beside its place, flushed to the disk and
    renamed. Files of a run that died are cleared away when their folder is next written to.
    """

    def __init__(self, directory: Path) -> None:
        self._root = directory

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the folder for this publication; others, in other processes too, wait.

        Raises:
            PublishError: another one does not end, or the folder cannot be made.
        """
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._root, os.O_RDONLY)
        except OSError as error:
            raise self._sorry(self._root, error) from error
        try:
            self._wait_for(handle)
            yield
        finally:
            os.close(handle)

    def _wait_for(self, handle: int) -> None:
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    raise PublishError(
                        f"another process has been publishing to {self._root} for "
                        f"{_PATIENCE:.0f} seconds; end it, or wait and publish again"
                    ) from None
                time.sleep(_LOOK)
            else:
                return

    def holds(self, path: str) -> bool:
        """Whether something stands at the path of an artifact."""
        return self._place(path).is_file()

    def publish(self, artifacts: Iterable[Artifact]) -> list[str]:
        """Put artifacts in place.

        Returns:
            The paths whose bytes changed, in order.

        Raises:
            PublishError: a path leaves the folder, or the folder cannot be written.
        """
        tidied: set[Path] = set()
        changed = []
        for artifact in artifacts:
            place = self._place(artifact.path)
            try:
                if self._same(place, artifact.body):
                    continue
                place.parent.mkdir(parents=True, exist_ok=True)
                if place.parent not in tidied:
                    _tidy(place.parent)
                    tidied.add(place.parent)
                _write(place, artifact.body)
            except OSError as error:
                raise self._sorry(place, error) from error
            changed.append(artifact.path)
        return changed

    def _place(self, path: str) -> Path:
        parts = path.split("/")
        if any(part in {".", ".."} or not _PART.fullmatch(part) for part in parts):
            raise PublishError(
                f"the path {path!r} cannot be published: expected names parted by / that stay "
                f"inside {self._root}"
            )
        place = self._root.joinpath(*PurePosixPath(path).parts)
        # A link inside the folder may still lead out of it.
        if not place.parent.resolve().is_relative_to(self._root.resolve()):
            raise PublishError(
                f"the path {path!r} leads out of {self._root}: remove the link that stands there"
            )
        return place

    @staticmethod
    def _same(place: Path, body: bytes) -> bool:
        try:
            return place.stat().st_size == len(body) and place.read_bytes() == body
        except FileNotFoundError:
            return False

    def _sorry(self, place: Path, error: OSError) -> PublishError:
        return PublishError(
            f"cannot publish to {self._root}: {error.strerror or error} at {place}; make the "
            "folder writable and see that its disk has room, then publish again (what stood "
            "there before still does)"
        )


def _write(place: Path, body: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=_TEMPORARY, dir=place.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)  # web servers run as somebody else; mkstemp lets only us read
        Path(name).replace(place)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _flush(place.parent)


def _flush(folder: Path) -> None:
    """Make the new name itself survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _tidy(folder: Path) -> None:
    """Remove what a publisher that died left behind; one beside us may be writing right now."""
    for left in folder.glob(f"{_TEMPORARY}*"):
        with contextlib.suppress(FileNotFoundError):
            if left.stat().st_mtime < time.time() - _STALE:
                left.unlink()
