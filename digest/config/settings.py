"""The tables of ``config.toml`` (docs/reference/configuration.md describes each key)."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, SecretStr, model_validator

from digest.config.options import Options
from digest.core.newsletter import OTHER, Approval
from digest.core.window import cron

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DURATION = re.compile(r"(\d+)\s*([smhdw])")


def _slug(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", text):
        raise ValueError('expected lower-case letters, digits and single hyphens, such as "weekly"')
    return text


def _url(text: str) -> str:
    if not re.fullmatch(r"https?://[^\s/?#]+[^\s?#]*", text):
        raise ValueError('expected an absolute address, such as "https://digest.example.org"')
    return text.rstrip("/")


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError('expected a time zone name, such as "Europe/Berlin"') from None
    return text


def _address(text: str) -> str:
    try:
        return validate_email(text, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise ValueError(f"expected an email address: {error}") from None


def _duration(value: object) -> object:
    if isinstance(value, str):
        if not (match := _DURATION.fullmatch(value.strip())):
            raise ValueError('expected a duration, such as "30m", "6h" or "7d"')
        return timedelta(**{_UNITS[match[2]]: int(match[1])})
    return value


def _size(value: object) -> object:
    if isinstance(value, str):
        if not (match := re.fullmatch(r"(\d+)\s*([KM]?)B?", value.strip())):
            raise ValueError('expected a size, such as "500 KB" or "15 MB"')
        return int(match[1]) * {"": 1, "K": 1_000, "M": 1_000_000}[match[2]]
    return value


Slug = Annotated[str, AfterValidator(_slug)]
Url = Annotated[str, AfterValidator(_url)]
Zone = Annotated[str, AfterValidator(_zone)]
Address = Annotated[str, AfterValidator(_address)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
Size = Annotated[int, BeforeValidator(_size), Field(gt=0)]
Line = Annotated[str, Field(min_length=1, max_length=200)]


class SiteSettings(Options):
    """``[site]``: who publishes."""

    name: Line
    url: Url
    language: str = "en"
    timezone: Zone = "UTC"
    contact: Address
    postal_address: Line
    description: str = ""
    accent: str = Field("", pattern=r"^(#[0-9a-fA-F]{6})?$")


class StorageSettings(Options):
    """``[storage]``: where everything is kept."""

    url: SecretStr = SecretStr("sqlite:///var/digest.db")

    @model_validator(mode="after")
    def _known(self) -> StorageSettings:
        if not self.url.get_secret_value().startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError('expected url "sqlite:///FILE" or "postgresql+psycopg://HOST/NAME"')
        return self


class EngineSettings(Options):
    """``[engine]``: what runs the jobs."""

    kind: str = "embedded"


class CollectSettings(Options):
    """``[collect]``: manners and limits of everything fetched from outside."""

    user_agent: str = ""
    timeout: Duration = timedelta(seconds=30)
    max_size: Size = 15_000_000
    allow_private: tuple[str, ...] = ()
    """``host`` or ``host:port`` that may be fetched although their address is private."""


class MailSettings(Options):
    """``[mail]``: how letters leave."""

    kind: str = "spool"
    from_address: Address
    from_name: str = ""
    bounce_address: Address | Literal[""] = ""
    directory: Path = Path("var/outbox")
    host: str = "localhost"
    port: int = Field(25, ge=1, le=65535)
    username: str = ""
    password: SecretStr = SecretStr("")
    tls: Literal["none", "starttls", "tls"] = "none"
    connections: int = Field(2, ge=1, le=500)
    rate: float = Field(0, ge=0)
    """Letters a second; 0: as fast as the server takes them."""
    domain_rates: dict[str, float] = Field(default_factory=dict)
    on_doubt: Literal["resend", "hold"] = "hold"
    give_up_after: Duration = timedelta(days=2)


class PublishSettings(Options):
    """``[publish]``: where readers fetch pages and feeds."""

    kind: str = "directory"
    directory: Path = Path("public")


class WebSettings(Options):
    """``[web]``: where ``digest serve`` listens."""

    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)


class SourceSettings(Options):
    """``[[sources]]``: the keys that every kind has; the rest belongs to the kind."""

    model_config = ConfigDict(frozen=True, extra="allow")

    name: Slug
    kind: str
    title: str = ""
    theme: str = ""
    every: Duration = timedelta(hours=1)
    first_days: int = Field(30, ge=0)

    @property
    def options(self) -> dict[str, object]:
        """What only the kind understands; its ``Options`` check it."""
        return dict(self.model_extra or {})


class ThemeSettings(Options):
    """``[[themes]]``: a section that readers can follow."""

    slug: Slug
    title: Line
    description: str = ""
    keywords: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _not_reserved(self) -> ThemeSettings:
        if self.slug == OTHER:
            raise ValueError(f'expected another slug: "{OTHER}" is for what no rule can place')
        return self


class NewsletterSettings(Options):
    """``[[newsletters]]``: a recurring publication."""

    slug: Slug
    title: Line
    description: str = ""
    schedule: Annotated[str, AfterValidator(cron)] = ""
    timezone: Zone | Literal[""] = ""
    language: str = ""
    themes: tuple[str, ...] = ()
    approval: Approval = Approval.AUTO
    template: Slug = "digest"
    max_items_per_theme: int = Field(7, ge=1)
    min_items: int = Field(1, ge=1)


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
    sources: tuple[SourceSettings, ...] = ()
    themes: tuple[ThemeSettings, ...] = ()
    newsletters: tuple[NewsletterSettings, ...] = ()
