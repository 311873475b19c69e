"""``digest resources`` and ``digest explain resource``."""

from __future__ import annotations

from tests.unit.cli.conftest import Desk


def _by_title(desk: Desk, title: str) -> str:
    found = desk.data("resources", "list", "--text", title)
    assert len(found) == 1
    return str(found[0]["id"])


def test_the_list_filters_by_theme(collected: Desk) -> None:
    """Only resources of the theme are shown."""
    shown = collected.data("resources", "list", "--theme", "floods")

    assert {item["title"] for item in shown} == {"What a dike remembers", "Rain on stone"}


def test_a_correction_moves_a_resource_and_is_remembered(collected: Desk) -> None:
    """The theme changes, the reason names the editor, the old filing stays in the history."""
    otter = _by_title(collected, "otter")

    collected.done("resources", "file", otter, "floods", "--by", "Ada")

    shown = collected.data("resources", "show", otter)
    assert shown["theme"] == "floods"
    assert "Ada" in shown["why"]
    assert [filing["theme"] for filing in shown["filings"]] == ["floods", "habitat"]


def test_what_is_hidden_is_in_no_list_until_it_is_back(collected: Desk) -> None:
    """Hiding takes a resource away, undoing brings it back."""
    otter = _by_title(collected, "otter")

    collected.done("resources", "hide", otter)
    hidden = collected.data("resources", "list")
    collected.done("resources", "hide", otter, "--undo")

    assert len(hidden) == 2
    assert len(collected.data("resources", "list")) == 3


def test_an_explanation_says_where_and_why(collected: Desk) -> None:
    """Source, theme with its reason, and what each newsletter makes of it."""
    said = "\n".join(collected.data("explain", "resource", _by_title(collected, "otter"))["why"])

    assert "The desk showed it" in said
    assert 'under Habitat: the source tagged it "Habitat"' in said
    assert "Riverbank Weekly: waits for the next edition" in said
    assert "Riverbank by Hand: not for it, since it does not carry Habitat" in said


def test_an_address_names_a_resource_too(collected: Desk) -> None:
    """A resource is found by any spelling of its address."""
    url = "https://notes.example.org/otter/?utm_source=feed"

    assert "otter" in collected.done("explain", "resource", url)


def test_what_is_hidden_is_explained(collected: Desk) -> None:
    """A hidden resource is in no edition, and the reason is given."""
    otter = _by_title(collected, "otter")
    collected.done("resources", "hide", otter)

    assert "in no edition, since an editor hid it" in collected.done("explain", "resource", otter)
