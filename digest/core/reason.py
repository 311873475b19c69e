"""Why something is as it is, in words that an editor understands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason.

    Attributes:
        rule: the short name of the rule that decided, such as ``tag`` or ``keyword``; stable,
            so that it can be counted.
        detail: the sentence that people read, such as ``the source tagged it "Finance"``.
    """

    rule: str
    detail: str

    def __str__(self) -> str:
        return self.detail
