"""Being told to stop by the operating system."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def told_by_signals(stop: Callable[[], object]) -> Iterator[None]:
    """Call ``stop`` at the first SIGINT or SIGTERM inside the block; a second one acts as ever.

    Only in the main thread, as the operating system has it.
    """

    def first(_number: int, _frame: FrameType | None) -> None:
        restore()
        stop()

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    before = {number: signal.signal(number, first) for number in _SIGNALS}
    try:
        yield
    finally:
        restore()
