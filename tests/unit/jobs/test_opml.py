"""Lists of feeds, in and out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.newsletter import Theme
from digest.errors import ParseError
from digest.jobs.opml import ListedFeed, read, write

THEMES = (Theme("floods", "Floods & rain"), Theme("habitat", "Habitat"))
_TITLES = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=60)


@st.composite
def _feeds(draw: st.DrawFn) -> list[ListedFeed]:
    titles = draw(st.lists(_TITLES, max_size=8))
    return [
        ListedFeed(
            "", title, f"https://feeds.example.org/{n}", draw(st.sampled_from(["", "floods"]))
        )
        for n, title in enumerate(titles)
    ]


@given(_feeds())
def test_what_is_written_is_read_back(feeds: list[ListedFeed]) -> None:
    """Addresses and themes survive; every feed gets a name of its own that can be configured."""
    document = write("A list", feeds, {theme.slug: theme.title for theme in THEMES})

    found = read(document, THEMES, [], []).feeds

    assert {(feed.url, feed.theme) for feed in found} == {(feed.url, feed.theme) for feed in feeds}
    assert len({feed.name for feed in found}) == len(feeds)
    assert all(feed.name.isascii() and feed.name.strip("-") == feed.name for feed in found)


@given(st.binary(max_size=200))
def test_what_is_no_list_is_a_clear_error(document: bytes) -> None:
    """Nothing but the error of this room is raised, whatever comes."""
    with pytest.raises(ParseError, match="the list of feeds is no "):
        read(document, THEMES, [], [])


def test_entities_are_not_expanded() -> None:
    """A document that names a file or a bomb brings neither."""
    document = b"""<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/hostname">]>
    <opml><body><outline text="&x;" xmlUrl="https://a.example.org/"/></body></opml>"""

    (feed,) = read(document, THEMES, [], []).feeds

    assert feed.title == ""


@pytest.mark.parametrize(
    "url", ["", "file:///etc/passwd", "javascript:1", "https://", "https://a b/", "https://[x/"]
)
def test_an_address_off_the_web_is_told(url: str) -> None:
    """It is passed over with its reason, and the others come in."""
    document = f"""<opml><body><outline text="Bad" xmlUrl="{url}"/>
    <outline text="Good" xmlUrl="https://good.example.org/"/></body></opml>"""

    found = read(document.encode(), THEMES, [], [])

    assert [feed.title for feed in found.feeds] == ["Good"]
    assert [title for title, _ in found.unusable] == ["Bad"]


def test_a_source_under_another_spelling_is_known() -> None:
    """Addresses are compared as resources are."""
    document = b'<opml><body><outline text="A" xmlUrl="HTTPS://A.example.org:443/f"/></body></opml>'

    found = read(document, THEMES, [], ["https://a.example.org/f"])

    assert found.feeds == ()
    assert len(found.known) == 1
