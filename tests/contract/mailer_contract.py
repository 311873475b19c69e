"""What every mailer keeps to; a kind's suite says how to make one and what arrived."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from digest.core.letter import Letter
from digest.core.outbox import Outcome, Receipt
from digest.ports import Mailer


def some_letters(count: int) -> list[Letter]:
    return [
        Letter(
            delivery=number,
            sender=f"bounces+{number:x}@example.org",
            recipient=f"reader{number}@example.net",
            message_id=f"<letter{number}@example.org>",
            content=f"Message-ID: <letter{number}@example.org>\r\n\r\n.Hello {number}\r\n".encode(),
        )
        for number in range(1, count + 1)
    ]


def all_go(letters: Sequence[Letter]) -> Sequence[Letter]:
    return letters


class MailerContract:
    """Inherit, with fixtures ``mailer`` and ``arrived`` (Message-IDs that were taken so far)."""

    def test_each_letter_has_one_receipt(
        self, mailer: Mailer, arrived: Callable[[], Sequence[str]]
    ) -> None:
        """Each letter arrives once and is told to be accepted once."""
        letters = some_letters(7)
        receipts = list(mailer.hand_off(letters, all_go))
        assert sorted(letter.delivery for letter, _ in receipts) == list(range(1, 8))
        assert {receipt.outcome for _, receipt in receipts} == {Outcome.ACCEPTED}
        assert sorted(arrived()) == sorted(letter.message_id for letter in letters)

    def test_a_letter_that_may_not_go_stays(
        self, mailer: Mailer, arrived: Callable[[], Sequence[str]]
    ) -> None:
        """What another worker has is not handed over, and nothing is told about it."""
        letters = some_letters(6)

        def only_even(at_dot: Sequence[Letter]) -> Sequence[Letter]:
            return [letter for letter in at_dot if letter.delivery % 2 == 0]

        told = [letter.delivery for letter, _ in mailer.hand_off(letters, only_even)]
        assert sorted(told) == [2, 4, 6]
        assert len(arrived()) == 3

    def test_the_mark_comes_before_the_letter(
        self, mailer: Mailer, arrived: Callable[[], Sequence[str]]
    ) -> None:
        """No letter has arrived when its mark is set."""
        early: list[str] = []

        def mark(letters: Sequence[Letter]) -> Sequence[Letter]:
            early.extend(set(arrived()) & {letter.message_id for letter in letters})
            return letters

        assert len(list(mailer.hand_off(some_letters(5), mark))) == 5
        assert early == []

    def test_letters_are_taken_as_they_are_needed(self, mailer: Mailer) -> None:
        """Of a long edition only a few letters are in memory at a time."""
        taken, told, most = 0, 0, 0

        def letters() -> Iterator[Letter]:
            nonlocal taken
            for letter in some_letters(400):
                taken += 1
                yield letter

        for _ in mailer.hand_off(letters(), all_go):
            told += 1
            most = max(most, taken - told)
        assert told == 400
        assert most <= 100

    def test_told_to_stop_it_finishes_what_it_began(
        self, mailer: Mailer, arrived: Callable[[], Sequence[str]]
    ) -> None:
        """Each letter that left has its receipt, and most of a long edition has not left."""
        told: list[int] = []

        def stopping() -> bool:
            return len(told) >= 3

        def letters() -> Iterator[Letter]:
            for letter in some_letters(400):
                if stopping():
                    return
                yield letter

        for letter, _ in mailer.hand_off(letters(), all_go, stopping):
            told.append(letter.delivery)
        assert 3 <= len(told) == len(arrived()) <= 400 // 2

    def test_nothing_to_do_is_done_at_once(self, mailer: Mailer) -> None:
        """Without letters nothing is opened, asked or told."""
        assert list(mailer.hand_off([], all_go)) == []

    def test_a_letter_may_come_again(
        self, mailer: Mailer, arrived: Callable[[], Sequence[str]]
    ) -> None:
        """Handing over the same letter again is no failure."""
        for _ in range(2):
            receipts: list[tuple[Letter, Receipt]] = list(mailer.hand_off(some_letters(1), all_go))
            assert receipts[0][1].outcome is Outcome.ACCEPTED
        assert set(arrived()) == {"<letter1@example.org>"}
