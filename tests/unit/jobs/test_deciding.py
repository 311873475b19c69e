"""Two editors on one draft, and the way back: nothing is lost, nothing is overwritten unseen."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.core.composition import Draft
from digest.core.decision import Act, Decision
from digest.core.edition import EditionId
from digest.core.newsletter import Approval
from digest.core.resource import ResourceId
from digest.errors import ConflictError, UsageError
from digest.jobs.deciding import Noted
from digest.jobs.wishes import ClashError, Wish
from digest.storage import Database
from tests.builders import a_newsletter
from tests.newsroom import Newsroom


@pytest.fixture
def room(store: Database) -> Newsroom:
    return _filled(store)


def _filled(store: Database) -> Newsroom:
    room = Newsroom(store, a_newsletter(approval=Approval.MANUAL))
    for number in range(1, 6):
        room.sources["library"].show(number, title=f"Item {number}")
    room.look()
    return room


@pytest.fixture
def draft(room: Newsroom) -> EditionId:
    """A draft of five items in one theme."""
    edition = room.make().edition
    assert edition
    return edition


def wish(act: Act, value: str, number: int | None = 1) -> Wish:
    return Wish(act, None if number is None else ResourceId(number), value)


def decisions(room: Newsroom, draft: EditionId) -> Sequence[Decision]:
    with room.store.read() as work:
        return work.editions.decisions(draft)


def composed(room: Newsroom, draft: EditionId) -> Draft:
    with room.store.read() as work:
        return room.drafting.window(work, room.record(draft)).draft


def order(room: Newsroom, draft: EditionId) -> list[int]:
    (section,) = composed(room, draft).edition.sections
    return [int(entry.resource) for entry in section.entries]


def say(
    room: Newsroom, draft: EditionId, *wishes: Wish, by: str = "ada", seen: int | None = None
) -> Noted:
    return room.deciding.together(draft, wishes, by=by, seen=seen)


def test_the_later_sees_what_the_earlier_did(room: Newsroom, draft: EditionId) -> None:
    """Different questions do not clash: both are noted, and the later is told of the earlier."""
    say(room, draft, wish(Act.RETITLE, "Ada's title"), by="ada", seen=0)
    noted = say(room, draft, wish(Act.NOTE, "Bo's note"), by="bo", seen=0)
    assert noted.version == 2
    assert [(made.by, made.value) for made in noted.meanwhile] == [("ada", "Ada's title")]
    (entry,) = (e for e in composed(room, draft).edition.entries() if e.resource == 1)
    assert (entry.title, entry.note) == ("Ada's title", "Bo's note")


def test_two_answers_to_one_question_clash(room: Newsroom, draft: EditionId) -> None:
    """The later one is told whose word stands, and nothing of theirs is noted, the rest neither."""
    say(room, draft, wish(Act.RETITLE, "Ada's title"), by="ada", seen=0)
    with pytest.raises(ClashError, match=r"ada changed the same meanwhile .*Ada's title") as told:
        say(
            room, draft, wish(Act.RETITLE, "Bo's title"), wish(Act.NOTE, "x"), by="bo", seen=0
        )  # fmt: skip
    assert [(each.now, each.by) for each in told.value.clashes] == [("Ada's title", "ada")]
    assert len(decisions(room, draft)) == 1
    say(room, draft, wish(Act.RETITLE, "Bo's title"), by="bo", seen=told.value.version)
    assert len(decisions(room, draft)) == 2


def test_an_undo_clashes_with_who_had_not_seen_it(room: Newsroom, draft: EditionId) -> None:
    """Taking something back is a change as well."""
    say(room, draft, wish(Act.LETTER, "Dear all", None), by="ada")
    room.deciding.undo(draft, by="bo")
    with pytest.raises(ClashError, match=r"bo changed the same meanwhile .letter.: it was taken"):
        say(room, draft, wish(Act.LETTER, "Dear all of you", None), by="ada", seen=1)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (wish(Act.DROP, "off topic"), wish(Act.DROP, "an advertisement")),
        (wish(Act.RETITLE, "Same"), wish(Act.RETITLE, " Same\n")),
        (wish(Act.PIN, "yes"), wish(Act.PIN, "please")),
        (wish(Act.PIN, ""), wish(Act.PIN, "", None)),
    ],
)
def test_who_agrees_does_not_clash(
    room: Newsroom, draft: EditionId, first: Wish, second: Wish
) -> None:
    """Two who want the same, in whatever words, are of one mind."""
    say(room, draft, first, by="ada", seen=0)
    assert say(room, draft, second, by="bo", seen=0).version >= 0


def test_what_is_so_already_is_not_noted_again(room: Newsroom, draft: EditionId) -> None:
    """The history tells of changes; an empty value where nothing was said is none."""
    say(room, draft, wish(Act.SUBJECT, "Hello", None))
    again = say(room, draft, wish(Act.SUBJECT, "Hello", None), wish(Act.RETITLE, ""))
    assert (again.version, again.made) == (1, ())


def test_undo_goes_back_step_by_step_and_redo_forward(room: Newsroom, draft: EditionId) -> None:
    """What was replaced counts again; a new decision ends the way forward."""
    fresh = composed(room, draft)
    for title in ("One", "Two"):
        say(room, draft, wish(Act.RETITLE, title))
    after = composed(room, draft)
    room.deciding.undo(draft, by="ada")
    assert "One" in [entry.title for entry in composed(room, draft).edition.entries()]
    room.deciding.undo(draft, by="ada")
    assert composed(room, draft) == fresh
    with pytest.raises(UsageError, match="nothing to take back"):
        room.deciding.undo(draft, by="ada")
    room.deciding.redo(draft, by="ada")
    room.deciding.redo(draft, by="ada")
    assert composed(room, draft) == after
    with pytest.raises(UsageError, match="nothing to do again"):
        room.deciding.redo(draft, by="ada")


def test_an_editor_undoes_their_own(room: Newsroom, draft: EditionId) -> None:
    """Asked for one's own, the other's newer decision stays."""
    say(room, draft, wish(Act.NOTE, "mine"), by="ada")
    say(room, draft, wish(Act.SUBJECT, "theirs", None), by="bo")
    room.deciding.undo(draft, by="ada", own=True)
    edition = composed(room, draft).edition
    assert edition.subject == "theirs"
    assert not any(entry.note for entry in edition.entries())


@pytest.mark.parametrize(
    ("number", "fault", "said"),
    [
        (7, UsageError, "no decision 7 on this draft; it has 2"),
        (1, ConflictError, "decision 1 is taken back already"),
    ],
)
def test_what_cannot_be_undone_is_told(
    room: Newsroom, draft: EditionId, number: int, fault: type[Exception], said: str
) -> None:
    """With a sentence, and nothing is noted."""
    say(room, draft, wish(Act.NOTE, "x"))
    room.deciding.undo(draft, 1, by="ada")
    with pytest.raises(fault, match=said):
        room.deciding.undo(draft, number, by="ada")
    assert len(decisions(room, draft)) == 2


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("up", [5, 3, 4, 2, 1]),
        ("down", [5, 4, 2, 3, 1]),
        ("first", [3, 5, 4, 2, 1]),
        ("last", [5, 4, 2, 1, 3]),
        ("2", [5, 3, 4, 2, 1]),
        ("99", [5, 4, 2, 1, 3]),
        ("before 5", [3, 5, 4, 2, 1]),
        ("before 1", [5, 4, 2, 3, 1]),
        ("before 2", [5, 4, 3, 2, 1]),
    ],
)
def test_an_item_is_put_where_it_was_said(
    room: Newsroom, draft: EditionId, place: str, expected: list[int]
) -> None:
    """In whatever words."""
    say(room, draft, wish(Act.REORDER, place, 3))
    assert order(room, draft) == expected


def test_what_has_no_place_is_told(room: Newsroom, draft: EditionId) -> None:
    """A neighbour of another theme, or an item that was dropped."""
    say(room, draft, wish(Act.MOVE, "theme-2", 1), wish(Act.DROP, "x", 2))
    for place, number, said in (
        ("before 1", 3, "item 1 does not stand in the same theme"),
        ("up", 2, "item 2 is not in this draft"),
        ("sideways", 3, "or one of up, down, first, last, before NUMBER"),
    ):
        with pytest.raises(UsageError, match=said):
            say(room, draft, wish(Act.REORDER, place, number))


def test_the_same_thing_twice_is_merged_and_split(room: Newsroom, draft: EditionId) -> None:
    """No circles, no strangers, and back again as it was."""
    before = composed(room, draft)
    say(room, draft, wish(Act.MERGE, "1", 2), wish(Act.MERGE, "2", 3))
    assert order(room, draft) == [5, 4, 1]
    for one, into, said in (
        (1, "3", "item 3 is already merged into item 1"),
        (4, "4", "item 4 is already merged into item 4|cannot be merged into itself"),
        (4, "99", "item 99 is not in this draft"),
        (4, "it", 'expected a number to merge, not "it"'),
    ):
        with pytest.raises(UsageError, match=said):
            say(room, draft, wish(Act.MERGE, into, one))
    say(room, draft, wish(Act.MERGE, "", 2), wish(Act.MERGE, "", 3))
    assert composed(room, draft) == before


def test_texts_are_cleaned_and_bounded(room: Newsroom, draft: EditionId) -> None:
    """A title is one line; only white space is nothing; too long is told, not cut."""
    say(room, draft, wish(Act.RETITLE, "  Two\nlines\x00 "), wish(Act.NOTE, " \n "))
    assert [made.value for made in decisions(room, draft)] == ["Two lines"]
    with pytest.raises(UsageError, match="expected at most 500 characters to retitle, not 501"):
        say(room, draft, wish(Act.RETITLE, "x" * 501))


def test_a_frozen_edition_says_so(room: Newsroom, draft: EditionId) -> None:
    """Whoever was still editing learns why nothing was noted."""
    room.approve(draft, by="bo")
    with pytest.raises(ConflictError, match="is approved, no draft any more"):
        say(room, draft, wish(Act.NOTE, "x"))
    with pytest.raises(ConflictError, match="is approved, no draft any more"):
        room.deciding.undo(draft, by="ada")


_numbers = st.integers(1, 5)
_changes = st.one_of(
    st.builds(wish, st.just(Act.RETITLE), st.sampled_from(["", "A", "B"]), _numbers),
    st.builds(wish, st.just(Act.NOTE), st.sampled_from(["", "A", "B"]), _numbers),
    st.builds(wish, st.just(Act.DROP), st.sampled_from(["", "A"]), _numbers),
    st.builds(wish, st.just(Act.REORDER), st.sampled_from(["1", "3", "last"]), _numbers),
)


@settings(max_examples=15)
@given(st.lists(st.tuples(st.sampled_from(["ada", "bo"]), _changes, st.booleans()), max_size=8))
def test_however_two_editors_interleave_nothing_is_lost(
    migrated_file: Path, changes: list[tuple[str, Wish, bool]]
) -> None:
    """Each change is noted, was so already, or is refused with the other's word; none vanishes."""
    with TemporaryDirectory() as folder:
        shutil.copy(migrated_file, folder)
        store = Database(f"sqlite:///{folder}/{migrated_file.name}", Path(folder))
        _interleave(store, changes)
        store.close()


def _interleave(store: Database, changes: list[tuple[str, Wish, bool]]) -> None:
    room = _filled(store)
    draft = room.make().edition
    assert draft
    seen, said = {"ada": 0, "bo": 0}, list[tuple[str, Act, str]]()
    for who, asked, looks in changes:
        try:
            noted = say(room, draft, asked, by=who, seen=seen[who])
        except ClashError as clash:
            seen[who] = clash.version
        except UsageError:
            continue  # a dropped item has no place
        else:
            said += [(made.by, made.act, made.value) for made in noted.made]
            seen[who] = noted.version if looks else seen[who]
    kept = [(made.by, made.act, made.value) for made in decisions(room, draft)]
    assert kept == said
