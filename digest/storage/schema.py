"""The version of the schema: one history for this house and for the subscribers'."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from digest.errors import StorageError
from digest.storage import dialects

HEAD = "0017"
"""The newest revision in ``migrations/versions``; kept here so that an up-to-date database is
known as such without Alembic, whose import costs more than all the rest."""

_MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(engine: Engine) -> None:
    """Bring the schema up to date, whole or not at all; of several processes only one does it.

    Raises:
        StorageError: a newer version of this program made the schema.
    """
    with engine.connect().execution_options(**dialects.READ) as connection:
        if version(connection) == HEAD:
            return
    with engine.execution_options(**dialects.WRITE).begin() as connection:
        dialects.hold(connection, "schema")
        if version(connection) != HEAD:
            _migrate(connection)


def version(connection: Connection) -> str | None:
    """The revision a database has; ``None``: it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def problems(connection: Connection) -> list[str]:
    """What is wrong with the version, in a sentence."""
    found = version(connection)
    if found == HEAD:
        return []
    if found is None or (_MIGRATIONS / "versions" / f"{found}.py").exists():
        return [f"the database has schema {found or 'none'}: run `digest db upgrade` for {HEAD}"]
    return [_too_new(found)]


def _too_new(found: str) -> str:
    return (
        f"the database has schema {found}, which this version (schema {HEAD}) does not know: "
        "install the version of digest-publisher that made it, or a newer one"
    )


def _migrate(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - heavy, and a sender must stay small
    from alembic.config import Config  # noqa: PLC0415 - as above

    found = version(connection)
    if found and not (_MIGRATIONS / "versions" / f"{found}.py").exists():
        raise StorageError(_too_new(found))
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
