"""Keep a job that fails from taking with it what runs it."""

from __future__ import annotations

import logging
from collections.abc import Callable

from digest.errors import DigestError

log = logging.getLogger(__name__)


def guarded(name: str, job: Callable[..., object]) -> Callable[..., None]:
    """A job that logs why it failed; its next run may do better, and rows tell what is left."""

    def run(*args: object, **kwargs: object) -> None:
        try:
            job(*args, **kwargs)
        except DigestError as error:
            log.error("job %s failed: %s", name, error)  # noqa: TRY400 - the sentence says it all
        except Exception:
            log.exception("job %s failed", name)

    return run
