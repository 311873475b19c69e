from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.collectors.page import Page
from digest.collectors.wordpress import WordPressCollector, WordPressOptions
from digest.config import read_options
from digest.core.source import Bookmark, Harvest, Source
from digest.errors import ConfigError, FetchError, ParseError
from tests.builders import MONDAY
from tests.fakes import FakeWeb

SITE = "https://grants.example.org"


def a_post(number: int = 1, **over: object) -> dict[str, object]:
    return {
        "id": number,
        "link": f"{SITE}/{number}/",
        "title": {"rendered": "Weirs &#8211; round four"},
        "excerpt": {"rendered": "<p>Who may apply, and until when [&hellip;]</p>\n"},
        "date_gmt": "2026-10-01T08:00:00",
        "modified_gmt": f"2026-10-{number:02}T09:00:00",
        "_embedded": {
            "wp:term": [
                [{"name": "Calls &amp; grants", "taxonomy": "kind", "slug": "calls"}],
                [{"name": "Rivers", "taxonomy": "post_tag", "slug": "rivers"}],
                [{"name": "Uncategorized", "taxonomy": "category", "slug": "uncategorized"}],
            ]
        },
        **over,
    }


class FakeSite:
    """Answers as WordPress does, two posts a page."""

    def __init__(self, *posts: dict[str, object], link_header: bool = False) -> None:
        self.posts = posts
        self.asked: list[dict[str, str]] = []
        self.paths: list[str] = []
        self._link_header = link_header

    def fetch(
        self,
        url: str,
        *,
        etag: str = "",
        last_modified: str = "",
        accept: str = "*/*",
        max_size: int | None = None,
    ) -> Page:
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        self.asked.append(query)
        self.paths.append(urlsplit(url).path)
        after = query.get("modified_after", "")
        posts = [post for post in self.posts if str(post["modified_gmt"]) > after]
        number, pages = int(query["page"]), -(-len(posts) // 2)
        body = json.dumps(posts[2 * number - 2 : 2 * number]).encode()
        if self._link_header:
            return Page(url, body, next_url=f"{SITE}/?page=9" if number < pages else "")
        return Page(url, body, headers={"x-wp-totalpages": str(pages)})


def collect(web: FakeSite | FakeWeb, bookmark: Bookmark | None = None, **over: object) -> Harvest:
    options = WordPressOptions.model_validate({"url": SITE, "labels": ("kind",), **over})
    source = Source("s", "S", "wordpress")
    return WordPressCollector(source, options, web, Path()).collect(bookmark or Bookmark(), MONDAY)


def test_a_post_is_read_as_people_see_it() -> None:
    """Entities are characters, the cut-off mark is gone, taxonomies are labels or tags."""
    post = collect(FakeSite(a_post())).sightings[0]
    assert (post.key, post.title) == ("1", "Weirs \u2013 round four")
    assert post.summary == "Who may apply, and until when"
    assert (post.labels, post.tags) == (("Calls & grants",), ("Rivers",))
    assert str(post.published) == "2026-10-01T08:00:00Z"


@pytest.mark.parametrize("link_header", [True, False])
def test_all_pages_are_read(*, link_header: bool) -> None:
    """Whether the site counts its pages or links to the next one."""
    site = FakeSite(*map(a_post, range(1, 6)), link_header=link_header)
    assert len(collect(site).sightings) == 5
    assert [asked["page"] for asked in site.asked] == ["1", "2", "3"]


def test_no_more_pages_than_allowed_are_read() -> None:
    """A large archive is not read whole."""
    site = FakeSite(*map(a_post, range(1, 6)))
    assert len(collect(site, max_pages=2).sightings) == 4


def test_the_first_time_the_newest_come_first() -> None:
    """Where the archive is longer than ``max_pages``, the old end is left out."""
    site = FakeSite(a_post())
    collect(site)
    assert (site.asked[0]["orderby"], site.asked[0]["order"]) == ("date", "desc")


def test_later_only_changes_are_asked_for() -> None:
    """Since the last change seen, a little before it, the oldest change first."""
    site = FakeSite(*map(a_post, range(1, 6)))
    first = collect(site)
    again = collect(site, first.bookmark)
    assert site.asked[-1]["modified_after"] == "2026-10-05T08:50:00Z"
    assert (site.asked[-1]["orderby"], site.asked[-1]["order"]) == ("modified", "asc")
    assert [sighting.key for sighting in again.sightings] == ["5"]


def test_a_change_in_the_far_future_hides_nothing() -> None:
    """One wrong clock would otherwise stop the source for ever."""
    site = FakeSite(a_post(1), a_post(2, modified_gmt="9999-01-01T00:00:00"))
    collect(site, collect(site).bookmark)
    assert site.asked[-1]["modified_after"] == "2026-10-01T08:50:00Z"


@pytest.mark.parametrize(
    ("url", "path"),
    [
        (SITE, "/wp-json/wp/v2/calls"),
        (f"{SITE}/blog/", "/blog/wp-json/wp/v2/calls"),
        (f"{SITE}/wp-json/wp/v2/other", "/wp-json/wp/v2/other"),
        (f"{SITE}/?rest_route=/wp/v2/other", "/"),
    ],
)
def test_site_and_endpoint_are_both_understood(url: str, path: str) -> None:
    """People copy either."""
    site = FakeSite(a_post())
    collect(site, url=url, type="calls")
    assert site.paths == [path]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("<html>", "no JSON"),
        ('{"message": "No <b>route</b> was found"}', "No route was found"),
        ("7", "no list of items"),
        ("[" * 100_000, "no JSON"),
    ],
)
def test_an_answer_that_is_not_wordpress_is_told(body: str, says: str, tmp_path: Path) -> None:
    """With what the site itself says of it."""
    (tmp_path / "answer.json").write_text(body)
    options = WordPressOptions(path="answer.json")
    collector = WordPressCollector(Source("s", "S", "wordpress"), options, FakeWeb(), tmp_path)
    with pytest.raises(ParseError, match=says):
        collector.collect(Bookmark(), MONDAY)


def test_a_site_out_of_order_is_told() -> None:
    """The error is the fetcher's."""
    with pytest.raises(FetchError, match="404"):
        collect(FakeWeb())


JSON = st.recursive(
    st.none() | st.text() | st.integers(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.sampled_from([*a_post(), "rendered", "wp:term", "slug"]), inner)
    ),
)


@given(st.lists(JSON, min_size=1, max_size=3))
def test_posts_of_any_shape_spoil_no_other(posts: list[object]) -> None:
    """Each one becomes a sighting or a reject."""
    web = FakeWeb()
    url = f"{SITE}/x"
    web.fetch = lambda *_, **__: Page(url, json.dumps([*posts, a_post(99)]).encode())  # type: ignore[method-assign] # any address
    harvest = collect(web)
    assert len(harvest.sightings) + len(harvest.rejects) == len(posts) + 1
    assert f"{SITE}/99/" in {sighting.url for sighting in harvest.sightings}


def test_a_type_with_a_slash_is_refused() -> None:
    """It would lead to another endpoint."""
    with pytest.raises(ConfigError, match="type"):
        read_options(WordPressOptions, {"url": SITE, "type": "../users"}, file="c", key="s")
