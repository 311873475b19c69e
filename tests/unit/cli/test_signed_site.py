"""A site that signs its letters."""

from __future__ import annotations

from pathlib import Path

import dkim
import pytest

from tests.keys import ED25519, RSA, Key
from tests.unit.cli.conftest import Desk


def _sign_with(desk: Desk, key: Key) -> Desk:
    (desk.folder / "dkim.pem").write_text(key.pem)
    table = '[mail.dkim]\nselector = "test"\nkey_file = "dkim.pem"\n\n'
    desk.change("[[sources]]", f"{table}[[sources]]")
    return desk


def test_what_is_previewed_is_signed(collected: Desk, tmp_path: Path) -> None:
    """The letter of a preview carries the very signature that letters have."""
    _sign_with(collected, RSA)
    collected.done("editions", "preview", "weekly", "--out", str(tmp_path / "out"))
    (letter,) = (tmp_path / "out").rglob("*.eml")
    assert dkim.verify(letter.read_bytes(), dnsfunc=RSA.dns)


def test_the_record_to_publish_is_printed(desk: Desk) -> None:
    """As a line for a zone file, and as data."""
    _sign_with(desk, RSA)
    assert desk.done("check", "--dns").startswith('test._domainkey.example.org. IN TXT ( "v=DKIM1')
    said = desk.data("check", "--dns")
    assert said == {"name": RSA.record.name, "type": "TXT", "value": RSA.record.value}


def test_there_is_no_record_without_a_key(desk: Desk) -> None:
    """A site that does not sign has nothing to publish."""
    assert "there is no [mail.dkim]" in desk.type("check", "--dns").output


@pytest.mark.parametrize("command", ["check", "run"])
def test_a_wrong_key_is_told_before_anything_is_sent(desk: Desk, command: str) -> None:
    """One line that names it, and no more."""
    _sign_with(desk, RSA)
    (desk.folder / "dkim.pem").write_text("no key")
    result = desk.type(command)
    assert result.exit_code != 0
    told = [line for line in result.output.splitlines() if "mail.dkim.key_file" in line]
    assert len(told) == 1
    assert "expected a private key in PEM" in told[0]


def test_a_key_that_few_receivers_check_is_warned_of(desk: Desk) -> None:
    """An Ed25519 key alone would leave letters unsigned for most readers."""
    desk.change("[mail]", '[mail]\nkind = "smtp"')
    assert "not RSA" in _sign_with(desk, ED25519).done("check")
