"""How letters are written and leave, and what comes back."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from digest.core.sender import Sender
from digest.wiring.parts import Parts

if TYPE_CHECKING:
    from digest.core.dkim import Signer
    from digest.jobs.bounce import Bounce
    from digest.jobs.catch_up import CatchUp
    from digest.jobs.deliver import Deliver
    from digest.jobs.letters import LetterWriter
    from digest.jobs.notes import Post, SendNotes
    from digest.jobs.resolve import Resolve


class Outgoing(Parts):
    """The steps from a frozen edition to the mail server."""

    @cached_property
    def sender(self) -> Sender:
        """Whose letters these are."""
        mail = self.settings.mail
        bounces, key = mail.bounce_address, self.store.key()
        # Where nobody looks for bounces nobody would read who asks to leave.
        leave = bounces if self.settings.bounces else ""
        return Sender(mail.from_name, mail.from_address, bounces, key, leave)

    @cached_property
    def signer(self) -> Signer | None:
        """What signs letters; ``None``: the mail server does, or nobody."""
        mail = self.settings.mail
        if mail.dkim is None:
            return None
        from digest.signing import signer

        return signer(mail.dkim, mail.domain, self.settings.root)

    @cached_property
    def letters(self) -> LetterWriter:
        """Write letters."""
        from digest.jobs.letters import LetterWriter
        from digest.renderers.wording import day

        return LetterWriter(
            email=self.email,
            sender=self.sender,
            links=self.links,
            url=self.site.url,
            newsletters=self.newsletters,
            written_day=day,
            signer=self.signer,
        )

    @cached_property
    def post(self) -> Post:
        """Take letters to single people in."""
        from digest.jobs.notes import Post

        return Post(self.store, self.clock, self.throttling.provider_of)

    @cached_property
    def send_notes(self) -> SendNotes:
        """Hand letters to single people off."""
        from digest.jobs.notes import SendNotes

        return SendNotes(
            store=self.store,
            clock=self.clock,
            mailer=self.mailer,
            sender=self.sender,
            gate=self.people,
            before=self._answer,
            waiting=self._waiting,
            signer=self.signer,
            throttling=self.throttling,
            stopping=self._stopping,
        )

    def _answer(self) -> bool:
        """Write what people asked for and are owed, so that it goes out with this run."""
        answered = self.desk.reception.answer()
        return bool(answered + self.catch_up())

    def _waiting(self) -> bool:
        return self.desk.counter.any_waiting() or self.catch_up.due()

    @cached_property
    def catch_up(self) -> CatchUp:
        """Write to who is back."""
        from digest.jobs.catch_up import CatchUp
        from digest.wiring.correspondence import Absent

        return CatchUp(
            store=self.store,
            absent=Absent(self.people),
            notes=self.notes,
            post=self.post,
            newsletters=self.newsletters,
            links=self.links,
            url=self.site.url,
        )

    @cached_property
    def deliver(self) -> Deliver:
        """Hand editions off."""
        from digest.jobs.deliver import Deliver
        from digest.storage import Journals

        return Deliver(
            store=self.store,
            clock=self.clock,
            mailer=self.mailer,
            people=self.people,
            writer=self.letters,
            journals=Journals(self.settings.root / "var" / "journal"),
            give_up_after=self.settings.mail.give_up_after,
            on_doubt=self.settings.mail.on_doubt,
            stopping=self._stopping,
            throttling=self.throttling,
            refusals=self.bounce.refused,
        )

    @cached_property
    def resolve(self) -> Resolve:
        """Settle doubts."""
        from digest.jobs.resolve import Resolve

        return Resolve(self.store, self.clock, self.sender, self.settings.mail.on_doubt)

    @cached_property
    def bounce(self) -> Bounce:
        """Weigh what comes back."""
        from digest.jobs.bounce import Bounce

        people = self.people
        return Bounce(self.store, people.bounces, people.self_service, self.sender)
