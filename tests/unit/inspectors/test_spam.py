"""What SpamAssassin says, read."""

from __future__ import annotations

from pathlib import Path

import pytest

from digest.config import ChecksSettings
from digest.errors import InspectionError
from digest.inspectors.spam import SpamInspector, read
from tests.fakes import FakeWeb
from tests.proofing import a_proof

REPORT = """\
X-Spam-Level: ******
Content analysis details:   (6.1 points, 5.0 required)

 pts rule name              description
---- ---------------------- --------------------------------------------------
 0.1 MIME_HTML_ONLY         BODY: Message only has text/html MIME parts
 2.5 SUBJ_ALL_CAPS          Subject is all capitals
-0.0 NO_RELAYS              Informational: message was not relayed via SMTP
 3.5 MONEY_BACK             BODY: Money back guarantee
"""


def a_program(folder: Path, says: str) -> str:
    """A stand-in for the real program: it takes the letter and prints a report."""
    program = folder / "spamassassin"
    program.write_text(f"#!/bin/sh\ncat >/dev/null\ncat <<'END'\n{says}\nEND\n", "utf-8")
    program.chmod(0o755)
    return str(program)


def an_inspector(program: str) -> SpamInspector:
    return SpamInspector(ChecksSettings(), FakeWeb(), Path(), program)


def test_a_report_is_read() -> None:
    """Score, limit, and what each rule cost."""
    verdict = read(REPORT)

    assert (verdict.score, verdict.limit) == (6.1, 5.0)
    assert verdict.rules[1] == (2.5, "SUBJ_ALL_CAPS", "Subject is all capitals")
    assert len(verdict.rules) == 4


def test_what_costs_much_is_told_beside_a_score_that_is_too_high(tmp_path: Path) -> None:
    """The score itself counts; a single rule only explains it."""
    found = list(an_inspector(a_program(tmp_path, REPORT)).find(a_proof()))

    assert [(one.what, one.mild) for one in found] == [
        ("SpamAssassin takes it for spam: 6.1 of 5.0 points", False),
        ("2.5 points for SUBJ_ALL_CAPS: Subject is all capitals", True),
        ("3.5 points for MONEY_BACK: BODY: Money back guarantee", True),
    ]


def test_a_low_score_is_no_finding(tmp_path: Path) -> None:
    """Nothing to do."""
    report = "Content analysis details:   (0.0 points, 5.0 required)\n"

    assert list(an_inspector(a_program(tmp_path, report)).find(a_proof())) == []


@pytest.mark.parametrize(
    ("program", "why"),
    [("/no/such/program", "is not installed here"), ("/bin/true", "gave no report")],
)
def test_without_the_program_the_check_is_skipped(program: str, why: str) -> None:
    """With a word that says what is missing."""
    with pytest.raises(InspectionError, match=why):
        list(an_inspector(program).find(a_proof()))
