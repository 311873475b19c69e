"""Log files: plain, packed, broken."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest

from digest.cli.relay_logs import as_utc, log_lines
from digest.errors import ParseError


def test_a_packed_log_reads_as_a_plain_one(tmp_path: Path) -> None:
    """What is packed is told by its first octets, whatever the file is called."""
    (tmp_path / "mail.log").write_bytes(b"one\ntw\xff\n")
    (tmp_path / "mail.log.1").write_bytes(gzip.compress(b"one\ntw\xff\n"))
    plain = list(log_lines(tmp_path / "mail.log"))
    assert plain == list(log_lines(tmp_path / "mail.log.1")) == ["one\n", "tw\ufffd\n"]


@pytest.mark.parametrize(
    "spoilt",
    [gzip.compress(b"x" * 999)[:-12], b"\x1f\x8b\x08\x00rubbish"],
    ids=["cut short", "rubbish"],
)
def test_a_broken_archive_is_told(spoilt: bytes, tmp_path: Path) -> None:
    """Half a log must not pass for a whole one."""
    file = tmp_path / "mail.log.2.gz"
    file.write_bytes(spoilt)
    with pytest.raises(ParseError, match=r"mail\.log\.2\.gz cannot be read"):
        list(log_lines(file))


def test_a_zone_gives_the_moment() -> None:
    """Times without a zone are of the zone that is named."""
    moment = datetime(2026, 11, 23, 9, 30)  # noqa: DTZ001 - as it stands in a log
    assert as_utc("Europe/Berlin")(moment) == datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


def test_an_unknown_zone_is_wrong_use() -> None:
    """It is told before any log is read."""
    with pytest.raises(click.BadParameter, match="no time zone 'Berlin'"):
        as_utc("Berlin")
