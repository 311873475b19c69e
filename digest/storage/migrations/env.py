"""How Alembic meets the database.

The program hands over its open connection. To write a revision by hand of Alembic's own command
(``alembic revision --autogenerate``), give the address of a database: ``-x url=sqlite:///FILE``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import context

import subscribers
from digest.storage.dialects import open_engine
from digest.storage.tables import metadata

if TYPE_CHECKING:
    from sqlalchemy import Connection


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=[metadata, subscribers.metadata],
        include_name=lambda name, kind, _: (
            not (kind == "table" and str(name).startswith("procrastinate_"))
        ),
    )
    with context.begin_transaction():
        context.run_migrations()


if connection := context.config.attributes.get("connection"):
    _migrate(connection)
else:
    url = context.get_x_argument(as_dictionary=True)["url"]
    with open_engine(url, Path.cwd(), patience=5).begin() as opened:
        _migrate(opened)
