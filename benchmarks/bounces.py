"""How well and how fast bounces are read, on a folder of labelled mail.

Run: ``python benchmarks/bounces.py FOLDER``, with FOLDER/mail/*.eml and FOLDER/expected.jsonl: one
object a line with ``file``, ``klass`` (bounce, complaint, autoreply, notbounce), ``want`` (for each
recipient the addresses that are right) and ``permanence``. Without a folder the messages of our own
tests are read, for the speed alone. The yardstick, in the same run, is ``email`` of the standard
library reading the same messages, and what it finds in machine-readable reports.
"""

from __future__ import annotations

import email
import json
import sys
import time
from collections.abc import Callable, Sequence
from email.message import Message
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from digest.core.bounce import read
from tests.returned import a_complaint, a_notice, a_report, an_automatic_answer

_ROUNDS = 3
_GOALS = {"with a recipient": 96, "exactly the right ones": 90, "temporary kept temporary": 90}


def parse(raw: bytes) -> dict[str, Any]:
    """Read one message, in the shape that evaluations of bounce parsers share."""
    report = read(raw)
    told = [(f.address, f.permanence and f.permanence.value) for f in report.failures]
    return {
        "kind": report.sort.value,
        "recipients": [{"address": a, "permanence": p} for a, p in told if a],
        "permanence": next((permanence for _, permanence in told if permanence), None),
    }


def plain(raw: bytes) -> dict[str, Any]:
    """Read one message with the standard library alone."""
    found = []
    for part in email.message_from_bytes(raw).walk():
        blocks = part.get_payload()
        if part.get_content_type() == "message/delivery-status" and isinstance(blocks, list):
            named = [block["final-recipient"] for block in blocks if isinstance(block, Message)]
            found += [str(one).partition(";")[2].strip() for one in named if one]
    recipients = [{"address": address} for address in found]
    return {"kind": "bounce" if found else "none", "recipients": recipients, "permanence": None}


def score(labels: Sequence[dict[str, Any]], got: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Compare what was found with what is right, in percent; false alarms are a number."""
    pairs = list(zip(labels, got, strict=True))
    bounces = [(label, one) for label, one in pairs if label["klass"] == "bounce"]
    labelled = [(label, one) for label, one in bounces if label["want"]]
    temporary = [one for label, one in bounces if label["permanence"] == "temporary"]
    return {
        "with a recipient": _percent([bool(one["recipients"]) for _, one in bounces]),
        "exactly the right ones": _percent([_is_exact(*pair) for pair in labelled]),
        "temporary kept temporary": _percent([o["permanence"] == "temporary" for o in temporary]),
        "false alarms": sum(
            one["kind"] == "bounce"
            for label, one in pairs
            if label["klass"] in {"autoreply", "notbounce"}
        ),
    }


def _percent(right: Sequence[bool]) -> float:
    return 100 * sum(right) / max(1, len(right))


def _is_exact(label: dict[str, Any], one: dict[str, Any]) -> bool:
    got = {recipient["address"].lower() for recipient in one["recipients"]}
    wanted = [set(names) for names in label["want"]]
    return all(got & names for names in wanted) and all(
        any(address in names for names in wanted) for address in got
    )


def speed(parser: Callable[[bytes], object], messages: Sequence[bytes]) -> float:
    """Messages a second, the best of some rounds."""
    best = 0.0
    for _ in range(_ROUNDS):
        start = time.process_time()
        for raw in messages:
            parser(raw)
        best = max(best, len(messages) / (time.process_time() - start))
    return best


def main(folder: Path | None) -> None:
    """Print the figures."""
    labels: list[dict[str, Any]] = []
    messages = [a_report(), a_notice("<a@b.org>: 550 no"), a_complaint(), an_automatic_answer()]
    if folder:
        labels = [json.loads(line) for line in (folder / "expected.jsonl").open(encoding="utf-8")]
        messages = [(folder / "mail" / label["file"]).read_bytes() for label in labels]
    bare, ours = speed(plain, messages), speed(parse, messages)
    print(f"{len(messages):,} messages")
    print(f"{'standard library':28}{bare:10,.0f}/s")
    print(f"{'digest':28}{ours:10,.0f}/s   {ours / bare:5.2f} of the yardstick, goal 500")
    if labels:
        beside = score(labels, [plain(raw) for raw in messages])
        for name, value in score(labels, [parse(raw) for raw in messages]).items():
            goal = f"goal {_GOALS.get(name, 0)}"
            print(f"{name:28}{value:10.1f}   standard library {beside[name]:5.1f}, {goal}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
