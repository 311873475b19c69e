"""The steps of the conveyor, with their collaborators."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING

from digest.core.composition import Composer, other_theme
from digest.wiring.memory import Memory
from digest.wiring.outgoing import Outgoing

if TYPE_CHECKING:
    from digest.jobs.accounting import Accounting
    from digest.jobs.adding import Adding
    from digest.jobs.ahead import Ahead
    from digest.jobs.approve import Approve
    from digest.jobs.assemble import Assemble
    from digest.jobs.collect import Collect
    from digest.jobs.conveyor import Conveyor
    from digest.jobs.curate import Curate
    from digest.jobs.deciding import Deciding
    from digest.jobs.draft import Drafting
    from digest.jobs.explain import Explain
    from digest.jobs.forgetting import Forgetting
    from digest.jobs.halting import Halting
    from digest.jobs.inspect import Inspect
    from digest.jobs.preview import Preview
    from digest.jobs.publish import Publish
    from digest.jobs.reckon import Reckon
    from digest.jobs.release import Release
    from digest.jobs.returns import Returns
    from digest.jobs.review import Review
    from digest.jobs.seats import Seats
    from digest.jobs.sign_in import SignIn
    from digest.jobs.signing_off import SignOff
    from digest.jobs.survey import Survey
    from digest.jobs.sweep import Sweep
    from digest.jobs.tasks import Tasks
    from digest.jobs.telling import TellEditors
    from digest.jobs.tend import Tend
    from digest.jobs.trial import Trial
    from digest.jobs.week import Glance


class House(Outgoing, Memory):
    """One site with all its parts and jobs; close it when done."""

    # Jobs.

    @cached_property
    def collect(self) -> Collect:
        """Collect sources."""
        from digest.jobs.collect import Collect

        return Collect(
            store=self.store,
            clock=self.clock,
            filer=self.filer,
            sources=self.readers,
            host=self.host,
        )

    @cached_property
    def drafting(self) -> Drafting:
        """Compose drafts."""
        from digest.jobs.draft import Drafting

        composer = Composer(self.themes, self.source_titles)
        return Drafting(self.clock, self.newsletters, composer)

    @cached_property
    def approve(self) -> Approve:
        """Freeze drafts."""
        from digest.jobs.approve import Approve

        return Approve(
            store=self.store,
            clock=self.clock,
            drafting=self.drafting,
            people=self.people,
            host=self.host,
            provider_of=self.throttling.provider_of,
            tell=self.tell_editors,
            resort=self.to_file.resort,
        )

    @cached_property
    def tell_editors(self) -> TellEditors:
        """Write to the editors when a draft waits."""
        from digest.jobs.telling import TellEditors

        return TellEditors(self.post, self.notes, self.newsletters, f"{self.site.url}/editor/")

    @cached_property
    def sign_off(self) -> SignOff:
        """Let drafts out by hand."""
        from digest.jobs.signing_off import SignOff

        return SignOff(self.approve, partial(self.inspect, only_blocking=True))

    @cached_property
    def release(self) -> Release:
        """Let out what goes by itself."""
        from digest.jobs.release import Release

        look = partial(self.inspect, only_blocking=True)
        return Release(self.store, self.clock, self.approve, look, self.tell_editors)

    @cached_property
    def returns(self) -> Returns:
        """Look into the mailboxes that bounces come to."""
        from digest.jobs.returns import Returns

        return Returns(self.bounce, self.returning("mailbox"))

    @cached_property
    def reckon(self) -> Reckon:
        """Count whom an edition goes to."""
        from digest.jobs.reckon import Reckon

        return Reckon(self.people)

    @cached_property
    def trial(self) -> Trial:
        """Send tests."""
        from digest.jobs.trial import Trial

        mark = self.settings.mail.test_mark
        return Trial(self.store, self.clock, self.mailer, self.preview, mark)

    @cached_property
    def accounting(self) -> Accounting:
        """Report what became of editions."""
        from digest.jobs.accounting import Accounting

        return Accounting(self.store)

    @cached_property
    def explain(self) -> Explain:
        """Say why something is in or out."""
        from digest.jobs.explain import Explain

        titles = {theme.slug: theme.title for theme in (*self.themes, other_theme())}
        return Explain(
            store=self.store,
            ahead=self.ahead,
            people=self.people,
            themes=titles,
            sources=self.source_titles,
            zone=self.site.timezone,
        )

    @cached_property
    def ahead(self) -> Ahead:
        """Open drafts before their time."""
        from digest.jobs.ahead import Ahead

        return Ahead(self.store, self.clock, self.drafting)

    @cached_property
    def preview(self) -> Preview:
        """Look at editions before they go out."""
        from digest.jobs.preview import Preview

        return Preview(self.approve, self.publish, self.letters, self.people)

    @cached_property
    def review(self) -> Review:
        """Look back at drafts."""
        from digest.jobs.review import Review

        return Review({theme.slug: theme.title for theme in (*self.themes, other_theme())})

    @cached_property
    def inspect(self) -> Inspect:
        """Look at editions with every check."""
        from digest.core.checks.all import checks
        from digest.jobs.inspect import Inspect

        return Inspect(
            store=self.store,
            clock=self.clock,
            preview=self.preview,
            checks=checks(self.client_support),
            inspectors=self.inspectors,
            policies=self.policies,
        )

    @cached_property
    def assemble(self) -> Assemble:
        """Make the editions that are due."""
        from digest.jobs.assemble import Assemble

        return Assemble(self.store, self.clock, self.drafting, self.release, self.to_file.resort)

    @cached_property
    def curate(self) -> Curate:
        """Do what editors decide."""
        from digest.jobs.curate import Curate

        slugs = tuple(theme.slug for theme in self.themes)
        return Curate(self.store, self.clock, slugs, self.deciding, self.to_file.resort)

    @cached_property
    def adding(self) -> Adding:
        """Bring into drafts what no source showed."""
        from digest.collectors.single import PageReader
        from digest.jobs.adding import Adding

        return Adding(
            store=self.store,
            clock=self.clock,
            filer=self.filer,
            reader=PageReader(self.fetcher),
            deciding=self.deciding,
            host=self.host,
        )

    @cached_property
    def deciding(self) -> Deciding:
        """Note what editors decide on drafts."""
        from digest.jobs.deciding import Deciding

        slugs = tuple(theme.slug for theme in self.themes)
        return Deciding(self.store, self.clock, slugs, self.drafting, self.to_file.resort)

    @cached_property
    def halting(self) -> Halting:
        """Pause what is being sent, and resume it."""
        from digest.jobs.halting import Halting

        return Halting(self.store, self.clock)

    @cached_property
    def sign_in(self) -> SignIn:
        """Let editors in."""
        from digest.jobs.sign_in import SignIn

        return SignIn(self.store, self.clock, self.passwords)

    @cached_property
    def seats(self) -> Seats:
        """Decide who is an editor."""
        from digest.jobs.seats import Seats

        return Seats(self.store, self.clock, self.passwords)

    @cached_property
    def glance(self) -> Glance:
        """See the week at a glance."""
        from digest.jobs.week import Glance

        return Glance(
            self.store, self.clock, self.ahead, self.people, self.themes, self.source_titles
        )

    @cached_property
    def tend(self) -> Tend:
        """Add sources and let them rest."""
        from digest.jobs.tend import Tend

        return Tend(self.store, self.clock)

    @cached_property
    def survey(self) -> Survey:
        """Count what there is."""
        from digest.jobs.survey import Survey

        return Survey(self.store, self.clock, self.people)

    @cached_property
    def publish(self) -> Publish:
        """Bring pages and feeds up to date."""
        from digest.jobs.publish import Publish

        return Publish(
            store=self.store,
            site=self.site,
            newsletters=tuple(self.newsletters.values()),
            themes=self.themes,
            source_titles=self.source_titles,
            renderers=self.renderers,
            publisher=self.publisher,
        )

    @cached_property
    def conveyor(self) -> Conveyor:
        """The whole way, once."""
        from digest.jobs.conveyor import Conveyor

        return Conveyor(
            store=self.store,
            clock=self.clock,
            collect=self.collect,
            assemble=self.assemble,
            publish=self.publish,
            deliver=self.deliver,
            send_notes=self.send_notes,
            returns=self.returns.all,
            forget=self.forget,
            stopping=self._stopping,
        )

    @cached_property
    def tasks(self) -> Tasks:
        """The jobs that an engine runs."""
        from digest.jobs.tasks import Tasks

        return Tasks(
            store=self.store,
            collecting=self.collect,
            assembling=self.assemble,
            publishing=self.publish,
            delivering=self.deliver,
            sending_notes=self.send_notes,
            senders=self.settings.engine.senders,
            stopping=self._stopping,
        )

    @cached_property
    def sweep(self) -> Sweep:
        """Look for what is due."""
        from digest.jobs.sweep import Sweep

        steps = self.collect, self.assemble, self.deliver, self.send_notes, self.forget
        return Sweep(self.store, self.clock, *steps)

    @cached_property
    def forget(self) -> Forgetting:
        """Delete what was kept long enough."""
        from digest.jobs.forgetting import Forgetting, Retention

        kept = self.settings.privacy
        return Forgetting(
            self.store,
            self.clock,
            self.desk.reception,
            self.people.bounces,
            self.people,
            Retention(kept.messages, kept.notes, kept.left, kept.letters),
            self._stopping,
        )
