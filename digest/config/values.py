"""Kinds of value in ``config.toml``, each with the sentence that a wrong one gets."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import idna
from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from digest.core.newsletter import OTHER
from digest.core.window import cron

_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_DURATION = re.compile(r"(\d{1,12})\s*([smhdw])")
_LONGEST = 3_650 * 86_400
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def _slug(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", text):
        raise ValueError('expected lower-case letters, digits and single hyphens, such as "weekly"')
    return text


def _not_other(slug: str) -> str:
    if slug == OTHER:
        raise ValueError(f'expected another slug: "{OTHER}" is for what no rule can place')
    return slug


def _url(text: str) -> str:
    try:
        named = re.fullmatch(r"https?://[^\s?#]+", text) and urlsplit(text).hostname
    except ValueError:  # urlsplit: brackets that are no IPv6 address
        named = None
    if not named:
        raise ValueError('expected an absolute address, such as "https://digest.example.org"')
    return text.rstrip("/")


def _issuer(text: str) -> str:
    """As the provider writes it: a slash at its end is a part of it."""
    _url(text)
    at = urlsplit(text)
    if at.scheme != "https" and at.hostname not in {"127.0.0.1", "::1", "localhost"}:
        raise ValueError("expected it to begin with https://: passwords pass through there")
    return text


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a folder, such as "Europe"
        raise ValueError('expected a time zone name, such as "Europe/Berlin"') from None
    return text


def _language(text: str) -> str:
    if not _LANGUAGE.fullmatch(text):
        raise ValueError('expected a language tag (RFC 5646), such as "en" or "pt-BR"')
    return text


def _colour(text: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        raise ValueError('expected a colour of six hexadecimal digits, such as "#0b5c52"')
    return text


def _address(text: str) -> str:
    try:
        return validate_email(text, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise ValueError(f"expected an email address: {error}") from None


def _domain(text: str) -> str:
    try:
        return idna.encode(text, uts46=True).decode()
    except idna.IDNAError:
        raise ValueError('expected a domain, such as "news.example.org"') from None


def _selector(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?", text):
        raise ValueError('expected letters, digits and hyphens, such as "digest-2026"')
    return text


def _duration(value: object) -> object:
    seconds = _seconds(value)
    if seconds is None:
        raise ValueError('expected a duration, such as "30m", "6h" or "7d"')
    if not 0 < seconds <= _LONGEST:
        raise ValueError("expected a duration of more than nothing and at most ten years")
    return timedelta(seconds=seconds)


def _seconds(value: object) -> float | None:
    match value:
        case bool():
            return None
        case int() | float():
            return value
        case timedelta():
            return value.total_seconds()
        case str() if found := _DURATION.fullmatch(value.strip()):
            return int(found[1]) * _UNITS[found[2]]
    return None


def _size(value: object) -> object:
    if isinstance(value, str):
        if not (match := re.fullmatch(r"(\d{1,15})\s*([KMG]?)B?", value.strip())):
            raise ValueError('expected a size, such as "500 KB" or "15 MB"')
        return int(match[1]) * {"": 1, "K": 1_000, "M": 1_000_000, "G": 1_000_000_000}[match[2]]
    return value


def _database(url: SecretStr) -> SecretStr:
    if not url.get_secret_value().startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError('expected "sqlite:///FILE" or "postgresql+psycopg://HOST/NAME"')
    return url


def _or_nothing(check: Callable[[str], str]) -> AfterValidator:
    """A value may be left open by an empty text."""
    return AfterValidator(lambda text: text and check(text))


Slug = Annotated[str, AfterValidator(_slug), Field(max_length=100)]
Url = Annotated[str, AfterValidator(_url)]
Issuer = Annotated[str, AfterValidator(_issuer)]
Zone = Annotated[str, AfterValidator(_zone)]
Address = Annotated[str, AfterValidator(_address)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
Size = Annotated[int, BeforeValidator(_size), Field(gt=0)]
Language = Annotated[str, AfterValidator(_language)]
Rate = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Line = Annotated[str, Field(min_length=1, max_length=200)]
ThemeSlug = Annotated[Slug, AfterValidator(_not_other)]
Schedule = Annotated[str, AfterValidator(cron)]
Database = Annotated[SecretStr, AfterValidator(_database)]
MaybeAddress = Annotated[str, _or_nothing(_address)]
Selector = Annotated[str, AfterValidator(_selector), Field(max_length=63)]
MaybeDomain = Annotated[str, _or_nothing(_domain)]
MaybeColour = Annotated[str, _or_nothing(_colour)]
MaybeLanguage = Annotated[str, _or_nothing(_language)]
MaybeZone = Annotated[str, _or_nothing(_zone)]
