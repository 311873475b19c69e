"""``digest themes``, and what corrections teach."""

from __future__ import annotations

from tests.unit.cli.conftest import Desk


def unfiled(desk: Desk) -> Desk:
    """A note that nothing can place."""
    desk.note("sluice", "The sluice keeper remembers", "Portraits")
    desk.done("collect")
    return desk


def test_the_list_counts_what_stands_and_what_was_taught(collected: Desk) -> None:
    """Every theme with its keywords, resources and lessons; *other* comes last."""
    first = collected.data("resources", "list", "--theme", "floods")[0]
    collected.done("resources", "file", str(first["id"]), "habitat")
    rows = collected.data("themes", "list")
    assert [(row["slug"], row["resources"], row["taught"]) for row in rows] == [
        ("floods", 1, 0),
        ("habitat", 2, 1),
        ("other", 0, 0),
    ]


def test_the_queue_asks_with_suggestions_until_it_is_answered(collected: Desk) -> None:
    """Each names the likeliest themes; `resources file` answers, `--undo` asks again."""
    assert "nothing waits" in collected.done("themes", "queue")
    desk = unfiled(collected)
    queue = desk.data("themes", "queue")
    (item,) = queue["items"]
    assert (queue["count"], item["title"]) == (1, "The sluice keeper remembers")
    assert {guess["theme"] for guess in item["guesses"]} == {"floods", "habitat"}
    said = desk.done("themes", "queue")
    assert "1 resource to file" in said
    assert "digest resources file ID THEME" in said
    desk.done("resources", "file", str(item["id"]), "habitat")
    assert desk.data("themes", "queue")["count"] == 0
    assert "under other" in desk.done("resources", "file", str(item["id"]), "--undo")
    assert desk.data("themes", "queue")["count"] == 1


def test_filing_wants_a_theme_or_an_undo(collected: Desk) -> None:
    """Neither or both is wrong use."""
    for words in ([], ["floods", "--undo"]):
        result = collected.type("resources", "file", "1", *words)
        assert result.exit_code == 2
        assert "expected either the slug of a theme, or --undo" in result.stderr


def test_what_waits_is_explained_with_its_guesses(collected: Desk) -> None:
    """The sentence names the likeliest themes; so does the JSON, as values."""
    collected.change('schedule = "weekly', 'unfiled = "wait"\nschedule = "weekly')
    (item,) = unfiled(collected).data("themes", "queue")["items"]
    found = collected.data("explain", "resource", str(item["id"]))
    said = "\n".join(found["why"])
    assert "under Other: not sure enough to file it" in said
    assert "Riverbank Weekly: waits until an editor files it" in said
    assert found["filing"]["reason"]["rule"] == "to-file"
    assert len(found["filing"]["guesses"]) == 2
    assert "Waiting to be filed" in collected.done("editions", "draft", "weekly")
    assert len(collected.data("editions", "draft", "weekly")["waiting"]) == 1


def test_what_was_learnt_is_checked_and_made_again(collected: Desk) -> None:
    """The check finds no difference, before and after."""
    collected.done("resources", "file", "1", "habitat")
    assert collected.data("themes", "rebuild", "--check") == {"problems": []}
    assert collected.data("themes", "rebuild")["lessons"] == 1
    assert "learnt 1 filing" in collected.done("themes", "rebuild")
    assert "what editors filed" in collected.done("themes", "rebuild", "--check")


def archive(desk: Desk) -> Desk:
    """Notes on something that no theme is about."""
    for number, place in enumerate(("Weston", "Easton", "Norton", "Sutton", "Milton")):
        desk.note(f"bridge-{number}", f"The mill bridge at {place}", "Portraits")
    desk.done("collect")
    return desk


def test_a_proposed_theme_is_taken_into_the_configuration(collected: Desk) -> None:
    """Shown as a table to paste; accepted, it is appended, and what waited is filed there."""
    desk = archive(collected)
    (proposal,) = desk.data("themes", "propose")["themes"]
    assert (proposal["count"], len(proposal["titles"])) == (5, 4)
    said = desk.done("themes", "propose")
    assert "[[themes]]" in said
    assert f'slug = "{proposal["name"]}"' in said
    desk.done(
        *("themes", "propose", "--accept", proposal["name"], "--slug", "mills"),
        *("--title", "Mills & bridges"),
    )
    assert 'title = "Mills & bridges"' in desk.config.read_text("utf-8")
    assert "a comment that must stay" in desk.config.read_text("utf-8")
    assert len(desk.data("resources", "list", "--theme", "mills")) == 5
    twice = desk.type("themes", "propose", "--accept", proposal["name"])
    assert "no proposal" in twice.stderr


def test_a_refused_theme_stays_away(collected: Desk) -> None:
    """It is remembered by its words; a name that is not proposed is wrong use."""
    desk = archive(collected)
    (proposal,) = desk.data("themes", "propose")["themes"]
    wrong = desk.type("themes", "propose", "--accept", proposal["name"], "--slug", "Mills!")
    assert "themes.slug: expected lower-case letters" in wrong.stderr
    desk.done("themes", "propose", "--reject", proposal["name"])
    assert desk.data("themes", "propose") == {"themes": [], "keywords": []}
    assert "no new theme" in desk.done("themes", "propose")
    assert desk.type("themes", "propose", "--reject", "x").exit_code == 2
    assert desk.type("themes", "propose", "--slug", "x").exit_code == 2


def test_a_site_is_judged_by_its_own_filings(collected: Desk) -> None:
    """What editors filed is filed once more; before that there is nothing to say."""
    assert "editors filed nothing yet" in collected.done("themes", "evaluate")
    for number in ("1", "2"):
        collected.done("resources", "file", number, "habitat")
    found = collected.data("themes", "evaluate")
    wrong = 2 - found["by_rules"]["right"]
    assert (found["items"], found["by_rules"]["items"]) == (2, 2)
    assert (found["touched"], found["to_correct"]) == (wrong, wrong)
    assert wrong
    said = collected.done("themes", "evaluate")
    assert f"touch {wrong} of 2: 0 to answer, {wrong} to correct" in said
    assert "Most often taken for another" in said


def test_thin_themes_are_warned_of(desk: Desk) -> None:
    """A theme with fewer than four keywords is named, and the way to more."""
    desk.change('tags = ["Floods"]', 'tags = ["Floods"]\nkeywords = ["dike"]')
    warnings = desk.data("check")["warnings"]
    assert any('"floods" has 1 keyword, fewer than 4' in warning for warning in warnings)


def test_a_theme_of_another_name_takes_everything_along(collected: Desk) -> None:
    """With `formerly` resources and readers are under the new slug at the next command."""
    collected.done(
        *("subscribers", "add", "ada@example.org", "--how", "asked"),
        *("--newsletter", "weekly:habitat"),
    )
    collected.change('slug = "habitat"', 'slug = "wildlife"\nformerly = ["habitat"]')
    assert len(collected.data("resources", "list", "--theme", "wildlife")) == 1
    (held,) = collected.data("subscribers", "show", "ada@example.org")["subscriber"][
        "subscriptions"
    ]
    assert held["themes"] == ["wildlife"]
    collected.change('formerly = ["habitat"]', 'formerly = ["floods"]')
    assert "expected a former slug" in collected.type("check").stderr
