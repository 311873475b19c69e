"""A sender on either database, with a clock that stands still, and a certificate for servers."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from digest.jobs.deliver import Deliver
from digest.ports import Mailer, Store
from tests.builders import MONDAY
from tests.fakes import FakeJournals
from tests.sending import FakeRoll, StoppedClock, a_writer


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(MONDAY + timedelta(minutes=1))


@pytest.fixture
def journals() -> FakeJournals:
    return FakeJournals()


@pytest.fixture
def deliver(store: Store, clock: StoppedClock, journals: FakeJournals) -> Callable[..., Deliver]:
    def make(mailer: Mailer, **over: object) -> Deliver:
        fields: dict[str, object] = {
            "people": FakeRoll(),
            "writer": a_writer(),
            "journals": journals,
            "give_up_after": timedelta(days=2),
            "elapsed": clock.elapsed,
            "pause": clock.pause,
        }
        return Deliver(store, clock, mailer, **{**fields, **over})  # type: ignore[arg-type] # the caller names the fields

    return make


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for 127.0.0.1 with its key, in one file."""
    folder = tmp_path_factory.mktemp("tls")
    key, public = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-keyout", key, "-out", public, "-days", "2", "-subj", "/CN=sink",
         "-addext", "subjectAltName=IP:127.0.0.1"],
        check=True,
        capture_output=True,
    )  # fmt: skip
    both = folder / "both.pem"
    both.write_text(key.read_text() + public.read_text())
    return both
