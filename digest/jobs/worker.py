"""Name this process so that others on the same machine can tell when it is gone.

A lease ends by itself, but only after as long as a mail server may take to answer. Who looks at
the claims of a process that was killed on the same machine need not wait for that.
"""

from __future__ import annotations

import hashlib
import os
import socket
from functools import lru_cache
from pathlib import Path

_PROC = Path("/proc")
_MOST_NAME = 60


def this_worker() -> str:
    """Name this process: machine, process space, number and start; no other ever has the name."""
    number = os.getpid()
    machine = socket.gethostname().replace("/", "-")[:_MOST_NAME]
    return f"{machine}/{_space()}/{number}/{_started(number)}"


def is_alive(worker: str) -> bool:
    """False only when it surely ended: it ran where this process can see it, and is not there."""
    _, space, number, started = ("///" + worker).rsplit("/", 3)
    if not space or space != _space():
        return True
    return _started(int(number)) == started


@lru_cache(maxsize=1)
def _space() -> str:
    """Name what process numbers mean here: this start of this kernel, this container.

    Empty where there is no ``/proc`` to tell it.
    """
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text()
        container = (_PROC / "self/ns/pid").readlink()
    except OSError:
        return ""
    return hashlib.sha256(f"{boot} {container}".encode()).hexdigest()[:16]


def _started(number: int) -> str:
    """When a process started, in the kernel's ticks; empty when it is not running."""
    try:
        told = (_PROC / str(number) / "stat").read_text()
    except OSError:
        return ""
    # The name before the last parenthesis may hold anything (proc(5)).
    fields = told.rpartition(")")[2].split()
    return "" if fields[0] in {"Z", "X"} else fields[19]
