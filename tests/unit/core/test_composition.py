"""Composing drafts: every item in one place, or left out with a reason."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.composition import NOT_CARRIED, Composer, Draft
from digest.core.decision import Act, Decision, Rulings, replay
from digest.core.edition import FiledResource, Filing, content_hash
from digest.core.newsletter import OTHER, Theme
from digest.core.published import Precision, Published
from digest.core.reason import Reason
from digest.core.resource import Facts, Resource, ResourceId
from digest.core.source import BY_HAND
from tests.builders import MONDAY, a_newsletter

THEMES = tuple(Theme(f"theme-{n}", f"Theme {n}", f"All about {n}.") for n in (1, 2, 3))
COMPOSER = Composer(THEMES, {"library": "Riverbank Library", "watch": "City Water Watch"})
LONG = "A field guide to bends and bars that follows the water downhill. " * 3
WEEKLY = a_newsletter(themes=())


def item(
    number: int,
    theme: str = "theme-1",
    *,
    also: tuple[str, ...] = (),
    hidden: bool = False,
    day: int = 0,
    **over: object,
) -> FiledResource:
    """A resource; of ``day`` in November when given, else undated."""
    url = f"https://library.example.org/items/{number}"
    fields: dict[str, object] = {
        "canonical": url,
        "url": url,
        "title": f"Part {number}",
        "summary": "Short.",
        "sources": ("library",),
        "published": Published(datetime(2026, 11, day, tzinfo=UTC), Precision.DAY) if day else None,
    }
    facts = Facts(**{**fields, **over})  # type: ignore[arg-type] # the caller names the fields
    tag = f"tag:digest.example.org,2026:resource/{number}"
    seen = datetime(2026, 11, 1, 0, number % 60, tzinfo=UTC)
    resource = Resource(ResourceId(number), tag, facts, seen, seen, hidden=hidden)
    return FiledResource(resource, Filing(theme, Reason("tag", "so tagged"), also))


def rule(act: Act, value: str = "x", number: int | None = 1) -> Decision:
    resource = None if number is None else ResourceId(number)
    return Decision(act, resource, value, "mira", MONDAY)


def compose(*items: FiledResource, rulings: Rulings | None = None, **over: object) -> Draft:
    newsletter = a_newsletter(**{"themes": (), **over})
    return COMPOSER.draft(newsletter, items, rulings or Rulings(), MONDAY)


def order(draft: Draft) -> dict[str, list[int]]:
    return {s.theme: [e.resource for e in s.entries] for s in draft.edition.sections}


slugs = st.sampled_from(["theme-1", "theme-2", "theme-3", OTHER, "gone"])
items = st.lists(
    st.builds(
        item,
        st.integers(1, 40),
        slugs,
        also=st.lists(slugs, max_size=2).map(tuple),
        hidden=st.booleans(),
        day=st.integers(0, 20),
        summary=st.sampled_from(["Short.", LONG]),
        download=st.sampled_from(["", "https://library.example.org/a.pdf"]),
        sources=st.sampled_from([("library",), ("watch", "library"), ("unknown",), ()]),
    ),
    unique_by=lambda filed: filed.resource.id,
    max_size=25,
)
decisions = st.lists(
    st.one_of(
        st.builds(rule, st.just(Act.MOVE), slugs, st.integers(1, 40)),
        st.builds(
            rule,
            st.just(Act.REORDER),
            st.sampled_from(["1", "2 before 7", "9 last"]),
            st.integers(1, 40),
        ),
        st.builds(
            rule, st.just(Act.MERGE), st.sampled_from(["", "1", "2", "3"]), st.integers(1, 40)
        ),
        st.builds(
            rule,
            st.sampled_from([Act.DROP, Act.PIN, Act.RETITLE, Act.SUMMARISE, Act.NOTE]),
            st.sampled_from(["", "words"]),
            st.integers(1, 40),
        ),
    ),
    max_size=15,
)
carried = st.lists(st.sampled_from(["theme-1", "theme-2", "theme-3", OTHER]), max_size=5)


@st.composite
def drafts(draw: st.DrawFn) -> tuple[list[FiledResource], Draft]:
    held = draw(items)
    newsletter = a_newsletter(
        themes=tuple(draw(carried)), max_items_per_theme=draw(st.integers(1, 5))
    )
    return held, COMPOSER.draft(newsletter, held, replay(draw(decisions)), MONDAY)


@given(drafts())
def test_every_item_stands_once_or_is_left_out_once_with_a_reason(
    drawn: tuple[list[FiledResource], Draft],
) -> None:
    """Nothing is lost, nothing repeats, whatever editors decided."""
    held, draft = drawn
    shown = [entry.resource for entry in draft.edition.entries()]
    left_out = [resource for resource, _ in draft.left_out]
    assert Counter(shown + left_out) == Counter(filed.resource.id for filed in held)
    assert all(reason.detail for _, reason in draft.left_out)


@given(drafts())
def test_counts_add_up(drawn: tuple[list[FiledResource], Draft]) -> None:
    """An edition counts what it shows, a section its entries and its featured item."""
    edition = drawn[1].edition
    assert edition.count == len(list(edition.entries()))
    assert all(s.count and len(s.visible) + s.more == len(s.entries) for s in edition.sections)
    assert sum(s.featured for s in edition.sections) == bool(edition.featured)


@given(drafts())
def test_the_featured_item_is_in_no_section_and_of_one_that_says_so(
    drawn: tuple[list[FiledResource], Draft],
) -> None:
    """It stands at the top, says why, and only its own theme is marked."""
    edition = drawn[1].edition
    if featured := edition.featured:
        assert featured.why
        assert [s.theme for s in edition.sections if s.featured] == [featured.theme]
        assert featured.resource not in {e.resource for s in edition.sections for e in s.entries}


@given(drafts())
def test_entries_stand_under_their_own_theme(
    drawn: tuple[list[FiledResource], Draft],
) -> None:
    """An entry's theme is that of its section, and is not repeated in "also in"."""
    titles = {theme.slug: theme.title for theme in THEMES}
    for section in drawn[1].edition.sections:
        assert {entry.theme for entry in section.entries} <= {section.theme}
        assert all(titles.get(section.theme) not in entry.also_in for entry in section.entries)


@given(drafts(), st.sets(st.sampled_from(["theme-1", "theme-2", "theme-3", OTHER, "gone"])))
def test_a_reader_of_some_themes_gets_exactly_these(
    drawn: tuple[list[FiledResource], Draft], wanted: set[str]
) -> None:
    """``only`` keeps each item of the themes asked for, in order, and no other."""
    edition = drawn[1].edition
    part = edition.only(wanted)
    assert list(part.entries()) == [e for e in edition.entries() if e.theme in wanted]
    assert part.themes == edition.themes & wanted
    assert part.count == len(list(part.entries()))


@given(drafts())
def test_a_reader_of_all_themes_gets_the_edition_itself(
    drawn: tuple[list[FiledResource], Draft],
) -> None:
    """``None`` is everything; so are all themes by name."""
    edition = drawn[1].edition
    assert edition.only(None) is edition
    assert edition.only(edition.themes) == edition


@given(items, decisions, st.randoms(use_true_random=False))
def test_composing_again_gives_the_same(
    held: list[FiledResource], made: list[Decision], random: Random
) -> None:
    """Equal content hashes, also when the database hands the items over in another order."""
    mixed = random.sample(held, len(held))
    one = COMPOSER.draft(WEEKLY, held, replay(made), MONDAY)
    two = COMPOSER.draft(WEEKLY, mixed, replay(made), MONDAY)
    assert content_hash(one.edition) == content_hash(two.edition)
    assert dict(one.left_out) == dict(two.left_out)


def test_sections_stand_in_the_order_of_the_newsletter_without_empty_ones() -> None:
    """The newsletter's own order counts, not that of the configuration."""
    held = [item(1, "theme-1"), item(2, "theme-2"), item(3, "theme-3")]
    draft = compose(*held, item(4, OTHER), themes=("theme-3", OTHER, "theme-1"))
    assert order(draft) == {"theme-3": [3], OTHER: [4], "theme-1": [1]}


def test_a_theme_named_twice_is_one_section() -> None:
    """A slip in the configuration does not print items twice."""
    assert order(compose(item(1), themes=("theme-1", "theme-1"))) == {"theme-1": [1]}


def test_a_newsletter_that_names_no_theme_carries_all_and_other_last() -> None:
    """Naming none means all of them."""
    assert list(order(compose(item(1, OTHER), item(2, "theme-3"), item(3)))) == [
        "theme-1",
        "theme-3",
        OTHER,
    ]


def test_what_a_newsletter_does_not_carry_is_left_out_by_that_rule() -> None:
    """The reason names the newsletter and the theme."""
    draft = compose(item(1, "theme-2"), themes=("theme-1",))
    said = 'The Riverbank Weekly does not carry the theme "theme-2"'
    assert draft.left_out == ((1, Reason(NOT_CARRIED, said)),)


def test_items_of_a_theme_that_left_the_configuration_are_other() -> None:
    """Removing a theme from the configuration loses nothing."""
    assert order(compose(item(1, "gone"))) == {OTHER: [1]}


def test_newest_first_by_publication_else_by_first_sight() -> None:
    """An undated item stands where it was first seen; equal dates go by number."""
    held = [item(1, day=3), item(2, day=9), item(3), item(4, day=9)]
    assert order(compose(*held)) == {"theme-1": [4, 2, 1, 3]}


@pytest.mark.parametrize(
    ("position", "expected"),
    [("1", [1, 4, 3, 2]), ("2", [4, 1, 3, 2]), ("4", [4, 3, 2, 1]), ("99", [4, 3, 2, 1])],
)
def test_an_editor_moves_an_item_to_a_position(position: str, expected: list[int]) -> None:
    """Positions count from 1; beyond the end is the end."""
    held = [item(number) for number in (1, 2, 3, 4)]
    rulings = replay([rule(Act.REORDER, position)])
    assert order(compose(*held, rulings=rulings)) == {"theme-1": expected}


def test_places_are_taken_one_after_the_other() -> None:
    """Each was said of the list as it then stood."""
    held = [item(number) for number in (1, 2, 3, 4)]
    rulings = replay([rule(Act.REORDER, "2", 1), rule(Act.REORDER, "1", 2)])
    assert order(compose(*held, rulings=rulings)) == {"theme-1": [2, 4, 1, 3]}


def test_what_is_merged_is_left_out_and_its_sources_are_named() -> None:
    """Over two merges as well; splitting brings it back as it was."""
    held = [
        item(1),
        item(2, sources=("watch",)),
        item(3, sources=("former", "library")),
    ]
    merges = [rule(Act.MERGE, "2", 3), rule(Act.MERGE, "1", 2)]
    draft = compose(*held, rulings=replay(merges))
    (entry,) = draft.edition.entries()
    assert (entry.resource, entry.also_at) == (1, ("former", "City Water Watch"))
    why = Reason("merged", 'mira merged it into "Part 1"')
    assert dict(draft.left_out) == {2: why, 3: why}
    split = compose(
        *held, rulings=replay([*merges, rule(Act.MERGE, "", 2), rule(Act.MERGE, "", 3)])
    )
    assert split == compose(*held)


def test_what_is_merged_into_something_that_is_not_carried_stays() -> None:
    """Readers would miss both."""
    draft = compose(
        item(1, "theme-2"),
        item(2),
        rulings=replay([rule(Act.MERGE, "1", 2)]),
        themes=("theme-1",),
    )
    assert order(draft) == {"theme-1": [2]}


def test_what_was_added_by_hand_stands_under_its_theme_and_names_no_source() -> None:
    """The theme it was added under counts, then the one it was moved to."""
    held = item(1, "theme-3", sources=(BY_HAND,))
    added = rule(Act.ADD, "theme-2")
    draft = compose(held, rulings=replay([added]), themes=("theme-1", "theme-2"))
    assert order(draft) == {"theme-2": [1]}
    assert [entry.source for entry in draft.edition.entries()] == [""]
    moved = replay([added, rule(Act.MOVE, "theme-1")])
    assert order(compose(held, rulings=moved)) == {"theme-1": [1]}


def test_an_editor_moves_an_item_to_another_theme() -> None:
    """It stands there, and there only."""
    rulings = replay([rule(Act.MOVE, "theme-3")])
    assert order(compose(item(1), item(2), rulings=rulings)) == {"theme-1": [2], "theme-3": [1]}


def test_an_editor_brings_back_what_is_not_carried() -> None:
    """Moving an item to a carried theme puts it into the edition."""
    rulings = replay([rule(Act.MOVE, "theme-1")])
    draft = compose(item(1, "theme-2"), rulings=rulings, themes=("theme-1",))
    assert (order(draft), draft.left_out) == ({"theme-1": [1]}, ())


def test_a_dropped_item_says_who_dropped_it_and_why() -> None:
    """The editor's own words are the reason."""
    draft = compose(item(1), item(2), rulings=replay([rule(Act.DROP, "an advertisement")]))
    assert draft.left_out == ((1, Reason("dropped", "mira dropped it: an advertisement")),)


def test_a_hidden_item_is_left_out() -> None:
    """Also when it was hidden after the window closed."""
    assert [reason.rule for _, reason in compose(item(1, hidden=True)).left_out] == ["hidden"]


def test_editors_words_replace_those_of_the_source() -> None:
    """Title, summary and note; subject, preheader and letter of the whole."""
    made = [
        rule(Act.RETITLE, "Better"),
        rule(Act.SUMMARISE, "Shorter"),
        rule(Act.NOTE, "See also"),
        rule(Act.SUBJECT, "Hello", None),
        rule(Act.PREHEADER, "Inside", None),
        rule(Act.LETTER, "Dear all", None),
    ]
    edition = compose(item(1), rulings=replay(made)).edition
    (entry,) = edition.entries()
    assert (entry.title, entry.summary, entry.note) == ("Better", "Shorter", "See also")
    assert (edition.subject, edition.preheader, edition.letter) == ("Hello", "Inside", "Dear all")


def test_the_editors_choice_is_featured_however_short() -> None:
    """A pin outweighs every rule."""
    draft = compose(item(1), item(2, summary=LONG), rulings=replay([rule(Act.PIN)]))
    assert draft.edition.featured
    assert (draft.edition.featured.resource, draft.edition.featured.why) == (
        1,
        "Chosen by the editor",
    )


def test_a_pinned_item_that_is_left_out_is_not_featured() -> None:
    """Dropping it takes it from the top as well."""
    rulings = replay([rule(Act.PIN), rule(Act.DROP)])
    assert compose(item(1), item(2), rulings=rulings).edition.featured is None


def test_without_a_full_description_nothing_is_featured() -> None:
    """A card at the top that says nothing more would be an empty stage."""
    assert compose(item(1), item(2)).edition.featured is None


def test_a_single_item_is_not_featured() -> None:
    """One item needs no top: it is the edition."""
    assert compose(item(1, summary=LONG)).edition.featured is None


def test_a_publication_is_featured_before_newer_news() -> None:
    """A download or an issuer tells a report; of several the newest."""
    held = [
        item(1, day=9, summary=LONG),
        item(2, day=5, summary=LONG, issuer="Institute of Flow"),
        item(3, day=7, summary=LONG, download="https://library.example.org/a.pdf"),
        item(4, day=8),
    ]
    featured = compose(*held).edition.featured
    assert featured
    assert (featured.resource, featured.why) == (
        3,
        "The newest publication with a full description",
    )


def test_a_featured_item_of_two_sources_says_so() -> None:
    """That two sources found it is the better reason."""
    featured = compose(
        item(1, summary=LONG, sources=("watch", "library")), item(2)
    ).edition.featured
    assert featured
    assert featured.why == "Found by City Water Watch and Riverbank Library"


def test_an_entry_shows_sources_and_themes_by_their_titles() -> None:
    """Readers see no slugs; a source that left the configuration keeps its name."""
    draft = compose(item(1, also=("theme-2", "gone"), sources=("library", "watch", "former")))
    (entry,) = draft.edition.entries()
    assert (entry.source, entry.also_at) == ("Riverbank Library", ("City Water Watch", "former"))
    assert entry.also_in == ("Theme 2",)


def test_an_empty_window_makes_an_empty_draft() -> None:
    """Nothing new is nothing to show, and no error."""
    draft = compose()
    assert (draft.edition.count, draft.edition.sections, draft.left_out) == (0, (), ())
