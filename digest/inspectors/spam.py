"""Ask SpamAssassin, where it is installed, without the network."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import which

from digest.config import ChecksSettings
from digest.core.checks.finding import Finding
from digest.core.checks.proof import Proof
from digest.errors import InspectionError
from digest.ports import Web

_SCORE = re.compile(r"\((-?[\d.]+) points, (-?[\d.]+) required\)")
_RULE = re.compile(r"^ *(-?\d+\.\d+) +([A-Z][A-Z0-9_]+) +(.*)$")
_WORTH = 0.5
"""Points from which a rule is worth a word."""

_MOST_SAID = 20_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What SpamAssassin says.

    Attributes:
        limit: from this score on it is taken for spam.
        rules: points, name and meaning of each rule that it broke.
    """

    score: float
    limit: float
    rules: tuple[tuple[float, str, str], ...]


class SpamInspector:
    """Runs ``spamassassin -L -t`` over the letter."""

    title = "Spam score"
    why = "Who runs SpamAssassin, or a filter like it, files the letter as spam."

    def __init__(
        self, settings: ChecksSettings, _web: Web, _root: Path, program: str = "spamassassin"
    ) -> None:
        self._program = program
        self._timeout = settings.timeout.total_seconds()

    def find(self, proof: Proof) -> Iterator[Finding]:
        """Tell the score if it is too high, and each rule that cost much."""
        verdict = read(self._said(proof.message))
        if verdict.score >= verdict.limit:
            what = f"SpamAssassin takes it for spam: {verdict.score} of {verdict.limit} points"
            yield Finding(what, "the whole letter", "mend what the rules below name")
        for points, name, meaning in verdict.rules:
            if points >= _WORTH:
                yield Finding(f"{points} points for {name}: {meaning}", mild=True)

    def _said(self, message: bytes) -> str:
        program = which(self._program)
        if program is None:
            raise InspectionError("SpamAssassin is not installed here (apt install spamassassin)")
        try:
            done = subprocess.run(  # noqa: S603 - the letter goes to its standard input, not to a shell
                [program, "-L", "-t"],
                input=message,
                capture_output=True,
                timeout=self._timeout,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise InspectionError("SpamAssassin did not answer in time") from None
        except OSError as error:
            raise InspectionError(f"SpamAssassin cannot be run: {error.strerror}") from error
        return done.stdout[-_MOST_SAID:].decode("utf-8", "replace")


def read(said: str) -> Verdict:
    """Read the report that SpamAssassin puts behind a letter.

    Raises:
        InspectionError: there is none.
    """
    *_, report = said.rpartition("Content analysis details:")
    if not (score := _SCORE.search(report)):
        raise InspectionError("SpamAssassin gave no report")
    rules = (found for line in report.splitlines() if (found := _RULE.match(line)))
    told = tuple((float(points), name, " ".join(why.split())) for points, name, why in
                 (rule.groups() for rule in rules))  # fmt: skip
    return Verdict(float(score[1]), float(score[2]), told)
