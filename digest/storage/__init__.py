"""Where everything is kept: one database, SQLite beside the program or PostgreSQL on a server."""

from __future__ import annotations

from digest.storage.database import Database
from digest.storage.journal import Journals

__all__ = ["Database", "Journals"]
