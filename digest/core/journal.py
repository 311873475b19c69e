"""What a sender's journal says, line by line, and what is to be made of it after a crash.

::

    digest-journal 1 MACHINE BOOT WORKER
    ?DELIVERY ATTEMPT                            the server may have it from now on
    !DELIVERY ATTEMPT STATE NEXT_TRY "REPLY"     what it came to
    .                                            another process took over what was left

Lines are only added. A mark after the line with the dot is void: its letter was not let go. An
answer counts wherever it stands. A last line without its end was being written when the sender
died, so what it speaks of had not begun.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from digest.core.outbox import DeliveryId, DeliveryState, Settlement

REVOKED = b".\n"
"""What takes a journal away from its writer."""

DIED = "the sender died while the letter was with the server"
LOST = "the sender was lost, and with it whether the letter was sent"
FREED = "the sender died before it was its turn"

_FORMAT = ("digest-journal", "1")
_START = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_NEVER = "-"
_MOST_REPLY = 1_000


@dataclass(frozen=True, slots=True)
class Header:
    """Who writes a journal.

    Attributes:
        boot: names the start of the machine's kernel; empty when that is not known.
    """

    machine: str
    boot: str
    worker: str

    def line(self) -> bytes:
        """Write it."""
        return f"{' '.join((*_FORMAT, self.machine, self.boot or _NEVER, self.worker))}\n".encode()


def header(line: bytes) -> Header | None:
    """Read the first line; ``None``: it is none, or not whole."""
    words = line.decode("utf-8", "replace").split(" ")
    if not line.endswith(b"\n") or tuple(words[:2]) != _FORMAT or len(words) != len(_FORMAT) + 3:
        return None
    machine, boot, worker = words[2:]
    return Header(machine, "" if boot == _NEVER else boot, worker.rstrip("\n"))


def mark(delivery: int, attempt: int) -> bytes:
    """Write that a server may have a letter from now on."""
    return b"?%d %d\n" % (delivery, attempt)


def answer(settled: Settlement) -> bytes:
    """Write what a letter came to."""
    again = (settled.next_try - _START) // _MICROSECOND if settled.next_try else _NEVER
    reply = json.dumps(settled.reply[:_MOST_REPLY])
    return f"!{settled.delivery} {settled.attempt} {settled.state} {again} {reply}\n".encode()


def fold(
    lines: Iterable[bytes], claimed: Mapping[DeliveryId, int], *, is_whole: bool
) -> list[Settlement]:
    """Say what became of each letter that a dead sender had claimed.

    Args:
        lines: of its journal, in order, without the header.
        claimed: the attempts, by delivery.
        is_whole: nothing that was written is missing. After a loss of power, or where the
            journal is on another machine, it may be: then what is not there says nothing.

    Returns:
        One settlement a letter: the answer; in doubt where it was marked; else due.
    """
    open_ = {
        name: Settlement(name, attempt, DeliveryState.DUE, FREED)
        for name, attempt in claimed.items()
    }
    is_ours = True
    for line in lines:
        if line == REVOKED:
            is_ours = False
            continue
        try:
            found = _read(line)
        except ValueError:
            # Within the file, it is damage; at its end, a write that never ended.
            is_whole = is_whole and not line.endswith(b"\n")
            continue
        if claimed.get(found.delivery) != found.attempt:
            continue
        if is_ours or found.state is not DeliveryState.AT_DOT:
            open_[found.delivery] = found
    return [_concluded(one, is_whole=is_whole) for one in open_.values()]


def _read(line: bytes) -> Settlement:
    """Read a mark (as a settlement at the dot) or an answer.

    Raises:
        ValueError: it is neither, or not whole.
    """
    kind, text = line[:1], line[1:].decode()
    if not text.endswith("\n"):
        raise ValueError("the line has no end")
    if kind == b"?":
        delivery, attempt = text.split()
        return Settlement(DeliveryId(int(delivery)), int(attempt), DeliveryState.AT_DOT)
    if kind != b"!":
        raise ValueError("the line is neither a mark nor an answer")
    delivery, attempt, state, again, reply = text.split(" ", 4)
    when = None if again == _NEVER else _START + int(again) * _MICROSECOND
    said = json.loads(reply)
    return Settlement(DeliveryId(int(delivery)), int(attempt), DeliveryState(state), said, when)


def _concluded(last: Settlement, *, is_whole: bool) -> Settlement:
    if last.state is DeliveryState.AT_DOT:
        return replace(last, state=DeliveryState.IN_DOUBT, reply=DIED)
    if last.state is DeliveryState.DUE and not is_whole:
        return replace(last, state=DeliveryState.IN_DOUBT, reply=LOST)
    return last
