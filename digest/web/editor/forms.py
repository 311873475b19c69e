"""What a form of the desk posts, and no more than is sensible."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

MAX_BODY = 4 * 1024 * 1024
"""Bytes: a list of some ten thousand feeds."""
_MAX_FIELDS = 5_000


@dataclass(frozen=True, slots=True)
class Form:
    """Names and values as posted, and at most one file."""

    fields: tuple[tuple[str, str], ...] = ()
    file: bytes = b""

    def text(self, name: str) -> str:
        """The first value of a name, without space around it; empty when there is none."""
        return self.raw(name).strip()

    def raw(self, name: str) -> str:
        """The first value of a name, as typed."""
        return next((value for key, value in self.fields if key == name), "")

    def all(self, name: str) -> tuple[str, ...]:
        """All values of a name, in order."""
        return tuple(value for key, value in self.fields if key == name)


async def posted(request: Request) -> Form:
    """Read a form.

    Raises:
        HTTPException: 413, it is too large; 400, it is no form.
    """
    body = await _capped(request)

    async def replay() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    again = Request(request.scope, receive=replay)
    try:
        async with again.form(max_files=1, max_fields=_MAX_FIELDS, max_part_size=MAX_BODY) as sent:
            items = sent.multi_items()
            file = next((each for _, each in items if isinstance(each, UploadFile)), None)
            content = await file.read() if file else b""
    except ValueError:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "That was no form.") from None
    return Form(tuple((name, value) for name, value in items if isinstance(value, str)), content)


async def _capped(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise HTTPException(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                "That is more than 4 MB, the most that is taken.",
            )
    return bytes(body)
