"""The list of addresses that must not be mailed, on every kind of database."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from digest.storage import Database
from subscribers import BadFileError, Bounced, BounceKind, People
from tests.builders import MONDAY
from tests.fakes import TickingClock

KEY = b"0123456789abcdef0123456789abcdef"


@pytest.fixture
def clock() -> TickingClock:
    return TickingClock(MONDAY)


@pytest.fixture
def people(store: Database, clock: TickingClock) -> People:
    return People(store.engine, KEY, clock.now)


def _exported(people: People) -> str:
    out = io.StringIO(newline="")
    people.suppressions.export(out)
    return out.getvalue()


def test_a_list_is_taken_in(people: People) -> None:
    """Subscribers or not, with reason and date; a wrong line stops no other."""
    ada = people.add("ada@example.org", {"weekly": None}, how="paper")
    report = people.suppressions.read_csv(
        [
            "Email;Reason;Since\n",
            "ADA@example.org;complaint;2025-03-01\n",
            "\n",
            "nobody;;\n",
            "bob@example.org;;\n",
            f"eve@example.org;{'x' * 33};\n",
            "eve@example.org;;2099-01-01\n",
        ],
        reason="bounces",
        how="from our former provider",
    )

    assert (report.added, report.known, [one.line for one in report.rejected]) == (2, 0, [4, 6, 7])
    assert people.suppressions.tally() == {"bounces": 1, "complaint": 1}
    bob, first = people.suppressions.listed()
    assert (bob.address, bob.reason, bob.how) == (None, "bounces", "from our former provider")
    assert (first.address, first.since.date().isoformat()) == (ada.address, "2025-03-01")
    assert [people.may_be_mailed(f"{name}@example.org") for name in ("ada", "bob", "eve")] == [
        False,
        False,
        True,
    ]
    assert people.show(ada.address).consents[-1].how == "complaint: from our former provider"


def test_the_first_reason_of_an_address_stays(people: People) -> None:
    """In a file that names it twice, and when the file is imported again."""
    lines = ["address,reason\n", "bob@example.org,first\n", "bob@example.org,second\n"]

    first, again = (people.suppressions.read_csv(lines) for _ in range(2))

    assert (first.added, first.known, again.added, again.known) == (1, 1, 0, 2)
    assert [one.reason for one in people.suppressions.listed()] == ["first"]


def test_a_dry_run_strikes_nobody_off(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """It tells what would happen, and how far it is."""
    monkeypatch.setattr("subscribers.suppression_list.BATCH", 1_000)
    told: list[int] = []
    lines = ["address\n", *(f"reader{number}@example.org\n" for number in range(1_500))]

    report = people.suppressions.read_csv(lines, dry_run=True, progress=told.append)

    assert (report.added, told, people.suppressions.tally()) == (1_500, [1_000, 1_500], {})


def test_an_export_comes_back_as_it_was(people: People, store: Database) -> None:
    """By hash alone where the address is nobody's here; released addresses are not in it."""
    lines = ["address\n", *(f"reader{number}@example.org\n" for number in range(1_200))]
    people.suppressions.read_csv(lines, reason="=1+1", how="list")
    people.release("reader7@example.org", how="asked")
    before = _exported(people)

    for number in range(1_200):
        if number % 300 == 0:
            people.release(f"reader{number}@example.org", how="asked")
    report = people.suppressions.read_csv(io.StringIO(before, newline=""))

    assert (report.added, report.known) == (4, 1_195)
    assert _exported(people) == before
    assert "@example.org" not in before
    other = People(store.engine, KEY[::-1], lambda: MONDAY)
    refused = other.suppressions.read_csv(io.StringIO(before, newline=""))
    assert refused.rejected_more + len(refused.rejected) == 1_199
    assert "another secret key" in refused.rejected[0].reason


def test_a_file_without_addresses_is_refused(people: People) -> None:
    """The sentence names the columns that it has."""
    with pytest.raises(BadFileError, match="name, reason"):
        people.suppressions.read_csv(["name,reason\n"])


def test_a_reason_outlives_the_person_and_names_nobody(people: People, clock: TickingClock) -> None:
    """What the server said is kept after an erasure, without the address it said."""
    ada = people.add("ada@example.org", {"weekly": None}, how="paper")
    said = "550 5.1.1 <Ada@example.org>: nobody of that name"
    for day in range(2):
        came = Bounced(ada.id, BounceKind.HARD, str(day), "5.1.1", said)
        people.bounces.note([came])
        clock.move(timedelta(days=7))
    people.erase(ada.id, how="asked")

    (kept,) = people.suppressions.listed()
    assert kept.address is None
    assert kept.how.endswith("550 5.1.1 <(the address)>: nobody of that name")
