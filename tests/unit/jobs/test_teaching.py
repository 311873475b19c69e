"""Filing by what editors decided: at once, taken back as exactly, and known to every process."""

from __future__ import annotations

from dataclasses import replace

import pytest

from digest.core.decision import Act
from digest.core.edition import Filing
from digest.core.filing.knowledge import Count
from digest.core.filing.knowledge import counts as counted
from digest.core.filing.model import Model
from digest.core.filing.taught import FILED
from digest.core.newsletter import OTHER, Approval, Theme, Unfiled
from digest.core.resource import ResourceId
from digest.core.theme import RuleFiler
from digest.errors import UsageError
from digest.jobs.learning import Learner
from digest.jobs.rebuild import Rebuild
from digest.jobs.teaching import teach
from digest.storage import Database
from tests.builders import a_newsletter
from tests.newsroom import Newsroom

GARDEN = Theme("garden", "Garden", "Plants and soil", ("rose", "compost", "pruning"), ("Plants",))
KITCHEN = Theme("kitchen", "Kitchen", "Cooking and baking", ("bread", "soup", "oven"))
THEMES = (GARDEN, KITCHEN)
PLAN = a_newsletter(themes=(), approval=Approval.MANUAL)


@pytest.fixture
def room(store: Database) -> Newsroom:
    """A newsletter on two themes, without any item yet."""
    return Newsroom(store, PLAN, themes=THEMES)


def show(room: Newsroom, *titles: str, **over: object) -> list[ResourceId]:
    """Let a source show items with these titles; their numbers."""
    source = room.sources["library"]
    first = len(source.shown) + 1
    for number, title in enumerate(titles, first):
        source.show(number, title=title, **{"tags": (), **over})
    room.look()
    known = room.known()
    return [known[title] for title in titles]


def filing(room: Newsroom, number: ResourceId) -> Filing:
    with room.store.read() as work:
        found = work.resources.get(number)
    assert found
    return found.filing


def counts(room: Newsroom) -> tuple[Count, ...]:
    """What a process that starts now would know."""
    model = Model(THEMES)
    with room.store.read() as work:
        model.follow(work.lessons.after(0))
    return counted(model.filer)


def teach_many(room: Newsroom, count: int = 60) -> None:
    """Let an editor file so many items, half under each theme."""
    titles = [f"{('Ferns', 'Noodles')[n % 2]} of every kind, {n}" for n in range(count)]
    numbers = show(room, *titles)
    with room.store.begin() as work:  # at once: one by one is what the other tests are about
        for place, number in enumerate(numbers):
            item = work.resources.get(number)
            assert item
            slug, now = THEMES[place % 2].slug, room.clock.now()
            work.resources.file(number, replace(item.filing, theme=slug, by="mira"), now)
            teach(work, [(item, slug)], act=FILED, now=now)


def test_a_young_site_files_by_its_rules_and_suggests(room: Newsroom) -> None:
    """Keywords file as ever, with what was learnt beside; what they do not place waits."""
    keyword, unknown = show(room, "Compost without smell", "A walk by the sea")
    assert filing(room, keyword).theme == "garden"
    assert filing(room, keyword).reason.rule == "keyword"
    assert filing(room, keyword).guesses[0].theme == "garden"
    assert filing(room, unknown).is_to_file
    assert {guess.theme for guess in filing(room, unknown).guesses} == {"garden", "kitchen"}


def test_the_editors_map_comes_first(room: Newsroom) -> None:
    """A tag that the configuration maps decides, whatever was learnt."""
    teach_many(room)
    (number,) = show(room, "Noodles of every kind, again", tags=("Plants",))
    assert filing(room, number).reason.rule == "tag"


def test_what_was_taught_files_what_comes_and_what_waits(room: Newsroom) -> None:
    """Once it was right often enough, alike items are filed, with terms and alternatives."""
    (waiting,) = show(room, "Noodles of every kind, at last")
    assert filing(room, waiting).is_to_file
    teach_many(room)
    room.to_file.resort()
    (coming,) = show(room, "Noodles of every kind, once more")
    for number in (waiting, coming):
        found = filing(room, number)
        assert (found.theme, found.by) == ("kitchen", "learnt")
        assert '"Noodles" spoke for Kitchen' in str(found.reason)
        assert [guess.theme for guess in found.guesses] == ["kitchen", "garden"]
        assert found.terms


def test_what_waits_is_filed_though_its_teacher_died(store: Database) -> None:
    """A process killed between the act and the look at what waits leaves that to the next one."""
    room = Newsroom(store, a_newsletter(themes=("kitchen",)), themes=THEMES)
    (waiting,) = show(room, "Noodles of every kind, at last")
    teach_many(room)
    assert filing(room, waiting).is_to_file
    room.make()
    assert filing(room, waiting).theme == "kitchen"
    assert "Noodles of every kind, at last" in room.sent()[0]


def test_the_queue_is_ranked_anew_after_each_answer(room: Newsroom) -> None:
    """The likeliest theme of what waits follows the editor."""
    one, two = show(room, "Zithers in autumn", "Zithers in spring")
    room.curate.file(one, "kitchen", by="mira")
    queue = room.to_file()
    assert [question.item.resource.id for question in queue.questions] == [two]
    assert (queue.count, queue.questions[0].choices[0].title) == (1, "Kitchen")
    room.curate.file(one, "garden", by="mira")
    assert room.to_file().questions[0].choices[0].theme == "garden"


def test_an_item_filed_under_other_is_no_question_any_more(room: Newsroom) -> None:
    """An editor said that it fits no theme; that is an answer."""
    (number,) = show(room, "A walk by the sea")
    room.curate.file(number, OTHER, by="mira")
    assert room.to_file().count == 0
    assert counts(room) == ()


def test_a_filing_and_its_undo_change_nothing(room: Newsroom) -> None:
    """Filing and counts are as before; undone twice, the filing is there again."""
    one, two = show(room, "Compost without smell", "A walk by the sea")
    room.curate.file(two, "garden", by="mira")
    before, was = counts(room), filing(room, one)
    room.curate.file(one, "kitchen", by="mira")
    taught = counts(room)
    assert room.curate.unfile(one) == was
    assert (filing(room, one), counts(room)) == (was, before)
    with pytest.raises(UsageError, match="nothing to undo"):
        room.curate.unfile(one)
    room.curate.file(one, "kitchen", by="mira")
    assert counts(room) == taught


def test_undoing_a_correction_brings_the_filing_before_it_back(room: Newsroom) -> None:
    """Of two filings by editors the first one holds again, in the counts too."""
    (number,) = show(room, "A walk by the sea")
    room.curate.file(number, "garden", by="mira")
    before = counts(room)
    room.curate.file(number, "kitchen", by="ada")
    room.curate.unfile(number)
    assert (filing(room, number).theme, filing(room, number).by) == ("garden", "mira")
    assert counts(room) == before


def test_undoing_a_filing_that_was_made_twice_forgets_nothing(room: Newsroom) -> None:
    """Two editors filed it alike; one of them takes it back, and the other one's word holds."""
    (number,) = show(room, "A walk by the sea")
    room.curate.file(number, "garden", by="mira")
    before = counts(room)
    room.curate.file(number, "garden", by="ada")
    room.curate.unfile(number)
    assert (filing(room, number).by, counts(room)) == ("mira", before)


def test_a_move_within_a_draft_teaches_until_it_is_taken_back(room: Newsroom) -> None:
    """The draft's own decision is learnt at once, and forgotten as exactly."""
    (number,) = show(room, "A walk by the sea")
    edition = room.make().edition
    room.decide(edition, Act.MOVE, "kitchen", number)
    assert counts(room) != ()
    room.decide(edition, Act.MOVE, "", number)
    assert counts(room) == ()


def test_undoing_a_move_takes_back_what_it_taught_and_doing_it_again_teaches(
    room: Newsroom,
) -> None:
    """Step by step, whatever it was moved from: each state of the draft has its own lessons."""
    (number,) = show(room, "A walk by the sea")
    edition = room.make().edition
    assert edition
    states = [counts(room)]
    for slug in ("kitchen", "garden"):
        room.decide(edition, Act.MOVE, slug, number)
        states.append(counts(room))
    assert states[0] == ()
    assert len({repr(state) for state in states}) == 3
    for state in (states[1], states[0]):
        room.deciding.undo(edition, by="mira")
        assert counts(room) == state
    for state in (states[1], states[2]):
        room.deciding.redo(edition, by="mira")
        assert counts(room) == state
    room.deciding.undo(edition, 1, by="mira")  # what the later move replaced says nothing
    assert counts(room) == states[2]


def test_undoing_a_move_leaves_what_was_taught_elsewhere(room: Newsroom) -> None:
    """What an editor filed before holds again; what one files afterwards is not touched."""
    before, after = show(room, "A walk by the sea", "Zithers in autumn")
    room.curate.file(before, "garden", by="ada")
    edition = room.make().edition
    assert edition
    filed = counts(room)
    room.decide(edition, Act.MOVE, "kitchen", before)
    room.deciding.undo(edition, by="mira")
    assert counts(room) == filed
    room.decide(edition, Act.MOVE, "kitchen", after)
    room.curate.file(after, "garden", by="ada")
    filed = counts(room)
    room.deciding.undo(edition, by="mira")
    assert counts(room) == filed


def test_an_approval_confirms_what_the_editor_saw(room: Newsroom) -> None:
    """Every item is learnt where it stood, but for those that nobody filed."""
    placed, _ = show(room, "Compost without smell", "A walk by the sea")
    edition = room.make().edition
    assert edition
    room.approve(edition, by="mira")
    with room.store.read() as work:
        (row,) = work.lessons.after(0)
    assert (row.resource, row.theme) == (placed, "garden")


def test_an_edition_that_went_out_by_itself_teaches_nothing(store: Database) -> None:
    """Maybe nobody looked at it."""
    room = Newsroom(store, a_newsletter(themes=()), themes=THEMES)
    show(room, "Compost without smell")
    room.make()
    assert room.sent() == [["Compost without smell"]]
    assert counts(room) == ()


def test_another_process_hears_of_it(room: Newsroom) -> None:
    """It follows the journal from where it was, or from what was packed."""
    other = Learner(room.store, THEMES, RuleFiler(THEMES, {}))
    other.refresh()
    teach_many(room, 110)
    other.refresh()
    fresh = Learner(room.store, THEMES, RuleFiler(THEMES, {}))
    with room.store.read() as work:
        assert work.lessons.packed()
        facts = [item.resource.facts for item in work.resources.newest(5)]
    assert [other.guesses(one) for one in facts] == [fresh.guesses(one) for one in facts]


def test_a_rebuild_finds_what_was_never_learnt_and_changed_counts(room: Newsroom) -> None:
    """Checked against the filings and row by row; after it nothing differs."""
    one, two = show(room, "Compost without smell", "A walk by the sea")
    room.curate.file(one, "kitchen", by="mira")
    rebuild = Rebuild(room.store, room.clock, THEMES)
    assert rebuild.check() == []
    with room.store.begin() as work:
        by_hand = Filing("garden", filing(room, two).reason, by="mira")
        work.resources.file(two, by_hand, room.clock.now())
    assert [f"resource {two} was filed" in said for said in rebuild.check()] == [True]
    assert (rebuild().lessons, rebuild.check()) == (2, [])


def test_unfiled_items_wait_where_the_newsletter_says_so(store: Database) -> None:
    """They are in no window until an editor files them, then in the next one; none is lost."""
    plan = a_newsletter(themes=(), unfiled=Unfiled.WAIT)
    room = Newsroom(store, plan, themes=THEMES)
    _, waiting, moved = show(room, "Compost without smell", "A walk by the sea", "Two walks")
    room.make()
    room.curate.file(waiting, "kitchen", by="mira")
    room.make()
    assert room.sent() == [["Compost without smell"], ["A walk by the sea"]]
    assert room.fate(moved) == []
