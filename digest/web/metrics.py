"""``/metrics``: the counts of the house, in the text format of Prometheus 0.0.4."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from threading import Lock

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from digest.jobs.survey import Measure

_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_KEPT = 5.0
"""Seconds for which an answer is given again."""
_SHARE = 20.0
"""An answer is also kept so many times longer than it took: counting never costs more of a
processor than a twentieth, however many letters there are and however many ask."""


class Kept:
    """An answer that is worked out anew when it is old."""

    def __init__(
        self,
        survey: Callable[[], Iterable[Measure]],
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take what counts, and seconds of a clock that nobody sets."""
        self._survey = survey
        self._elapsed = elapsed
        self._lock = Lock()
        self._text = ""
        self._until = float("-inf")

    def text(self) -> str:
        """Give the answer; several who ask at once wait for one count.

        Raises:
            StorageError: the database is out of reach.
        """
        with self._lock:
            begun = self._elapsed()
            if begun >= self._until:
                self._text = exposition(self._survey())
                ended = self._elapsed()
                self._until = ended + max(_KEPT, (ended - begun) * _SHARE)
            return self._text


def route(survey: Callable[[], Iterable[Measure]]) -> Route:
    """``/metrics``, not for caches."""
    kept = Kept(survey)

    def metrics(_request: Request) -> Response:
        return Response(kept.text(), media_type=_TYPE, headers={"cache-control": "no-store"})

    return Route("/metrics", metrics)


def exposition(measures: Iterable[Measure]) -> str:
    """Write gauges, one line a sample."""
    return "".join(f"{line}\n" for measure in measures for line in _lines(measure))


def _lines(measure: Measure) -> Iterable[str]:
    yield f"# HELP {measure.name} {measure.meaning}"
    yield f"# TYPE {measure.name} gauge"
    for labels, value in measure.samples:
        named = ",".join(f'{name}="{_escaped(text)}"' for name, text in labels)
        yield f"{measure.name}{{{named}}} {value:.16g}" if named else f"{measure.name} {value:.16g}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
