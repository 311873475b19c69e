"""Validate the feeds of a folder: ``python benchmarks/validate_feeds.py DIR``.

Atom and RSS go through the W3C feed validator when ``FEEDVALIDATOR_HOME`` names a checkout of it
(it needs html5lib, lxml and rdflib, best in an environment of its own); JSON Feeds through the
schema that the tests use. Exit code 1 when there is an error; a warning is only shown.
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
    faults: list[str] = []
    if home:
        for file in sorted(folder.rglob("*.xml")):
            faults += _report(file, _w3c(home, file))
    else:
        print("Atom and RSS: skipped, FEEDVALIDATOR_HOME names no checkout of w3c/feedvalidator")
    if importlib.util.find_spec("jsonschema"):
        for file in sorted(folder.rglob("feed.json")):
            faults += _report(file, _json(file))
    else:
        print("JSON Feed: skipped, jsonschema is not installed here")
    errors = sum(fault.startswith("error") for fault in faults)
    print(f"{errors} errors, {len(faults) - errors} warnings")
    return int(errors > 0)


def _report(file: Path, faults: list[str]) -> list[str]:
    print(f"{'ok  ' if not faults else 'BAD '} {file}")
    for fault in faults:
        print(f"     {fault}")
    return faults


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
        f"{'error' if isinstance(event, kinds.Error) else 'warning'}: line "
        f"{event.params.get('line')}: {type(event).__name__} {event.params.get('value', '')}"
        for event in events
        if isinstance(event, kinds.Error | kinds.Warning) and type(event).__name__ != PLACE
    ]


def _json(file: Path) -> list[str]:
    jsonschema: Any = importlib.import_module("jsonschema")
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    feed = json.loads(file.read_text(encoding="utf-8"))
    return [f"error: {error.json_path}: {error.message}" for error in validator.iter_errors(feed)]


if __name__ == "__main__":
    raise SystemExit(main())
