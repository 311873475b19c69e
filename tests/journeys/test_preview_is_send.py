"""What an editor sees is what goes out, byte for byte, but for what is personal."""

from __future__ import annotations

import re
from datetime import timedelta
from email import policy
from email.parser import BytesParser
from pathlib import Path

import pytest

from digest.core.decision import Act
from digest.core.edition import EditionId
from digest.core.resource import ResourceId
from digest.jobs.preview import Persona
from tests.desk import Desk

_TOKEN = re.compile(rb"(/(?:preferences|unsubscribe)/)[A-Za-z0-9_-]{32}")
_OWN = re.compile(rb"^(?:Date|Message-ID|List-Unsubscribe): .*$", re.MULTILINE)
READERS = {
    "ada@example.org": None,
    "bo@example.org": ("floods",),
    "cy@example.org": ("fish", "floods"),
}
LETTERS = (
    "",
    "Dear *all*,\n\n- one\n- [two](https://example.org/)",
    "سلام <script>alert(1)</script>",
)


@pytest.fixture
def house(desk: Desk) -> Desk:
    for address, themes in READERS.items():
        desk.house.people.add(address, {"weekly": themes}, how="test")
    return desk


@pytest.fixture
def desk(tmp_path: Path, migrated_file: Path) -> Desk:
    return Desk(tmp_path, migrated_file)


def test_the_preview_of_each_reader_is_the_letter_they_get(house: Desk) -> None:
    """Three editions, shaped otherwise each time, to three readers through the real spool."""
    for round_, letter in enumerate(LETTERS):
        for name in ("flood", "fish"):
            house.note(f"A {name} & <b>more</b> {round_}", text=f"“Long” = wet.\n\n{name * 40}.")
        house.house.collect("library", now=True)
        edition = house.house.ahead("weekly").id
        _shape(house, edition, letter)
        previews = {address: _preview(house, edition, address) for address in READERS}
        house.house.approve(edition, by="mira")
        house.house.deliver(edition)
        sent = _sent(house.folder)
        house.clock.move(timedelta(weeks=1))
        assert {address: _neutral(previews[address]) for address in READERS} == {
            address: _neutral(sent[address]) for address in READERS
        }
        assert all(_TOKEN.search(_flat(content)) for content in sent.values())


def _shape(desk: Desk, edition: EditionId, letter: str) -> None:
    with desk.house.store.read() as work:
        found = work.resources.newest(1)[0].resource.id
    decide = desk.house.curate.decide
    decide(edition, Act.LETTER, letter, resource=None, by="mira")
    decide(edition, Act.PIN, "yes", resource=ResourceId(found), by="mira")
    decide(edition, Act.SUBJECT, "Wet = wetter — ü", resource=None, by="mira")


def _preview(desk: Desk, edition: EditionId, address: str) -> bytes:
    house = desk.house
    with house.store.read() as work:
        record = work.editions.get(edition)
        assert record
        shown = house.preview.edition(work, record)
    persona: Persona = house.preview.persona("weekly", address)
    letter = house.preview.letter(record, shown, desk.clock.now(), persona)
    return letter[0].body


def _sent(folder: Path) -> dict[str, bytes]:
    """The newest letter to each reader."""
    found = {}
    for file in sorted(
        (folder / "var" / "outbox").glob("*.eml"), key=lambda f: f.stat().st_mtime_ns
    ):
        content = file.read_bytes()
        message = BytesParser(policy=policy.default).parsebytes(content)
        found[str(message["To"]).strip("<>")] = content
    return found


def _flat(content: bytes) -> bytes:
    """Without the soft line breaks of quoted-printable, where a link may be cut."""
    return content.replace(b"\r\n", b"\n").replace(b"=\n", b"")


def _neutral(content: bytes) -> bytes:
    return _TOKEN.sub(rb"\1", _OWN.sub(b"", _flat(content)))
