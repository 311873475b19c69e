"""One line per event, readable by people and by machines."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

_QUIET = ("httpx2", "httpcore2", "alembic", "procrastinate", "uvicorn.access")


class _Line(logging.Formatter):
    """``2026-11-22T08:00:00Z info jobs.collect message``.

    One line, and nothing that a terminal would obey, whatever a source put into the message.
    """

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        words = " ".join(super().format(record).split())
        message = "".join(sign if sign.isprintable() else "�" for sign in words)
        return f"{at} {record.levelname.lower()} {record.name.removeprefix('digest.')} {message}"


def set_up(*, verbose: bool = False, told: Sequence[str] = ()) -> None:
    """Send the house's log to standard error.

    Args:
        verbose: every step.
        told: the loggers whose words the caller shows in its own way; unless ``verbose``, only
            warnings of the others are logged then.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Line())
    level = logging.DEBUG if verbose else logging.INFO
    if told and not verbose:
        handler.addFilter(lambda record: not record.name.startswith(tuple(told)))
        level = logging.WARNING
    logging.basicConfig(level=level, handlers=[handler])
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    # It warns when a job is still running at its next turn; with us that is as it should be.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
