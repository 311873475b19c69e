"""``digest editions check``."""

from __future__ import annotations

from tests.unit.cli.conftest import Desk


def _offline(desk: Desk) -> None:
    desk.change("[mail]", '[checks]\noff = ["alive", "axe", "spam"]\n\n[mail]')


def test_a_draft_that_nothing_is_wrong_with_passes(collected: Desk) -> None:
    """Checks that are turned off are not made; the hash is the draft's."""
    _offline(collected)
    told = collected.data("editions", "check", "careful")
    (draft,) = [collected.data("editions", "draft", "careful")]

    assert not told["blocked"]
    assert told["hash"] == draft["hash"]
    assert {"alive", "axe", "spam"}.isdisjoint(check["name"] for check in told["checks"])


def test_a_check_that_blocks_ends_in_failure(collected: Desk) -> None:
    """The exit code is 1 and the sentence names what blocks."""
    _offline(collected)
    draft = collected.data("editions", "draft", "careful")
    collected.done("editions", "decide", str(draft["id"]), "subject", "TBD: say something")
    result = collected.type("editions", "check", str(draft["id"]))

    assert result.exit_code == 1
    assert "Blocks approval" in result.stdout
    assert "to mend it: replace it by what was meant" in result.stdout
    assert "approval is blocked: “TBD” was left over (placeholders)" in result.stderr


def test_a_newsletter_may_have_checks_of_its_own(collected: Desk) -> None:
    """What one blocks, another may only be advised of."""
    _offline(collected)
    collected.change('approval = "manual"', 'approval = "manual"\nchecks = { block = [] }')
    draft = collected.data("editions", "draft", "careful")
    collected.done("editions", "decide", str(draft["id"]), "subject", "TBD")

    assert not collected.data("editions", "check", str(draft["id"]))["blocked"]


def test_a_check_that_is_not_there_is_a_wrong_value(desk: Desk) -> None:
    """Nothing starts; those that are there are listed."""
    desk.change("[mail]", '[checks]\nblock = ["spelling"]\n\n[mail]')
    result = desk.type("editions", "list")

    assert result.exit_code == 2
    assert 'checks.block: no check "spelling"; expected some of unsubscribe' in result.stderr
