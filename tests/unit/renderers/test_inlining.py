"""Inlining CSS into the template's source."""

from __future__ import annotations

import re
import socket

import lxml.html
import pytest
from jinja2 import Environment
from premailer import Premailer

from digest.errors import RenderError
from digest.renderers.inlining import inlined

PAGE = """<!DOCTYPE html>
<html><head><title>{{ title }}</title><style>%s</style>%s</head>
<body>%s</body></html>"""


def page(body: str, css: str = ".card { color: #123456; }", head: str = "") -> str:
    return PAGE % (css, head, body)


def test_rules_become_attributes() -> None:
    """What stands in <style> is on the elements afterwards, and the block is gone."""
    made = inlined(page('<p class="card">{{ x }}</p>'))
    assert '<p class="card" style="color:#123456">{{ x }}</p>' in made
    assert "<style" not in made


def test_a_kept_block_stays_word_for_word() -> None:
    """Media queries keep their !important, without which they lose to the attributes."""
    kept = "@media (max-width: 600px) { .card { color: red !important; } }"
    made = inlined(page("<p></p>", head=f'<style data-premailer="ignore">{kept}</style>'))
    assert f"<style>{kept}</style>" in made


def test_jinja_stays_where_it_stood() -> None:
    """Loops between rows, conditions in text and values in attributes survive in place."""
    body = (
        '<table>{% for row in rows %}<tr><td class="card"><a href="{{ row.url }}?a=1&amp;b">'
        "{% if row.a < 3 %}{{ row.a }}{% endif %}</a></td></tr>{% endfor %}</table>"
    )
    made = inlined(page(body))
    tags = re.findall(r"\{[{%].*?[}%]\}", page(body))
    assert re.findall(r"\{[{%].*?[}%]\}", made) == tags
    assert '<table>{% for row in rows %}<tr><td class="card" style="color:#123456">' in made


def test_site_colours_may_stand_in_the_css() -> None:
    """A value in the CSS is copied wherever its rule applies."""
    made = inlined(page("<p></p><p></p>", css="p { color: {{ accent }}; }"))
    assert made.count('<p style="color:{{ accent }}"></p>') == 2


def test_statements_around_the_document_and_in_its_head_stay() -> None:
    """A part may begin before the doctype and end between head and body."""
    source = "{% part 'a' %}\n" + page("<p></p>", head="{% if x %}<meta name='a'>{% endif %}")
    made = inlined(source.replace("<body>", "{% endpart %}<body>") + "\n{# end #}")
    assert made.startswith("{% part 'a' %}\n<!DOCTYPE html>")
    assert '{% if x %}<meta name="a">{% endif %}</head>{% endpart %}<body>' in made.replace(
        "\n", ""
    )
    assert made.endswith("</html>\n{# end #}")


@pytest.mark.parametrize(
    "body", ["<p {% if x %}class='card'{% endif %}>a</p>", "<p {{ attributes }}>a</p>"]
)
def test_a_tag_between_attributes_is_refused(body: str) -> None:
    """Where HTML cannot keep a tag, the error names it."""
    with pytest.raises(RenderError, match="cannot stay where it stands"):
        inlined(page(body), "email/x/body.html")


def test_a_tag_that_the_parser_drops_is_refused() -> None:
    """libxml2 drops what is nested deeper than 256 elements; the footer must not go with it."""
    with pytest.raises(RenderError, match=r"unsubscribe .* cannot stay where it stands"):
        inlined(page("<div>" * 300 + "{{ unsubscribe }}" + "</div>" * 300))


def test_a_source_without_a_document_is_refused() -> None:
    """A fragment has no place for what stands around it."""
    with pytest.raises(RenderError, match="expected <html>"):
        inlined("<p>hello</p>")


def test_no_address_in_the_css_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    """@import and linked sheets reach neither the network nor the disk."""
    asked: list[object] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **_: asked.append(args))
    head = '<link rel="stylesheet" href="http://127.0.0.1:9/a.css">'
    css = '@import "http://127.0.0.1:9/b.css"; @import url("file:///etc/hostname"); p {color:red}'
    assert '<p style="color:red">' in inlined(page("<p></p>", css=css, head=head))
    assert asked == []


@pytest.mark.parametrize("items", [0, 1, 50, 200])
def test_inlining_first_gives_the_same_document_as_inlining_last(items: int) -> None:
    """Rendering the inlined template equals inlining the rendered one, element by element."""
    body = (
        '<div class="card">{% for n in range(items) %}<p class="card" id="n{{ n }}">'
        '<a href="https://example.org/{{ n }}">{{ n }} &amp; more</a></p>{% endfor %}</div>'
    )
    source = page(body, css=".card { color: #123; } .card a { color: red; } p { margin: 0; }")
    jinja = Environment(autoescape=True)
    first = jinja.from_string(inlined(source)).render(title="t", items=items)
    rendered = jinja.from_string(source).render(title="t", items=items)
    last = Premailer(
        rendered, disable_basic_attributes=["width"], align_floating_images=False,
        disable_leftover_css=True,
    ).transform(pretty_print=False)  # fmt: skip
    assert elements(first) == elements(last)


def elements(document: str) -> list[tuple[str, dict[str, str], str]]:
    tree = lxml.html.fromstring(document)
    return [(str(e.tag), dict(e.attrib), (e.text or "").strip()) for e in tree.iter()]
