"""Themes that got another name, or became one, keep their history and their readers."""

from __future__ import annotations

from collections.abc import Mapping

from digest.core.decision import Act
from digest.core.filing.model import Model
from digest.core.newsletter import Approval, Theme
from digest.jobs.rebuild import Rebuild
from digest.jobs.renaming import Renaming
from digest.storage import Database
from tests.builders import a_newsletter
from tests.newsroom import Newsroom

OLD = (Theme("garden", "Garden", tags=("Plants",)), Theme("soil", "Soil"), Theme("tea", "Tea"))
NEW = (Theme("grounds", "Grounds", tags=("Plants",), formerly=("garden", "soil")), OLD[2])
PLAN = a_newsletter(themes=(), approval=Approval.MANUAL)


class Followers:
    """Readers of whom only the renaming is of interest."""

    def __init__(self) -> None:
        self.names: Mapping[str, str] = {}

    def rename_themes(self, names: Mapping[str, str]) -> int:
        self.names = names
        return 0


def test_a_theme_of_another_name_keeps_all_it_had(store: Database) -> None:
    """Two themes become one: resources, lessons, moves in drafts, and who follows them."""
    before = Newsroom(store, PLAN, themes=OLD)
    for number, tags in enumerate((("Plants",), (), ()), 1):
        before.sources["library"].show(number, title=f"Item {number}", tags=tags)
    before.look()
    known = before.known()
    before.curate.file(known["Item 2"], "soil", by="mira")
    edition = before.make().edition
    before.decide(edition, Act.MOVE, "garden", known["Item 3"])

    room, followers = Newsroom(store, PLAN, themes=NEW, clock=before.clock), Followers()
    renaming = Renaming(store, room.clock, followers, NEW)
    assert (renaming(), renaming()) == (2, 0)

    assert followers.names == {"garden": "grounds", "soil": "grounds"}
    assert edition
    (section,) = room.approve.preview(edition).sections
    assert (section.theme, section.count) == ("grounds", 3)
    assert Rebuild(store, room.clock, NEW).check() == []
    model = Model(NEW)
    with store.read() as work:
        model.follow(work.lessons.after(0))
        filing = work.resources.filings(known["Item 2"])[0][0]
    assert [lesson.theme for lesson in model.filer.shelf.lessons] == ["grounds"] * 2
    assert (filing.theme, filing.by) == ("grounds", "mira")


def test_without_other_names_nothing_is_looked_at(store: Database) -> None:
    """Nobody is asked and nothing is written."""
    room, followers = Newsroom(store, PLAN, themes=OLD), Followers()
    assert Renaming(store, room.clock, followers, OLD)() == 0
    assert followers.names == {}
