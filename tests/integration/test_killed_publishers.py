"""Killed while it publishes, a process leaves whole files (F18)."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from random import Random

from digest.core.artifact import Artifact
from digest.publishers.directory import DirectoryPublisher

_FEEDS = ("weekly/atom.xml", "weekly/news/atom.xml", "resources/atom.xml")
_ENTRY = "<entry><v>VERSION</v></entry>"
_BLANK = f"<feed><v>VERSION</v>{_ENTRY * 3000}</feed>"
_PUBLISHING = """
import sys
from itertools import count
from pathlib import Path
from digest.core.artifact import Artifact
from digest.publishers.directory import DirectoryPublisher
folder, blank, *feeds = sys.argv[1:]
publisher, blank = DirectoryPublisher(Path(folder)), Path(blank).read_text()
for version in count(int(Path(folder, "version").read_text())):
    content = blank.replace("VERSION", str(version)).encode()
    with publisher.turn():
        publisher.publish(Artifact(feed, "application/atom+xml", content) for feed in feeds)
    print(version, flush=True)
"""


def _feed(version: int) -> bytes:
    return _BLANK.replace("VERSION", str(version)).encode()


def _publish_and_die(folder: Path, blank: Path, seconds: float) -> int:
    """Publish version after version, and be killed so long after the first."""
    command = [sys.executable, "-c", _PUBLISHING, str(folder), str(blank), *_FEEDS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        done = process.stdout.readline()
        time.sleep(seconds)
        process.kill()
        done += process.stdout.read()
    assert process.returncode == -signal.SIGKILL
    return int(done.split()[-1])


def test_killed_while_publishing_readers_get_whole_feeds(tmp_path: Path) -> None:
    """Killed twenty times, at any moment: each feed is whole, of one version, for any reader."""
    folder, blank = tmp_path / "public", tmp_path / "blank.xml"
    blank.write_text(_BLANK)
    publisher, chance = DirectoryPublisher(folder), Random(20261123)
    publisher.publish(Artifact(feed, "", _feed(0)) for feed in _FEEDS)
    versions, torn, is_over = set[int](), list[bytes](), threading.Event()

    def read() -> None:
        while not is_over.is_set():
            for path in _FEEDS:
                content = (folder / path).read_bytes()
                version = int(content.removeprefix(b"<feed><v>").partition(b"<")[0] or -1)
                versions.add(version)
                torn.extend([content] * (content != _feed(version)))

    reader = threading.Thread(target=read)
    reader.start()
    last = 0
    for _ in range(20):
        (folder / "version").write_text(f"{last + 1}")
        last = _publish_and_die(folder, blank, chance.uniform(0, 0.05))
    is_over.set()
    reader.join()
    assert torn == []
    assert len(versions) > 20
    publisher.publish(Artifact(feed, "", _feed(last + 9)) for feed in _FEEDS)
    assert {(folder / path).read_bytes() for path in _FEEDS} == {_feed(last + 9)}
