"""Validate the feeds of a folder: ``python benchmarks/validate_feeds.py DIR``.

Atom and RSS go through the W3C feed validator when ``FEEDVALIDATOR_HOME`` names a checkout of it
(it needs html5lib, lxml and rdflib, best in an environment of its own); JSON Feeds through the
schema that the tests use. Exit code 1 when there is an error or a warning.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import socket
import sys
from pathlib import Path
from typing import Any

SCHEMA = Path(__file__).parent.parent / "tests/golden/render/jsonfeed-1.1.schema.json"
PLACE = "SelfDoesntMatchLocation"
"""Said of any file that is not read from its public address."""


def main() -> int:
    """Print each feed with what is wrong with it."""
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        print("usage: validate_feeds.py DIR", file=sys.stderr)
        return 2
    folder = Path(sys.argv[1])
    home = os.environ.get("FEEDVALIDATOR_HOME")
    faults = 0
    if home:
        faults += sum(_report(file, _w3c(home, file)) for file in sorted(folder.rglob("*.xml")))
    else:
        print("Atom and RSS: skipped, FEEDVALIDATOR_HOME names no checkout of w3c/feedvalidator")
    if importlib.util.find_spec("jsonschema"):
        faults += sum(_report(file, _json(file)) for file in sorted(folder.rglob("feed.json")))
    else:
        print("JSON Feed: skipped, jsonschema is not installed here")
    print(f"{faults} errors and warnings")
    return int(faults > 0)


def _report(file: Path, faults: list[str]) -> int:
    print(f"{'ok  ' if not faults else 'BAD '} {file}")
    for fault in faults:
        print(f"     {fault}")
    return len(faults)


def _w3c(home: str, file: Path) -> list[str]:
    """Errors and warnings; no network is used."""
    source = str(Path(home) / "src")
    if source not in sys.path:
        sys.path.insert(0, source)
    validator: Any = importlib.import_module("feedvalidator")
    kinds: Any = importlib.import_module("feedvalidator.logging")
    # The validator looks up the hosts of addresses; offline that would be a warning each.
    socket.gethostbyname = lambda _host: "127.0.0.1"
    text = file.read_text(encoding="utf-8")
    events = validator.validateString(text, firstOccurrenceOnly=False)["loggedEvents"]
    return [
        f"line {event.params.get('line')}: {type(event).__name__} {event.params}"
        for event in events
        if isinstance(event, kinds.Error | kinds.Warning) and type(event).__name__ != PLACE
    ]


def _json(file: Path) -> list[str]:
    jsonschema: Any = importlib.import_module("jsonschema")
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    feed = json.loads(file.read_text(encoding="utf-8"))
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(feed)]


if __name__ == "__main__":
    raise SystemExit(main())
