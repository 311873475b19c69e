"""How letters are written and leave, and what comes back."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from digest.core.sender import Sender
from digest.core.throttle import Throttling, WarmUp
from digest.wiring.parts import Parts
from subscribers import Links

if TYPE_CHECKING:
    from digest.core.dkim import Signer
    from digest.jobs.bounce import Bounce
    from digest.jobs.deliver import Deliver
    from digest.jobs.letters import LetterWriter
    from digest.jobs.notes import Post, SendNotes
    from digest.jobs.resolve import Resolve


class Outgoing(Parts):
    """The steps from a frozen edition to the mail server."""

    @cached_property
    def throttling(self) -> Throttling:
        """How many letters may go when."""
        mail = self.settings.mail
        named = {d.lower(): name for name, domains in mail.providers.items() for d in domains}
        return Throttling(
            rate=mail.rate,
            rates={name.lower(): rate for name, rate in mail.domain_rates.items()},
            domains=named,
            warm_up=WarmUp(**mail.warm_up.model_dump()) if mail.warm_up else None,
        )

    @cached_property
    def sender(self) -> Sender:
        """Whose letters these are."""
        mail = self.settings.mail
        return Sender(mail.from_name, mail.from_address, mail.bounce_address, self.store.key())

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
            links=Links(self.site.url, self.sender.key),
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
            signer=self.signer,
            throttling=self.throttling,
            stopping=self._stopping,
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
