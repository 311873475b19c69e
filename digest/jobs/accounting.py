"""Report what became of an edition, so that it adds up."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from digest.core.balance import Balance
from digest.core.edition import EditionId
from digest.core.outbox import DeliveryState
from digest.core.refusal import Refusal, refusal
from digest.core.signature import Signature
from digest.errors import ConflictError, UsageError
from digest.ports import EditionRecord, Store

_MOST = 100_000
"""Refusals that are read for their reasons."""


@dataclass(frozen=True, slots=True)
class EditionReport:
    """What became of it.

    Attributes:
        record: without the content.
        refusals: letters by what was wrong, the most frequent first.
        signatures: who let it out.
    """

    record: EditionRecord
    balance: Balance
    refusals: tuple[tuple[Refusal, int], ...]
    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True)
class Accounting:
    """The job."""

    store: Store

    def __call__(self, edition: EditionId) -> EditionReport:
        """Add up.

        Raises:
            UsageError: there is no such edition.
            ConflictError: it is not out, so there is nothing to add up.
        """
        with self.store.read() as work:
            record = work.editions.outline(edition)
            if record is None:
                raise UsageError(f"no edition {edition}; `digest editions list` shows those")
            counts = work.deliveries.counts(edition)
            if not any(counts.values()) and record.reach is None:
                raise ConflictError(f"edition {edition} is {record.state.value}: nothing was sent")
            refused = work.deliveries.list(edition, DeliveryState.REFUSED, _MOST)
            kinds = Counter(refusal(row.reply) for row in refused)
            return EditionReport(
                record=record,
                balance=Balance(counts, record.reach),
                refusals=tuple(kinds.most_common()),
                signatures=tuple(work.editions.signatures(edition)),
            )
