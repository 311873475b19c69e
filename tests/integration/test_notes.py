"""Letters to single people against a real database: each accounted for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta

import pytest

from digest.core.letter import Letter
from digest.core.note import GIVE_UP_AFTER
from digest.core.outbox import Outcome, Receipt
from digest.core.throttle import UNLIMITED
from digest.errors import DeliveryError, StorageError
from digest.jobs.notes import Post
from digest.ports import Store
from tests.builders import MONDAY
from tests.bulk_sender import note_faults, parsed
from tests.fakes import FakeMailer
from tests.notes import OpenGate, a_body, a_note, a_sending
from tests.sending import StoppedClock

AtDot = Callable[[Sequence[Letter]], Sequence[Letter]]
NEVER = Receipt(Outcome.REFUSED, "550 5.1.1 <Reader1@example.net> is not here")
LATER = Receipt(Outcome.DEFERRED, "451 4.7.1 greylisted")
WHO_KNOWS = Receipt(Outcome.IN_DOUBT, "the connection broke")
NOT_US = Receipt(Outcome.REFUSED, "550 5.7.26 unauthenticated")


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def post(store: Store, clock: StoppedClock) -> Post:
    return Post(store, clock, UNLIMITED.provider_of)


def _tally(store: Store) -> dict[str, int]:
    with store.read() as work:
        return {state.value: count for (_, state), count in work.notes.tally().items()}


def test_a_note_is_sent_once(store: Store, clock: StoppedClock, post: Post) -> None:
    """Posted twice for one occasion and sent twice, it is one good message."""
    mailer = FakeMailer()
    assert [post(a_note()), post(a_note())] == [True, False]
    send = a_sending(store, clock, mailer)
    assert (send.due(), send().accepted, send.due(), send().accepted) == (True, 1, False, 0)
    [letter] = mailer.letters
    assert note_faults(letter.content, clock.now()) == []
    assert letter.sender.startswith("bounces+n")
    assert send.sender.delivery_of(letter.sender) is None


@pytest.mark.parametrize("answer", [LATER, WHO_KNOWS, NOT_US])
def test_what_is_not_answered_well_is_sent_again(
    store: Store, clock: StoppedClock, post: Post, answer: Receipt
) -> None:
    """Deferred, in doubt, or refused because of us: later, under the same Message-ID."""
    post(a_note())
    first = FakeMailer({"reader1@example.net": answer})
    assert a_sending(store, clock, first)().deferred == 1
    again = FakeMailer()
    assert a_sending(store, clock, again)().accepted == 0
    clock.pause(5 * 60)
    assert a_sending(store, clock, again)().accepted == 1
    assert {one.message_id for one in (*first.letters, *again.letters)} == {
        again.letters[0].message_id
    }


def test_a_refusal_is_final_and_names_nobody(store: Store, clock: StoppedClock, post: Post) -> None:
    """The server's answer is kept without the address it repeats."""
    post(a_note())
    assert a_sending(store, clock, FakeMailer({"reader1@example.net": NEVER}))().refused == 1
    with store.engine.connect() as connection:  # type: ignore[attr-defined] # the real database
        [row] = connection.exec_driver_sql("SELECT * FROM notes").all()
    assert "reader1" not in repr(row).casefold()
    assert "is not here" in repr(row)


def test_who_must_not_be_mailed_gets_nothing(store: Store, clock: StoppedClock, post: Post) -> None:
    """Whatever the occasion; the others get theirs."""
    post(a_note(1))
    post(a_note(2))
    mailer = FakeMailer()
    report = a_sending(store, clock, mailer, gate=OpenGate("reader1@example.net"))()
    assert (report.cancelled, report.accepted) == (1, 1)


def test_a_note_that_cannot_be_written_is_refused_alone(
    store: Store, clock: StoppedClock, post: Post
) -> None:
    """A link that no header can carry stops its own letter only."""
    post(a_note(1, body=a_body(leave_url="https://example.org/\r\nBcc: x@example.org")))
    post(a_note(2))
    report = a_sending(store, clock, FakeMailer())()
    assert (report.refused, report.accepted) == (1, 1)


def test_a_note_that_is_too_old_is_not_sent(store: Store, clock: StoppedClock, post: Post) -> None:
    """As after a backup was restored: its links are of another time."""
    post(a_note())
    clock.time += GIVE_UP_AFTER + timedelta(seconds=1)
    assert a_sending(store, clock, FakeMailer())().cancelled == 1


class _Down(FakeMailer):
    """A server that goes away when the first letter is at the dot."""

    def hand_off(
        self, letters: Iterable[Letter], at_dot: AtDot, stopping: Callable[[], bool] = bool
    ) -> Iterator[tuple[Letter, Receipt]]:
        for letter in letters:
            at_dot([letter])
            raise DeliveryError("no server takes letters")
        yield from ()


def test_a_server_out_of_reach_loses_nothing(store: Store, clock: StoppedClock, post: Post) -> None:
    """What was claimed is due again in a minute."""
    post(a_note(1))
    post(a_note(2))
    with pytest.raises(DeliveryError):
        a_sending(store, clock, _Down())()
    assert _tally(store) == {"deferred": 2}
    clock.pause(60)
    assert a_sending(store, clock, FakeMailer())().accepted == 2


def test_told_to_stop_it_gives_back_what_is_left(
    store: Store, clock: StoppedClock, post: Post
) -> None:
    """What was claimed and not handed over is due at once for who comes next."""
    for number in range(4):
        post(a_note(number))
    mailer = FakeMailer()
    send = a_sending(store, clock, mailer, stopping=lambda: len(mailer.letters) >= 2)
    assert send().accepted >= 2
    a_sending(store, clock, mailer)()
    assert sorted(letter.recipient for letter in mailer.letters) == [
        f"reader{n}@example.net" for n in range(4)
    ]
    assert _tally(store) == {"accepted": 4}


def _post_and_fail(store: Store, post: Post) -> None:
    with store.begin() as work:
        post.within(work, a_note())
        raise StorageError("full")


def test_what_is_posted_in_a_transaction_that_fails_is_not_sent(
    store: Store, clock: StoppedClock, post: Post
) -> None:
    """The letter is kept with the change that it tells of, or not at all."""
    with pytest.raises(StorageError):
        _post_and_fail(store, post)
    assert a_sending(store, clock, FakeMailer()).due() is False


def test_one_click_stands_where_there_is_something_to_leave(
    store: Store, clock: StoppedClock, post: Post
) -> None:
    """A letter to a subscriber says how to leave by one click, a confirmation does not."""
    post(a_note(1, body=a_body(leave_url="https://digest.example.org/unsubscribe/x")))
    mailer = FakeMailer()
    a_sending(store, clock, mailer)()
    content = mailer.letters[0].content
    assert note_faults(content, MONDAY, leaves=True) == []
    link = parsed(content)["List-Unsubscribe"]
    assert link == "<https://digest.example.org/unsubscribe/x>"
