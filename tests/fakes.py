"""Stand-ins for what is outside, which keep the contracts of their ports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from digest.core.letter import Letter
from digest.core.outbox import Outcome, Receipt


class FakeMailer:
    """A mail server that takes every letter, but for those it was told to answer otherwise.

    ``letters`` are those it took; ``answers`` go by envelope recipient.
    """

    def __init__(self, answers: Mapping[str, Receipt] | None = None) -> None:
        self.letters: list[Letter] = []
        self._answers = answers or {}

    def hand_off(
        self, letters: Iterable[Letter], at_dot: Callable[[Sequence[Letter]], Sequence[Letter]]
    ) -> Iterator[tuple[Letter, Receipt]]:
        for letter in letters:
            for ours in at_dot([letter]):
                accepted = Receipt(Outcome.ACCEPTED, "250 2.0.0 ok")
                receipt = self._answers.get(ours.recipient, accepted)
                if receipt.outcome in {Outcome.ACCEPTED, Outcome.IN_DOUBT}:
                    self.letters.append(ours)
                yield ours, receipt
