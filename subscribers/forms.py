"""Reads what a form posts, and no more than is sensible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request

if TYPE_CHECKING:
    from starlette.types import Message

MAX_BODY = 64 * 1024
_MAX_FIELDS = 1_000

Fields = tuple[tuple[str, str], ...]


async def fields(request: Request) -> Fields:
    """Give the posted names and values; empty where the body is no form at all.

    Raises:
        HTTPException: 413, the body is larger than 64 KB.
    """
    body = await _capped(request)

    async def replay() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    again = Request(request.scope, receive=replay)
    try:
        form = await again.form(max_files=0, max_fields=_MAX_FIELDS, max_part_size=MAX_BODY)
    except (HTTPException, ValueError):
        return ()
    return tuple((name, value) for name, value in form.multi_items() if isinstance(value, str))


async def _capped(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise HTTPException(413)
    return bytes(body)
