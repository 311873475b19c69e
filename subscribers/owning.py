"""What a person may have of what is kept about them: all of it, or nothing left of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from subscribers.answers import HEADERS, Answers
from subscribers.errors import BadTokenError

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.requests import Request

    from subscribers.model import Dossier
    from subscribers.service import People


def routes(people: People, answers: Answers) -> list[Route]:
    """Give ``/preferences/<token>/data.json`` and ``/erase/<token>``."""
    pages = OwningPages(people, answers)
    return [
        Route("/preferences/{token}/data.json", pages.data, methods=["GET"], name="data"),
        Route("/erase/{token}", pages.erase, methods=["GET", "POST"], name="erase"),
    ]


class OwningPages:
    """Makes the pages."""

    def __init__(self, people: People, answers: Answers) -> None:
        self._people = people
        self._answers = answers

    async def data(self, request: Request) -> Response:
        """Give all that is kept about a person, as JSON to keep."""
        try:
            dossier = await run_in_threadpool(
                self._people.self_service.dossier, request.path_params["token"]
            )
        except BadTokenError as error:
            return self._answers.refusal(error)
        attached = {"Content-Disposition": 'attachment; filename="my-data.json"'}
        text = json.dumps(described(dossier), ensure_ascii=False, indent=2)
        return Response(text, media_type="application/json", headers={**HEADERS, **attached})

    async def erase(self, request: Request) -> Response:
        """Ask whether it is meant; erase when the button is pressed."""
        act = self._erase if request.method == "POST" else self._ask
        try:
            return await run_in_threadpool(act, request.path_params["token"])
        except BadTokenError as error:
            return self._answers.refusal(error)

    def _ask(self, token: str) -> Response:
        person = self._people.self_service.to_erase(token)
        return self._answers.page("erase", address=person.address)

    def _erase(self, token: str) -> Response:
        person = self._people.self_service.to_erase(token)
        self._people.erase(person.id, how="erase page")
        return self._answers.notice(
            "You are forgotten",
            "Everything we kept about you is deleted. Only a mark without your address stays, so "
            "that no old list brings you back. A letter that is on its way may still arrive.",
        )


def described(dossier: Dossier) -> dict[str, object]:
    """All that is kept about a person, in plain words and moments."""
    who, block = dossier.subscriber, dossier.suppression
    return {
        "address": who.address,
        "name": who.name,
        "language": who.language,
        "state": who.state.value,
        "since": _moment(who.created_at),
        "subscriptions": [
            {
                "newsletter": one.newsletter,
                "state": one.state.value,
                "themes": "all" if one.themes is None else list(one.themes),
                "since": _moment(one.since),
                "changed": _moment(one.changed_at),
                "paused_until": _moment(one.paused_until),
            }
            for one in who.subscriptions
        ],
        "not_mailed": None
        if block is None
        else {"reason": block.reason, "since": _moment(block.since), "how": block.how},
        "history": [
            {
                "at": _moment(one.at),
                "what": one.what.value,
                "newsletter": one.newsletter,
                "themes": "all" if one.themes is None else list(one.themes),
                "how": one.how,
                "agreed_to": one.said,
            }
            for one in dossier.consents
        ],
    }


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
