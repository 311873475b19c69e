"""Letters to single people, from templates."""

from __future__ import annotations

import lxml.html
import pytest

from digest.core.note import NoteBody
from digest.errors import RenderError
from digest.renderers.note import TemplateNoteRenderer
from digest.renderers.templating import environment
from tests.builders import a_site

URL = "https://digest.example.org/confirm/x"
HOSTILE = "<script>x</script>\r\nBcc: v@example.org\u202e"


def confirm(**over: object) -> NoteBody:
    values: dict[str, object] = {"titles": ["The Weekly"], "url": URL, "days": 7, **over}
    return TemplateNoteRenderer(environment(None, a_site())).body("confirm", "en", **values)


def test_a_note_has_its_link_in_both_bodies() -> None:
    """As text and as a button, with the styles inlined."""
    body = confirm()
    assert body.subject == "Please confirm: The Weekly"
    assert URL in body.text
    links = [a.get("href") for a in lxml.html.fromstring(body.html).iter("a")]
    assert links == [URL, URL, "mailto:editors@example.org"]
    assert 'class="button" style="' in body.html


def test_hostile_words_stay_words() -> None:
    """No title brings markup, a header or a change of direction."""
    body = confirm(titles=[HOSTILE])
    assert "\n" not in body.subject
    assert "<script" not in body.html
    assert "\u202e" not in body.subject + body.text + body.html


def test_a_kind_without_templates_is_a_sentence() -> None:
    """It names the file that is missing."""
    renderer = TemplateNoteRenderer(environment(None, a_site()))
    with pytest.raises(RenderError, match=r"email/nothing/subject\.txt"):
        renderer.body("nothing", "en")
