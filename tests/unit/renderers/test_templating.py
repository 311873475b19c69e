"""Finding and rendering templates."""

from __future__ import annotations

from pathlib import Path

import pytest

from digest.errors import RenderError
from digest.renderers.templating import Templates, environment
from tests.builders import a_site


def templates(root: Path, **files: str) -> Templates:
    """A site whose own templates are these; in names ``__`` stands for the dot."""
    folder = root / "templates" / "own"
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)
    return environment(root, a_site())


def test_a_site_replaces_a_template_by_its_own(tmp_path: Path) -> None:
    """The site's folder comes before what is shipped."""
    own = tmp_path / "templates" / "page" / "missing.html"
    own.parent.mkdir(parents=True)
    own.write_text("Nothing at {{ site.name }}")
    assert environment(tmp_path, a_site()).render("page/missing.html") == "Nothing at Riverbank"


def test_a_missing_template_says_where_it_was_looked_for(tmp_path: Path) -> None:
    """The error names the template and every folder."""
    with pytest.raises(RenderError, match=rf"no template own/x.html; looked in {tmp_path}"):
        environment(tmp_path, a_site()).render("own/x.html")


def test_a_syntax_error_names_template_and_line(tmp_path: Path) -> None:
    """An unclosed tag is found by its line."""
    made = templates(tmp_path, a__html="one\n{% if x %}\ntwo")
    with pytest.raises(RenderError, match=r"template own/a.html, line 3: "):
        made.render("own/a.html", x=1)


def test_an_unknown_name_is_an_error_with_its_line(tmp_path: Path) -> None:
    """A misspelt variable does not become nothing; an included file is named as itself."""
    made = templates(
        tmp_path, a__html="one\n{% include 'own/b.html' %}", b__html="two\n\n{{ tilte }}"
    )
    with pytest.raises(RenderError, match=r"template own/b.html, line 3: 'tilte' is undefined"):
        made.render("own/a.html")


@pytest.mark.parametrize(
    ("name", "written"),
    [("html", "&lt;b&gt;"), ("xml", "&lt;b&gt;"), ("html.j2", "&lt;b&gt;"), ("txt", "<b>")],
)
def test_all_but_plain_text_is_escaped(tmp_path: Path, name: str, written: str) -> None:
    """Markup in a value stays text, whatever the template's name ends with."""
    made = templates(tmp_path, **{f"a__{name}": "{{ value }}"})
    assert made.render(f"own/a.{name}", value="<b>") == written


def test_no_value_brings_what_xml_cannot_carry(tmp_path: Path) -> None:
    """Control characters, lone surrogates and direction overrides never leave a template."""
    made = templates(tmp_path, a__html="{{ value }}", a__txt="{{ value }}")
    value = "a\x00b\x0bc\ud800d\u202ee"
    assert made.render("own/a.html", value=value) == "ab cde"
    assert made.render("own/a.txt", value=value) == "ab cde"


def test_an_accent_that_is_no_colour_is_one_clear_error() -> None:
    """A wrong colour is told before anything is rendered."""
    with pytest.raises(RenderError, match="accent of the site"):
        environment(None, a_site(accent="bleu"))


def test_the_style_sheets_address_changes_with_its_content() -> None:
    """Browsers may keep the sheet for long, since another one has another address."""
    first, second = (
        environment(None, a_site(accent=accent)).render("page/missing.html")
        for accent in ("#1a4f8b", "#8b1a1a")
    )
    assert first != second
