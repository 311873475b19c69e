"""The tables of ``config.toml`` (docs/reference/configuration.md describes each key)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Literal, Self

from pydantic import ConfigDict, Field, SecretStr, model_validator

from digest.config.mail_servers import MailServerSettings, NamedMailServerSettings
from digest.config.options import Options
from digest.config.values import (
    Address,
    Database,
    Duration,
    Issuer,
    Language,
    Line,
    MaybeAddress,
    MaybeColour,
    MaybeDomain,
    MaybeLanguage,
    MaybeZone,
    Rate,
    Schedule,
    Selector,
    Size,
    Slug,
    ThemeSlug,
    Url,
    Zone,
)
from digest.core.account import Role
from digest.core.header import address_of
from digest.core.newsletter import Approval, Unfiled


class SiteSettings(Options):
    """``[site]``: who publishes."""

    name: Line
    url: Url
    language: Language = "en"
    timezone: Zone = "UTC"
    contact: Address
    postal_address: Line
    description: str = ""
    accent: MaybeColour = ""


class StorageSettings(Options):
    """``[storage]``: where everything is kept."""

    url: Database = SecretStr("sqlite:///var/digest.db")


class EngineSettings(Options):
    """``[engine]``: what runs the jobs."""

    kind: str = "embedded"
    senders: int = Field(1, ge=1, le=1000)
    """How many processes hand off one edition beside each other."""


class CollectSettings(Options):
    """``[collect]``: manners and limits of everything fetched from outside."""

    user_agent: str = ""
    timeout: Duration = timedelta(seconds=30)
    max_size: Size = 15_000_000
    allow_private: tuple[str, ...] = ()
    """``host`` or ``host:port`` that may be fetched although their address is private."""


class DkimSettings(Options):
    """``[mail.dkim]``: what letters are signed with."""

    domain: MaybeDomain = ""
    selector: Selector
    key: SecretStr = SecretStr("")
    key_file: Path | None = None

    @model_validator(mode="after")
    def _names_one_key(self) -> Self:
        if bool(self.key.get_secret_value()) == bool(self.key_file):
            raise ValueError("expected either key_file, or key from the environment")
        return self


class WarmUpSettings(Options):
    """``[mail.warm_up]``: how the letters of a new sending address grow in number."""

    start: int = Field(ge=1)
    """Letters of the first day."""
    growth: float = Field(1.5, ge=1, le=10)
    """By what the letters of a day grow to the next."""
    days: int = Field(14, ge=1, le=365)
    """After so many there is no limit any more."""


_A_DAY = timedelta(days=1)
_UNDO = timedelta(days=30)
_A_SEASON = timedelta(days=90)
_ONE_SERVER = frozenset({"host", "port", "username", "password", "tls"})


class MailSettings(Options):
    """``[mail]``: how letters leave."""

    kind: str = "spool"
    from_address: Address
    from_name: str = ""
    bounce_address: MaybeAddress = ""
    directory: Path = Path("var/outbox")
    host: str = "localhost"
    port: int = Field(25, ge=1, le=65535)
    username: str = ""
    password: SecretStr = SecretStr("")
    tls: Literal["none", "starttls", "tls"] = "none"
    connections: int = Field(2, ge=1, le=500)
    connection_letters: int = Field(500, ge=1)
    connection_time: Duration = timedelta(minutes=5)
    servers: tuple[NamedMailServerSettings, ...] = ()
    rate: Rate = 0
    """Letters a second; 0: as fast as the server takes them."""
    domain_rates: dict[str, Rate] = Field(default_factory=dict)
    """Letters a second to a domain, or to a provider that keeps the mail of several."""
    providers: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Domains whose mail one provider keeps, beside those that are known."""
    warm_up: WarmUpSettings | None = None
    on_doubt: Literal["resend", "hold"] = "hold"
    give_up_after: Duration = timedelta(days=2)
    test_mark: str = Field("[Test]", max_length=50)
    """Stands before the subject of a test."""
    dkim: DkimSettings | None = None

    @model_validator(mode="after")
    def _signs_for_its_author(self) -> Self:
        signer = self.dkim.domain if self.dkim else ""
        if signer and not f".{self.domain}".endswith(f".{signer}"):
            raise ValueError("expected dkim.domain to be that of from_address, or one above it")
        return self

    @model_validator(mode="after")
    def _names_its_servers_once(self) -> Self:
        if self.servers and self.model_fields_set & _ONE_SERVER:
            raise ValueError("expected either host and its like, or servers that each have theirs")
        return self

    @property
    def relays(self) -> tuple[MailServerSettings, ...]:
        """The servers that letters are handed to; without a list it is the one of this table."""
        one = {name: getattr(self, name) for name in _ONE_SERVER}
        return self.servers or (MailServerSettings.model_validate(one),)

    @property
    def domain(self) -> str:
        """Of the From line, in A-labels."""
        return address_of(self.from_address).rpartition("@")[2].lower()


class PublishSettings(Options):
    """``[publish]``: where readers fetch pages and feeds."""

    kind: str = "directory"
    directory: Path = Path("public")


class WebSettings(Options):
    """``[web]``: where ``digest serve`` listens."""

    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)


class OpenIdSettings(Options):
    """``[openid]``: another site that says who the people at the desk are."""

    issuer: Issuer
    client_id: Line
    client_secret: SecretStr = SecretStr("")
    title: Line = "single sign-on"
    account: Line = "email"
    """The claim that names an account."""
    groups: str = "groups"
    """The claim that lists groups; dots lead into objects."""
    roles: dict[str, Role] = Field(default_factory=dict)
    """What groups may do here; with any of them, they make accounts and decide."""
    scopes: tuple[str, ...] = ("openid", "email", "profile")
    passwords: bool = True
    """Whether passwords open the desk as well."""

    @model_validator(mode="after")
    def _asks_who_it_is(self) -> Self:
        if "openid" not in self.scopes:
            raise ValueError('expected "openid" among scopes')
        return self


class ChecksSettings(Options):
    """``[checks]``: what is asked of a letter before it goes out."""

    block: tuple[str, ...] = ("unsubscribe", "headers", "placeholders", "feeds")
    """Checks that stop an approval; the others advise."""
    off: tuple[str, ...] = ()
    clients: dict[str, Rate] = Field(default_factory=dict)
    """The readers' mail programs and how many use each."""
    client_data: Path | None = None
    """The data of Can I email, in JSON."""
    timeout: Duration = timedelta(minutes=1)
    """For one check that asks the network or another program."""


class NewsletterChecksSettings(Options):
    """``[newsletters.checks]``: what this newsletter makes of the checks instead."""

    block: tuple[str, ...] | None = None
    off: tuple[str, ...] | None = None


class SubscribeSettings(Options):
    """``[subscribe]``: who may sign up, how often, and from where."""

    welcome: bool = True
    """Greet who has confirmed, with the newest edition."""
    per_network: int = Field(10, ge=1)
    """Sign-ups an hour from one network address."""
    attack_at: int = Field(60, ge=1)
    """Sign-ups an hour in all from which on visitors prove work."""
    overall: int = Field(1_000, ge=1)
    """Sign-ups an hour in all, come what may."""
    proof_of_work: Literal["auto", "always", "never"] = "auto"
    allow_domains: tuple[str, ...] = ()
    block_domains: tuple[str, ...] = ()
    disposable_domains: tuple[str, ...] = ()
    refuse_disposable: bool = True
    origins: tuple[str, ...] = ()
    """Other sites, as ``https://www.example.org``, whose scripts may sign people up."""


class PrivacySettings(Options):
    """``[privacy]``: how long what names people is kept."""

    unconfirmed: Duration = timedelta(days=7)
    """What somebody asked for and did not confirm."""
    messages: Duration = timedelta(days=30)
    """The start of a message that came back."""
    notes: Duration = timedelta(days=30)
    """The row of a letter to one person, which names nobody once it is settled."""
    left: Duration | None = None
    """People who left every newsletter; without it they stay until they ask to be erased."""

    letters: Duration | None = None
    """What became of the letter of each person; then it is only counted."""

    @model_validator(mode="after")
    def _keeps_its_word(self) -> Self:
        if self.unconfirmed < _A_DAY:
            raise ValueError("expected unconfirmed to be a day or more: letters wait in mailboxes")
        if self.left and self.left < _UNDO:
            raise ValueError("expected left to be 30 days or more: so long leaving can be undone")
        if self.letters and self.letters < _A_SEASON:
            raise ValueError("expected letters to be 90 days or more: so long they may matter")
        return self


class SourceSettings(Options):
    """``[[sources]]``: the keys that every kind has; the rest belongs to the kind."""

    model_config = ConfigDict(frozen=True, extra="allow")

    name: Slug
    kind: str
    title: str = ""
    theme: str = ""
    every: Duration = timedelta(hours=1)
    first_days: int = Field(30, ge=0, le=36_500)

    @property
    def options(self) -> dict[str, object]:
        """What only the kind understands; its ``Options`` check it."""
        return dict(self.model_extra or {})


class BounceSettings(Options):
    """``[[bounces]]``: where messages come back; the rest of the keys belongs to the kind."""

    model_config = ConfigDict(frozen=True, extra="allow")

    name: Slug
    kind: str
    every: Duration = timedelta(minutes=5)
    """How long to wait between two looks, where the kind has to look."""

    @property
    def options(self) -> dict[str, object]:
        """What only the kind understands; its ``Options`` check it."""
        return dict(self.model_extra or {})


class ThemeSettings(Options):
    """``[[themes]]``: a section that readers can follow."""

    slug: ThemeSlug
    title: Line
    description: str = ""
    keywords: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    formerly: tuple[ThemeSlug, ...] = ()
    """Slugs it had before, or of themes that became a part of it."""


class FilingSettings(Options):
    """``[filing]``: how items find their theme."""

    embedder: str = ""
    """A model of language that helps; empty: none."""


class NewsletterSettings(Options):
    """``[[newsletters]]``: a recurring publication."""

    slug: Slug
    title: Line
    description: str = ""
    schedule: Schedule = ""
    timezone: MaybeZone = ""
    language: MaybeLanguage = ""
    themes: tuple[str, ...] = ()
    approval: Approval = Approval.AUTO
    template: Slug = "digest"
    max_items_per_theme: int = Field(7, ge=1)
    min_items: int = Field(1, ge=1)
    approvals: int = Field(1, ge=1, le=9)
    auto_send_after: Duration | None = None
    hold_for: Duration | None = None
    editors: tuple[Address, ...] = ()
    checks: NewsletterChecksSettings = NewsletterChecksSettings()
    unfiled: Unfiled = Unfiled.OTHER

    @model_validator(mode="after")
    def _approves_in_one_way(self) -> Self:
        if self.approval is Approval.AUTO and (self.approvals > 1 or self.auto_send_after):
            raise ValueError('expected approval = "manual" beside approvals and auto_send_after')
        if self.approvals > 1 and self.auto_send_after:
            raise ValueError("expected either approvals or auto_send_after: both contradict")
        return self


class Settings(Options):
    """The whole configuration.

    Attributes:
        root: folder of the file; relative paths start there.
    """

    root: Path
    site: SiteSettings
    storage: StorageSettings = Field(default_factory=StorageSettings)
    engine: EngineSettings = Field(default_factory=EngineSettings)
    collect: CollectSettings = Field(default_factory=CollectSettings)
    mail: MailSettings
    publish: PublishSettings = Field(default_factory=PublishSettings)
    web: WebSettings = Field(default_factory=WebSettings)
    openid: OpenIdSettings | None = None
    checks: ChecksSettings = Field(default_factory=ChecksSettings)
    bounces: tuple[BounceSettings, ...] = ()
    subscribe: SubscribeSettings = Field(default_factory=SubscribeSettings)
    privacy: PrivacySettings = Field(default_factory=PrivacySettings)
    sources: tuple[SourceSettings, ...] = ()
    filing: FilingSettings = Field(default_factory=FilingSettings)
    themes: tuple[ThemeSettings, ...] = ()
    newsletters: tuple[NewsletterSettings, ...] = ()


TABLES = tuple(name for name in Settings.model_fields if name != "root")
"""What may stand in the file."""
