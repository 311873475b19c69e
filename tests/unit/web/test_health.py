"""Whether the process is alive, and can do its work."""

import os
from pathlib import Path
from typing import NoReturn

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from digest.errors import StorageError
from digest.storage import Database
from digest.web import health


class _LockedStore:
    """A store that cannot be read."""

    def read(self) -> NoReturn:
        raise StorageError("the database is locked")


def _client(store: object, published: Path) -> TestClient:
    return TestClient(Starlette(routes=health.routes(store, published)))  # type: ignore[arg-type] # a part of a store is enough


def test_alive_without_a_database(tmp_path: Path) -> None:
    """The process answers even when the database does not: a restart would not help."""
    assert _client(_LockedStore(), tmp_path).get("/healthz").text == "ok\n"


def test_ready(store: Database, tmp_path: Path) -> None:
    """It is ready when it can read and publish."""
    response = _client(store, tmp_path).get("/readyz")

    assert (response.status_code, response.text) == (200, "ready\n")


def test_not_ready_names_the_fault(tmp_path: Path) -> None:
    """A balancer gets 503, and the operator the sentence."""
    response = _client(_LockedStore(), tmp_path).get("/readyz")

    assert response.status_code == 503
    assert response.text == "database: the database is locked\n"


def test_unwritable_folder(
    store: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A published folder that cannot be written is told too."""
    monkeypatch.setattr(os, "access", lambda *_: False)

    response = _client(store, tmp_path).get("/readyz")

    assert response.status_code == 503
    assert "published folder" in response.text
