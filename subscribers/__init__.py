"""People: who follows what, with whose consent. A house of its own.

This is its front door; everything else in here is private to it.
"""

from __future__ import annotations

from subscribers.tables import metadata

__all__ = ["metadata"]
