"""Hostile feeds go the whole way: each title becomes a subject, a headline and a feed entry."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from pathlib import Path

import feedparser
import pytest
from click.testing import CliRunner
from lxml import html

from digest.cli.main import cli
from tests.bulk_sender import faults, parsed
from tests.local_web import LocalWeb, gives

pytestmark = pytest.mark.enable_socket

_CONFIG = """\
[site]
name = "Riverbank"
url = "https://digest.example.org"
contact = "editors@example.org"
postal_address = "7 Weir Lane, Berlin"

[collect]
allow_private = ["127.0.0.1"]

[mail]
from_address = "digest@example.org"
from_name = "Riverbank"
bounce_address = "bounces@example.org"
"""

_SOURCE = '[[sources]]\nname = "{name}"\nkind = "feed"\nurl = "{url}"\n'
_THEME = '[[themes]]\nslug = "{slug}"\ntitle = "Theme {slug}"\ntags = ["{slug}"]\n'
_NEWSLETTER = '[[newsletters]]\nslug = "{slug}"\ntitle = "Letter {slug}"\nthemes = [{themes}]\n'

_RAW = {
    "fine-first": b"Fine first",
    "control": b"control \x01\x02\x1b[31m red",
    "nul": b"nul \x00 here",
    "breaks": b"breaks\r\nBcc: victim@example.org\r\n\r\nand a body",
    "half-pair": b"half a pair &#xD800; of surrogates",
    "built": b"built &#xD8&#0;00; of pieces",
    "entity": b"entity &nbsp;&bogus; unknown",
    "bytes": b"no \xff\xfe UTF-8",
    "markup": b"<script>alert(1)</script> in markup",
    "cdata": b"]]&gt; <![CDATA[<script>alert(2)</script>]]>",
    "fine-last": b"Fine last",
}
"""Titles as bytes of an RSS feed, by theme."""

_SAID = {
    "word": "=?utf-8?q?a=0D=0ABcc=3A_victim@example.org?=",
    "shown": "<script>alert(3)</script> shown as text",
    "turned": "turned \u202e around \u2066 and \u200f back",
    "template": "{{7*7}} {% raise %} ${7*7} #{7} %(x)s {0}",
    "long": "long " * 200_000,
    "unbroken": "u" * 1_000_000,
    "dots": ".\r\n.\r\nQUIT",
    "half": "half \ud800 a pair, and \x00",
    "emoji": "\U0001f30a" * 90,
    "combining": "Z" + "\u0351" * 500,
    "cr": "a\rSubject: other\x0b\x0c\x85\u2028Bcc: victim@example.org",
    "from": "From: <boss@example.org>",
    "fine-json": "Fine too",
}
"""Titles as JSON says them, by theme."""

_THEMES = [*_RAW, *_SAID]

_UNUSABLE = (
    b"<item><guid>1</guid><title></title><link>https://bad.example/untitled</link></item>"
    b"<item><title>No link</title></item>"
    b"<item><guid>3</guid><title>Script</title><link>javascript:alert(1)</link></item>"
    b"<item><guid>4</guid><title>Link to a file</title><link>file:///etc/passwd</link></item>"
)

_ODD = (
    b"<item><guid>same</guid><title>One of two</title><link>https://a.example/1</link></item>"
    b"<item><guid>same</guid><title>Two of two</title><link>https://a.example/2</link></item>"
    b"<item><guid>5</guid><title>Bad date</title><link>https://a.example/3</link>"
    b"<pubDate>the 45th of Nevuary</pubDate></item>"
    b"<item><guid>6</guid><title>Spaces</title><link>https://a.example/a b?c=d e</link></item>"
)


def _rss() -> bytes:
    today = format_datetime(datetime.now(UTC))
    items = (
        b"<item><guid>%b</guid><title>%b</title><link>https://r.example/%b</link>"
        b"<category>%b</category><description>&lt;img src=x onerror=alert(4)&gt; All of it."
        b"</description><pubDate>%b</pubDate></item>"
        % (slug.encode(), title, slug.encode(), slug.encode(), today.encode())
        for slug, title in _RAW.items()
    )
    head = b'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>R</title>'
    return head + b"".join(items) + _ODD + _UNUSABLE + b"</channel></rss>"


def _json_feed() -> bytes:
    today = {"date_published": datetime.now(UTC).isoformat()}
    items: list[object] = [
        {"id": slug, "url": f"https://j.example/{slug}", "title": title, "tags": [slug], **today}
        for slug, title in _SAID.items()
    ]
    broken = [7, None, {"id": ["x"], "url": {"a": 1}, "title": 3}]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": items + broken}
    return json.dumps(feed).encode()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site that ran once: a newsletter for each title, one for all, a reader of everything."""
    folder = tmp_path_factory.mktemp("hostile")
    with LocalWeb({"/rss": gives(_rss()), "/json": gives(_json_feed())}) as web:
        parts = [_SOURCE.format(name=kind, url=web.url(f"/{kind}")) for kind in ("rss", "json")]
        parts += [_THEME.format(slug=slug) for slug in _THEMES]
        parts += [_NEWSLETTER.format(slug=slug, themes=f'"{slug}"') for slug in _THEMES]
        parts += [_NEWSLETTER.format(slug="everything", themes="")]
        (folder / "config.toml").write_text(_CONFIG + "".join(parts))
        wishes = [f"--newsletter={slug}" for slug in (*_THEMES, "everything")]
        _done(folder, "subscribers", "add", "ada@example.net", "--how", "asked", *wishes)
        _done(folder, "run", "--now")
    return folder


def _done(site: Path, *words: str) -> str:
    result = CliRunner().invoke(cli, ["--config", str(site / "config.toml"), *words])
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def _letters(site: Path) -> list[bytes]:
    return [file.read_bytes() for file in sorted((site / "var" / "outbox").glob("*.eml"))]


def test_every_letter_passes_as_bulk_mail(site: Path) -> None:
    """Each title is the subject of a letter, and not one breaks a rule of bulk mail."""
    letters = _letters(site)

    assert len(letters) == len(_THEMES) + 1
    assert [faults(letter, datetime.now(UTC)) for letter in letters] == [[]] * len(letters)


def test_every_feed_is_well_formed(site: Path) -> None:
    """A feed reader finds nothing to forgive."""
    feeds = list((site / "public").rglob("*.xml"))

    assert len(feeds) > 2 * len(_THEMES)
    assert [feed for feed in feeds if feedparser.parse(feed.read_bytes()).bozo] == []
    for feed in (site / "public").rglob("*.json"):
        assert json.loads(feed.read_bytes())["items"] is not None


def test_no_item_costs_another(site: Path) -> None:
    """What can be used is there, whatever stands beside it; only what is unusable is not."""
    resources = json.loads(_done(site, "resources", "list", "--limit", "99", "--json"))

    known = {resource["url"].rpartition("/")[2] for resource in resources}
    assert known >= {*_THEMES}
    titles = {resource["title"] for resource in resources}
    assert titles >= {"Fine first", "Fine last", "Fine too", "One of two", "Two of two"}
    assert titles >= {"Bad date", "Spaces", "entity &bogus; unknown"}
    assert not titles & {"No link", "Script", "Link to a file"}


def test_the_fine_items_stand_in_the_letter_of_everything(site: Path) -> None:
    """Text and HTML both hold each of them, beside all that is hostile."""
    (letter,) = [each for each in map(parsed, _letters(site)) if "<everything." in each["List-Id"]]

    for kind in ("plain", "html"):
        body = letter.get_body((kind,))
        assert body is not None
        content = body.get_content()
        assert all(title in content for title in ("Fine first", "Fine last", "Fine too"))
        assert "{{7*7}}" in content


def test_no_page_and_no_letter_runs_what_a_feed_says(site: Path) -> None:
    """Markup in titles is text; there is no script and no handler of events but our own."""
    pages = [file.read_bytes() for file in (site / "public").rglob("*.html")]
    for letter in map(parsed, _letters(site)):
        body = letter.get_body(("html",))
        assert body is not None
        pages.append(body.get_content().encode())

    for page in pages:
        document = html.fromstring(page)
        scripts = document.xpath("//script/text() | //@*[starts-with(name(), 'on')]")
        assert not [each for each in scripts if "alert" in each]
        assert not document.xpath("//a[starts-with(@href, 'javascript:')]")
    assert any(escape("<script>alert(3)</script>").encode() in page for page in pages)


def test_a_second_run_sends_nothing(site: Path) -> None:
    """What is hostile is known again by what it was the first time."""
    before = _letters(site)

    _done(site, "editions", "send", "1")

    assert _letters(site) == before
