"""Processes know when another one is gone."""

from __future__ import annotations

import subprocess
import sys

import pytest

from digest.jobs.worker import is_alive, this_worker

_NAME = "from digest.jobs.worker import this_worker; print(this_worker(), flush=True); input()"


def test_a_process_is_alive_until_it_is_killed() -> None:
    """Its name is unlike ours, and says that it ended as soon as it has."""
    with subprocess.Popen(
        [sys.executable, "-c", _NAME], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        name = process.stdout.readline().strip()
        assert name != this_worker()
        assert is_alive(name)
        process.kill()
    assert not is_alive(name)


def test_this_process_is_alive_and_keeps_its_name() -> None:
    """Asked again, it gives the same name."""
    assert this_worker() == this_worker()
    assert is_alive(this_worker())


def test_a_number_that_was_used_before_is_another_process() -> None:
    """Numbers of processes come again; the moment of the start tells them apart."""
    assert not is_alive(this_worker().rpartition("/")[0] + "/1")


@pytest.mark.parametrize("worker", ["", "worker-1", "elsewhere/0123456789abcdef/1/1"])
def test_what_cannot_be_seen_from_here_counts_as_alive(worker: str) -> None:
    """Another machine's process is given up by its lease only."""
    assert is_alive(worker)
