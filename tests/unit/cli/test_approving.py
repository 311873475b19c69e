"""``digest editions approve | withdraw | audience | test | report``."""

from __future__ import annotations

from email import message_from_bytes, policy

from tests.unit.cli.conftest import Desk


def a_draft(desk: Desk, newsletter: str = "careful") -> str:
    """The number of the next draft of a newsletter; only our own checks are asked."""
    desk.change("[mail]", '[checks]\noff = ["alive", "axe", "spam"]\n\n[mail]')
    return str(desk.data("editions", "draft", newsletter)["id"])


def test_two_people_and_a_time_to_take_it_back(collected: Desk) -> None:
    """One is not enough; the second freezes it; `withdraw` makes it a draft again."""
    collected.change('approval = "manual"', 'approval = "manual"\napprovals = 2\nhold_for = "10m"')
    draft = a_draft(collected)
    unknown = collected.type("editions", "diff", draft, "--approved")
    first = collected.data("editions", "approve", draft, "--by", "mira")
    assert "no difference" in collected.done("editions", "diff", draft, "--approved")
    again = collected.type("editions", "approve", draft, "--by", "mira")
    second = collected.data("editions", "approve", draft, "--by", "tom")

    assert "nobody approved it" in unknown.stderr
    assert (first["missing"], first["hold_until"]) == (1, None)
    assert (again.exit_code, "mira approved it already" in again.stderr) == (1, True)
    assert second["hold_until"]
    assert "is held back until" in collected.type("editions", "send", draft).stderr
    assert "is a draft again" in collected.done("editions", "withdraw", draft, "--by", "ada")
    (row,) = [each for each in collected.data("editions", "list") if str(each["id"]) == draft]
    assert (row["state"], row["waits"]) == ("draft", "ada took the approval back")


def test_what_blocks_can_be_overruled_with_a_reason(collected: Desk) -> None:
    """The reason is kept, and the report tells it."""
    draft = a_draft(collected)
    collected.done("editions", "decide", draft, "subject", "TBD")
    assert collected.type("editions", "approve", draft).exit_code == 1
    collected.done("editions", "approve", draft, "--despite", "it is a joke")

    assert "despite: it is a joke" in collected.done("editions", "report", draft)


def test_an_audience_is_told_before_and_after(collected: Desk) -> None:
    """Before: whom it would go to. After: the sum that adds up."""
    for name, theme in (("ada", "floods"), ("ben", "floods"), ("eve", "other")):
        words = (f"{name}@example.org", "--newsletter", f"weekly:{theme}")
        collected.done("subscribers", "add", *words, "--how", "asked at the desk")
    draft = a_draft(collected, "weekly")
    before = collected.data("editions", "audience", draft)
    assert (before["readers"], before["left_out"]) == (2, {"follow none of its themes": 1})
    assert before["themes"] == {"floods": 2}
    collected.done("editions", "approve", draft)
    collected.done("editions", "send", draft)

    report = collected.data("editions", "report", draft)
    assert (report["audience"], report["lines"]["accepted"], report["adds_up"]) == (2, 2, True)
    assert report["reach"]["left_out"] == before["left_out"]
    assert "2 readers of 3 subscriptions" in collected.done("editions", "audience", draft)


def test_a_test_goes_to_one_address_with_real_headers(collected: Desk) -> None:
    """It is marked, has a name of its own each time, and its way out opens nothing."""
    draft = a_draft(collected)
    told = [collected.data("editions", "test", draft, "--to", "me@example.org") for _ in range(2)]
    letters = [
        message_from_bytes(file.read_bytes(), policy=policy.default)
        for file in sorted((collected.folder / "var/outbox").rglob("*.eml"))
    ]

    assert {report["outcome"] for report in told} == {"accepted"}
    assert len({letter["Message-ID"] for letter in letters}) == len(letters) > 0
    assert all(letter["Subject"].startswith("[Test] ") for letter in letters)
    assert {letter["To"] for letter in letters} == {"me@example.org"}
    assert all(letter["List-Unsubscribe"] for letter in letters)
    (row,) = [each for each in collected.data("editions", "list") if str(each["id"]) == draft]
    assert row["state"] == "draft"
