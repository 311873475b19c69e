from __future__ import annotations

import signal

import pytest

from digest.web.signals import told_by_signals


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_asks_and_the_second_acts_as_ever(number: signal.Signals) -> None:
    """Whoever cannot wait for the end may press Ctrl-C once more."""
    told: list[str] = []
    before = signal.signal(number, lambda *_: told.append("as ever"))
    try:
        with told_by_signals(lambda: told.append("stop")):
            signal.raise_signal(number)
            signal.raise_signal(number)
        signal.raise_signal(number)
    finally:
        signal.signal(number, before)
    assert told == ["stop", "as ever", "as ever"]
