"""Letters to be checked, made by the real renderer; say only what the test is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from digest.core.artifact import EmailBody, PersonalTokens
from digest.core.checks.all import checks
from digest.core.checks.finding import Finding
from digest.core.checks.proof import Proof
from digest.core.edition import Edition, EditionId
from digest.core.outbox import DeliveryId
from digest.jobs.letters import LetterWriter
from digest.jobs.preview import texts
from digest.renderers.email import TemplateEmailRenderer
from digest.renderers.feed import FeedRenderer
from digest.renderers.templating import environment
from subscribers import Recipient
from tests.builders import MONDAY, a_catalogue, a_newsletter, a_site, an_edition
from tests.sending import a_writer

SITE = "https://digest.example.org"
TEMPLATES = environment(None, a_site())
EMAIL = TemplateEmailRenderer(TEMPLATES, a_site())
FEEDS = tuple(
    document
    for document in FeedRenderer(TEMPLATES).render(a_catalogue())
    if document.path.startswith("weekly/")
)


def a_real_writer() -> LetterWriter:
    """Writes letters by the templates that come with the program."""
    return replace(a_writer(), email=EMAIL)


def a_body(edition: Edition) -> EmailBody:
    return EMAIL.body(a_newsletter(), edition, None, PersonalTokens("5ec2e7"))


def a_proof(edition: Edition | None = None, **over: object) -> Proof:
    """The letter of an edition; ``over`` puts other words into the finished proof."""
    edition = edition or an_edition()
    writer = a_real_writer()
    reader = Recipient(0, "reader@example.org", "", None, MONDAY, "en", bytes(8))
    themes = tuple(sorted(edition.themes))
    letter = writer.of(EditionId(1), edition).letter(DeliveryId(0), themes, reader, MONDAY)
    made = {artifact.path: artifact.body.decode() for artifact in texts(letter.content)}
    proof = Proof(
        edition=edition,
        preheader=a_body(edition).preheader,
        message=letter.content,
        text=made["letter.txt"],
        html=made["letter.html"],
        unsubscribe_url=writer.links.unsubscribe(bytes(8), edition.newsletter),
        site=SITE,
        at=MONDAY,
        shares=tuple((section.title, 10_000) for section in edition.sections),
        feeds=FEEDS,
    )
    return replace(proof, **over)  # type: ignore[arg-type] # the caller names the fields


def html(body: str, head: str = "") -> str:
    """A small, clean document around a body."""
    return (
        f'<html lang="en"><head><title>Weekly</title>{head}</head>'
        f'<body><div lang="en"><h1>Weekly</h1>{body}</div></body></html>'
    )


_BY_NAME = {check.name: check for check in checks()}


def found(name: str, proof: Proof) -> list[Finding]:
    """What one check says of a letter."""
    return list(_BY_NAME[name].find(proof))


def said(name: str, proof: Proof) -> list[str]:
    """The same, without where and how to mend it."""
    return [finding.what for finding in found(name, proof)]


def all_found(proof: Proof) -> Mapping[str, list[Finding]]:
    """What every check says of a letter."""
    return {name: findings for name in _BY_NAME if (findings := found(name, proof))}
