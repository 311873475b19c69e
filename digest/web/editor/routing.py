"""What a page of the desk is: its address, who may open it, what it shows and does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import Response

from digest.core.account import Role
from digest.web.editor.visit import Visit

Endpoint = Callable[[Visit], Response]
"""Answers a visit. It runs in a thread of its own and may take its time with the database."""


@dataclass(frozen=True, slots=True)
class Page:
    """One address of the desk.

    Attributes:
        path: below ``/editor/``, with parts in braces, such as ``drafts/{edition}/``.
        role: what somebody must be at least; ``None``: the page leads in, anybody may open it.
        show: answers GET and HEAD, and changes nothing.
        act: answers POST; leads on by :meth:`Visit.go`.
        deed: what :attr:`act` does, for the record: ``muted a source``. Empty: it keeps its
            own record.
        about: the part of the address that says to what, for the record.
    """

    path: str
    role: Role | None
    show: Endpoint | None = None
    act: Endpoint | None = None
    deed: str = ""
    about: str = ""

    @property
    def methods(self) -> list[str]:
        """What may be asked of it."""
        return ["GET"] * bool(self.show) + ["POST"] * bool(self.act)
