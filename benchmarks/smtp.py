"""How fast letters of 30 KB are handed to a mail server, beside Postfix's own test client.

One run, interleaved, everything on loopback: ``smtp-source -d`` (C, a connection kept for each
session) and our mailer at 1, 4 and 16 connections, in one process and in two, into the same
``smtp-sink``. Ours marks each letter, before it is let go and after it is answered, by a line
appended to a file. Then a server that answers to the content only after 20 and 100 ms, with 500
connections.

    python benchmarks/smtp.py [LETTERS] [ROUNDS]
"""

from __future__ import annotations

import json
import math
import os
import selectors
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

from digest.config import MailSettings
from digest.core.letter import Letter
from digest.mailers.smtp import SmtpMailer

SIZE = 30_720
SESSIONS = (1, 4, 16)
DELAYS = (0, 20, 100)
MANY = 500
GOAL = 1.0
YARDSTICK = "smtp-source -d"
POSTFIX = Path(__file__).parents[1] / ".venv" / "postfix"
BODY = (b"X" * 74 + b"\r\n") * (SIZE // 76)


def letters(first: int, count: int) -> Iterator[Letter]:
    """Make letters that differ at their beginning, as personal ones do."""
    for number in range(first, first + count):
        name = f"<{number}@example.org>"
        head = f"To: <reader{number}@example.net>\r\nMessage-ID: {name}\r\n\r\n".encode()
        content = head + BODY
        sender, recipient = f"bounces+{number:x}@example.org", f"reader{number}@example.net"
        yield Letter(number, sender, recipient, name, content)


def hand_off(port: int, connections: int, count: int, *, journal: bool) -> tuple[float, float]:
    """Hand over letters; answers with when it began and when it ended."""
    settings = MailSettings(
        from_address="digest@example.org", host="127.0.0.1", port=port, connections=connections
    )
    with tempfile.NamedTemporaryFile() as file:
        mark = file.fileno()

        def at_dot(waiting: Sequence[Letter]) -> Sequence[Letter]:
            if journal:
                os.write(mark, b"".join(b"?%d\n" % one.delivery for one in waiting))
            return waiting

        start, told = time.monotonic(), 0
        for letter, receipt in SmtpMailer(settings, Path()).hand_off(letters(1, count), at_dot):
            assert receipt.reply.startswith("250"), receipt
            if journal:
                os.write(mark, b"!%d\n" % letter.delivery)
            told += 1
        assert told == count
        return start, time.monotonic()


def ours(port: int, connections: int, count: int, *, processes: int = 1) -> float:
    """Letters a second of one process or several."""
    command = [sys.executable, __file__, "--hand-off", str(port)]
    shares = [str(connections // processes or 1), str(count // processes)]
    children = [
        subprocess.Popen([*command, *shares], stdout=subprocess.PIPE) for _ in range(processes)
    ]
    times: list[list[float]] = [json.loads(child.communicate()[0]) for child in children]
    return count / (max(end for _, end in times) - min(start for start, _ in times))


def theirs(port: int, sessions: int, count: int, size: int = SIZE) -> float:
    """Letters a second of ``smtp-source``."""
    words = ["-d", "-s", str(sessions), "-l", str(size), "-m", str(count)]
    envelope = ["-f", "bounces@example.org", "-t", "reader@example.net"]
    start = time.monotonic()
    _postfix("smtp-source", *words, *envelope, f"127.0.0.1:{port}").wait()
    return count / (time.monotonic() - start)


def has_postfix() -> bool:
    """Whether its programs are on this machine."""
    unpacked = POSTFIX / "usr" / "sbin" / "smtp-source"
    return bool(shutil.which("smtp-source")) or unpacked.exists()


def _postfix(name: str, *words: str) -> subprocess.Popen[bytes]:
    program = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin")
    environment = dict(os.environ)
    if not program or ".venv" in program:
        program = str(POSTFIX / "usr" / "sbin" / name)
        environment["LD_LIBRARY_PATH"] = str(POSTFIX / "usr" / "lib" / "postfix")
    return subprocess.Popen([program, *words], env=environment)


@contextmanager
def running(port: int, process: subprocess.Popen[bytes]) -> Iterator[int]:
    """Wait until a server answers, and end it afterwards."""
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if not probe.connect_ex(("127.0.0.1", port)):
                    break
            time.sleep(0.02)
        yield port
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    """Find a port nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def sink() -> AbstractContextManager[int]:
    """Run Postfix's sink."""
    port = free_port()
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    return running(port, _postfix("smtp-sink", *user, f"127.0.0.1:{port}", "1000"))


class SlowSink:
    """Takes everything, and answers to a content after a while (``smtp-sink`` knows seconds)."""

    def __init__(self, port: int, delay: float) -> None:
        """Listen."""
        self._delay = delay
        self._selector = selectors.DefaultSelector()
        self._listener = socket.create_server(("127.0.0.1", port), backlog=1000)
        self._selector.register(self._listener, selectors.EVENT_READ, None)
        self._owed: deque[tuple[float, _Talk]] = deque()

    def serve(self) -> None:
        """Serve until killed."""
        while True:
            patience = max(0.0, self._owed[0][0] - time.monotonic()) if self._owed else None
            for key, _ in self._selector.select(patience):
                if key.data is None:
                    self._accept()
                else:
                    self._read(key.data)
            now = time.monotonic()
            while self._owed and self._owed[0][0] <= now:
                talk = self._owed.popleft()[1]
                talk.owes = False
                self._answer(talk, b"250 2.0.0 ok: queued\r\n")

    def _accept(self) -> None:
        sock, _ = self._listener.accept()
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._selector.register(sock, selectors.EVENT_READ, _Talk(sock))
        sock.sendall(b"220 slow ESMTP\r\n")

    def _read(self, talk: _Talk) -> None:
        try:
            octets = talk.sock.recv(262_144)
        except OSError:
            octets = b""
        talk.heard += octets
        if not octets:
            self._selector.unregister(talk.sock)
            talk.sock.close()
        elif not talk.owes:
            self._answer(talk, b"")

    def _answer(self, talk: _Talk, said: bytes) -> None:
        while talk.heard:
            if talk.in_content:
                # What rides with a content is short, so its end is near the end of what came.
                end = talk.heard.find(b"\r\n.\r\n", max(0, len(talk.heard) - 1000))
                if end < 0:
                    break
                del talk.heard[: end + 5]
                talk.in_content, talk.owes = False, True
                self._owed.append((time.monotonic() + self._delay, talk))
                break
            line, found, rest = talk.heard.partition(b"\r\n")
            if not found:
                break
            talk.heard = rest
            said += _REPLIES.get(bytes(line[:4]), b"250 2.0.0 ok\r\n")
            talk.in_content = line == b"DATA"
        if said and talk.sock.fileno() >= 0:
            talk.sock.sendall(said)


_REPLIES = {
    b"EHLO": b"250-slow\r\n250-PIPELINING\r\n250 8BITMIME\r\n",
    b"DATA": b"354 go\r\n",
    b"QUIT": b"221 bye\r\n",
}


class _Talk:
    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.heard = bytearray()
        self.in_content = False
        self.owes = False


def compare(count: int, rounds: int) -> float:
    """Print both at all numbers of sessions; answers with the worst ratio to their best.

    Ratios are medians over the rounds, each of figures of the same minute: a busy machine slows
    both.
    """
    kinds: dict[str, Callable[[int, int, int], float]] = {
        YARDSTICK: theirs,
        "ours, 1 process": ours,
        "ours, 2 processes": partial(ours, processes=2),
    }
    rates: dict[tuple[str, int], list[float]] = {
        (name, sessions): [] for sessions in SESSIONS for name in kinds
    }
    best: list[float] = []
    with sink() as port:
        for _ in range(rounds):
            for (name, sessions), found in rates.items():
                found.append(kinds[name](port, sessions, count))
            best.append(max(rates[YARDSTICK, sessions][-1] for sessions in SESSIONS))
    worst = math.inf
    for (name, sessions), found in rates.items():
        beside = _ratio(found, rates[YARDSTICK, sessions])
        beside_best = _ratio(found, best)
        if name == "ours, 1 process":
            worst = min(worst, beside_best)
        print(
            f"{name:18} {sessions:3} sessions  {statistics.median(found):6,.0f} letters/s  "
            f"{beside:4.2f} x smtp-source at as many, {beside_best:4.2f} x its best",
            flush=True,
        )
    return worst


def _ratio(rates: Sequence[float], yardsticks: Sequence[float]) -> float:
    pairs = zip(rates, yardsticks, strict=True)
    return statistics.median(rate / yardstick for rate, yardstick in pairs)


def hide_delays(count: int) -> None:
    """Print what a server costs that takes its time, with many connections."""
    for delay in DELAYS:
        port = free_port()
        command = [sys.executable, __file__, "--slow-sink", str(port), str(delay)]
        with running(port, subprocess.Popen(command)):
            yardstick = theirs(port, MANY, count)
            rate = ours(port, MANY, count)
        print(
            f"answer after {delay:3} ms, {MANY} connections  ours {rate:6,.0f} letters/s, "
            f"smtp-source {yardstick:6,.0f}",
            flush=True,
        )


def main() -> int:
    """Print the figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 3_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    if not has_postfix():
        print("needs smtp-source and smtp-sink; run requirements/peers")
        return 0
    worst = compare(count, rounds)
    hide_delays(4 * count)
    print(f"worst of one process {worst:4.2f} x the best of smtp-source (goal {GOAL:.1f})")
    return 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--hand-off"]:
        print(json.dumps(hand_off(*map(int, sys.argv[2:5]), journal=True)))
    elif sys.argv[1:2] == ["--slow-sink"]:
        SlowSink(int(sys.argv[2]), int(sys.argv[3]) / 1000).serve()
    else:
        sys.exit(main())
