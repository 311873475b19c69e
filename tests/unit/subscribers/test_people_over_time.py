from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from subscribers import ErasedError, Links, People, State
from tests.unit.subscribers.conftest import KEY, OFFERS, Clock, an_engine

_ADDRESS = "jane@example.org"
_newsletters = st.sampled_from(["weekly", "monthly"])
_how = "test"


class PeopleOverTime(RuleBasedStateMachine):
    """One person, everything that may happen to them, and what they last said themselves."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.engine = an_engine()
        self.people = People(self.engine, KEY, self.clock)
        self.out: set[str] = set()
        self.handle = b""
        self.suppressed = False
        self.erased = False

    def teardown(self) -> None:
        self.engine.dispose()

    @rule(newsletter=_newsletters, themes=st.sampled_from([None, ("rivers",), ("water",)]))
    def is_added_by_somebody(self, newsletter: str, themes: tuple[str, ...] | None) -> None:
        try:
            jane = self.people.add(_ADDRESS.upper(), {newsletter: themes}, how=_how)
        except ErasedError:
            assert self.erased
        else:
            assert not self.erased
            self.handle = jane.handle

    @rule(newsletter=_newsletters, state=st.sampled_from(["active", "pending", "paused", "left"]))
    def is_imported(self, newsletter: str, state: str) -> None:
        lines = ["email,newsletters,state\n", f"{_ADDRESS},{newsletter},{state}\n"]
        report = self.people.read_csv(lines, how=_how)
        assert bool(report.rejected) is self.erased
        if not self.erased:
            self.handle = self.people.show(_ADDRESS).subscriber.handle
            if state == "left":
                self.out.add(newsletter)

    @rule(newsletter=_newsletters)
    def comes_back(self, newsletter: str) -> None:
        jane = self.people.add(_ADDRESS, {newsletter: None}, how=_how, rejoin=True)
        self.handle, self.erased = jane.handle, False
        self.out.discard(newsletter)

    @rule(newsletter=_newsletters)
    def leaves(self, newsletter: str) -> None:
        if self.handle:
            link = Links("", KEY).unsubscribe(self.handle, newsletter)
            self.people.self_service.leave(link.rpartition("/")[2], how=_how)
            if not self.erased:
                self.out.add(newsletter)

    @rule(newsletter=_newsletters, days=st.integers(0, 40))
    def takes_it_back(self, newsletter: str, days: int) -> None:
        self.clock.pass_by(days=days)
        if self.handle and not self.erased:
            link = Links("", KEY).unsubscribe(self.handle, newsletter)
            if self.people.self_service.undo(link.rpartition("/")[2], how=_how):
                self.out.discard(newsletter)

    @rule(newsletter=_newsletters, theme=st.sampled_from([None, ("rivers",)]))
    def chooses(self, newsletter: str, theme: tuple[str, ...] | None) -> None:
        if self.handle and not self.erased:
            token = Links("", KEY).preferences(self.handle).rpartition("/")[2]
            offered = [offer.newsletter for offer in OFFERS]
            held = self.people.show(_ADDRESS).subscriber.subscriptions
            self.people.self_service.choose(token, {newsletter: theme}, offered, how=_how)
            self.out |= {s.newsletter for s in held} - {newsletter}
            self.out.discard(newsletter)

    @rule(suppressed=st.booleans())
    def bounces(self, suppressed: bool) -> None:  # noqa: FBT001 - drawn
        if suppressed:
            self.people.suppress(_ADDRESS, "hard bounce", how=_how)
        else:
            self.people.release(_ADDRESS, how=_how)
        self.suppressed = suppressed

    @rule()
    def is_forgotten(self) -> None:
        if self.handle and not self.erased:
            self.people.erase(_ADDRESS, how=_how)
            self.erased, self.out = True, set()

    @invariant()
    def nobody_is_mailed_who_left(self) -> None:
        for newsletter in ("weekly", "monthly"):
            mailed = list(self.people.audience(newsletter))
            if newsletter in self.out or self.suppressed or self.erased:
                assert mailed == []
            again = self.people.recipients(newsletter, [r.id for r in mailed])
            assert list(again.values()) == mailed

    @invariant()
    def the_records_tell_the_state(self) -> None:
        if self.handle and not self.erased:
            dossier = self.people.show(_ADDRESS)
            assert (dossier.suppression is not None) is self.suppressed
            for held in dossier.subscriber.subscriptions:
                last = [c for c in dossier.consents if c.newsletter == held.newsletter][-1]
                assert last.themes == held.themes
                assert (held.state is State.LEFT) is (last.what == "left")


TestPeopleOverTime = PeopleOverTime.TestCase
TestPeopleOverTime.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
