from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from digest.collectors.feed import FeedCollector, FeedOptions
from digest.core.source import Bookmark, Sighting, Source
from tests.builders import MONDAY
from tests.fakes import FakeWeb

HERE = Path(__file__).parent
PAIRS = [
    ("awkward.rss", "awkward.json"),
    ("relative.atom", "relative.json"),
    ("broken.rss", "broken.json"),
    ("items.feed.json", "items.json"),
]
OURS = {"source", "seen_at", "raw"}


def _said(sighting: Sighting) -> dict[str, Any]:
    """What the source said, without what is empty and what is ours."""
    said = {name: value for name, value in asdict(sighting).items() if value and name not in OURS}
    said["published"] = str(sighting.published or "")
    lists = {
        name: list(value) if isinstance(value, tuple) else value for name, value in said.items()
    }
    return {name: value for name, value in lists.items() if value}


@pytest.mark.parametrize(("feed", "expected"), PAIRS)
def test_a_feed_gives_exactly_what_a_person_reads_in_it(feed: str, expected: str) -> None:
    """Good, awkward and broken feeds, word for word."""
    collector = FeedCollector(Source("s", "S", "feed"), FeedOptions(path=feed), FakeWeb(), HERE)
    harvest = collector.collect(Bookmark(), MONDAY)
    wanted = json.loads((HERE / expected).read_text("utf-8"))
    assert [_said(sighting) for sighting in harvest.sightings] == wanted["sightings"]
    assert [[reject.key, reject.reason] for reject in harvest.rejects] == wanted["rejects"]
