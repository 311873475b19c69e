"""The jobs over a database of each kind."""

from __future__ import annotations

import pytest

from digest.storage import Database
from tests.newsroom import Newsroom


@pytest.fixture
def room(store: Database) -> Newsroom:
    """One weekly newsletter of three themes, one source that shows nothing yet."""
    return Newsroom(store)
