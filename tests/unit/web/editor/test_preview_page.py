"""The preview in all its ways, and the addresses of its frames."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from digest.core.account import Role
from digest.core.edition import EditionId
from digest.web.capability import LASTS, Glimpse, opened, token
from digest.web.glimpses import as_seen
from subscribers import State
from tests.builders import MONDAY
from tests.desk import Browser, Desk

KEY = b"k" * 32


@pytest.fixture
def editor(desk: Desk) -> Browser:
    """A draft of two themes with a letter, a reader of one of them, and an editor."""
    desk.note("A flood & a half", text="Wet.")
    desk.note("The otter under the bridge")
    desk.house.collect("library", now=True)
    desk.house.ahead("weekly")
    desk.house.people.add("ada@example.org", {"weekly": ("fish",)}, how="test")
    editor = desk.signed_in("mira", Role.EDITOR)
    editor.does("drafts/1/letter/", letter="Dear *all*,")
    return editor


def look(editor: Browser, query: str = "") -> str:
    return editor.get(f"drafts/1/preview/{query}").text


def framed(editor: Browser, query: str = "", name: str = "") -> tuple[str, dict[str, str]]:
    """What stands in the frame of a preview, fetched without any cookie, and its headers."""
    found = re.search(r'src="(/preview/[^"]+)"', look(editor, query))
    assert found
    address = found[1].replace("letter.html", name) if name else found[1]
    editor.client.cookies.clear()
    answer = editor.client.get(address)
    return answer.text, dict(answer.headers)


@pytest.mark.parametrize(
    ("mode", "says"),
    [
        ("text", "The otter under the bridge"),
        ("reading", "h1"),
        ("headers", "List-Unsubscribe-Post"),
        ("source", "&lt;!DOCTYPE html&gt;"),
        ("feed", "srcdoc="),
        ("changes", "What editors changed"),
    ],
)
def test_each_way_of_looking_shows_what_it_says(editor: Browser, mode: str, says: str) -> None:
    """On the page itself, escaped."""
    assert says in look(editor, f"?mode={mode}")


def test_the_frame_holds_the_letter_itself(desk: Desk, editor: Browser) -> None:
    """Byte for byte what the renderer makes, under a policy that lets nothing run or leave."""
    html, headers = framed(editor, "?scheme=own")
    with desk.house.store.read() as work:
        record = desk.house.ahead("weekly")
        edition = desk.house.preview.edition(work, record)
        made = desk.house.preview.letter(record, edition, desk.clock.now())
    assert html == next(a.body.decode() for a in made if a.path == "letter.html")
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert policy.endswith("sandbox")
    assert headers["cache-control"] == "no-store"


def test_the_frame_shows_light_or_dark_whatever_the_browser_likes(editor: Browser) -> None:
    """Only the conditions change."""
    dark, _ = framed(editor, "?scheme=dark")
    assert "@media all" in dark
    assert 'name="color-scheme" content="dark"' in dark
    assert as_seen(b"@media (prefers-color-scheme: dark) {}", "light") == b"@media not all {}"
    assert as_seen(b"anything", "own") == b"anything"


def test_pictures_can_be_turned_off(editor: Browser) -> None:
    """By the policy, so that nothing is fetched."""
    _, headers = framed(editor, "?images=off")
    assert "img-src 'none'" in headers["content-security-policy"]


def test_the_web_page_stands_in_the_frame_with_its_style(editor: Browser) -> None:
    """On the same kind of address."""
    page, _ = framed(editor, "?mode=page")
    assert "<em>all</em>" in page
    style = re.search(r'href="\.\./\.\./(style/site\.css)', page)
    assert style


def test_a_reader_of_some_themes_or_a_real_one_is_shown_their_letter(
    desk: Desk, editor: Browser
) -> None:
    """The real one by number, whose links open nothing."""
    assert "otter" not in look(editor, "?mode=text&theme=floods")
    answer = editor.post("drafts/1/preview/reader", address="ada@example.org")
    where = answer.headers["location"].partition("?")[2]
    assert "ada" not in where
    text = look(editor, f"?mode=text&{where}")
    assert "ada@example.org" in text
    assert "otter" in text
    assert "half" not in text
    for link in re.findall(r"http://digest\.example\.org/(?:preferences|unsubscribe)/\S+", text):
        editor.client.post(link, data={"leave": "1"})
    assert desk.house.people.show("ada@example.org").subscriber.state is State.ACTIVE


def test_a_reader_is_not_shown_to_who_may_only_look(desk: Desk, editor: Browser) -> None:
    """Whose letter it is stands in it."""
    viewer = desk.signed_in("vic", Role.VIEWER)
    assert "ada@example.org" not in look(viewer, "?mode=text&reader=1")
    assert viewer.post("drafts/1/preview/reader", address="ada@example.org").status_code == 403


def test_who_gets_no_letter_is_told(editor: Browser) -> None:
    """Nobody of that address, or no subscriber."""
    answer = editor.post("drafts/1/preview/reader", address="nobody@example.org")
    assert answer.status_code in {404, 409, 422}


@pytest.mark.parametrize(
    "glimpse",
    [Glimpse(EditionId(3)), Glimpse(EditionId(3), ("a", "b")), Glimpse(EditionId(3), reader=7)],
)
def test_an_address_opens_what_it_says_for_a_while(glimpse: Glimpse) -> None:
    """Then nothing; and nothing that was changed, or of another site."""
    made = token(KEY, glimpse, MONDAY)
    assert opened(KEY, made, MONDAY) == glimpse
    assert opened(KEY, made, MONDAY + LASTS + timedelta(minutes=1)) is None
    assert opened(b"o" * 32, made, MONDAY) is None
    for place in (0, len(made) // 2, len(made) - 1):
        other = "A" if made[place] != "A" else "B"
        changed = made[:place] + other + made[place + 1 :]
        assert opened(KEY, changed, MONDAY) in {None, glimpse}  # spare bits of the last letter
    assert opened(KEY, "", MONDAY) is None
    assert opened(KEY, "é!", MONDAY) is None


def test_a_frame_that_is_over_says_so(desk: Desk, editor: Browser) -> None:
    """With 404, whatever comes after it in the address."""
    made = token(desk.house.store.key(), Glimpse(EditionId(1)), desk.clock.now() - 2 * LASTS)
    assert editor.client.get(f"/preview/{made}/own/letter.html").status_code == 404
    fresh = token(desk.house.store.key(), Glimpse(EditionId(1)), desk.clock.now())
    for path in ("own/none.html", "pink/letter.html", "own/site/../../../etc/passwd"):
        assert editor.client.get(f"/preview/{fresh}/{path}").status_code == 404
