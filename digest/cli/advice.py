"""What of a site works, but hardly as meant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from digest.cli.output import counted
from digest.core.newsletter import Approval
from digest.errors import ConfigError

if TYPE_CHECKING:
    from digest.wiring import House

_FEW_KEYWORDS = 4
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def advice(house: House) -> list[str]:
    """What works, but hardly as meant."""
    return [*_thin_themes(house), *_unread(house), *_by_hand(house), *_mail(house)]


def _thin_themes(house: House) -> Iterator[str]:
    for theme in house.themes:
        if not theme.keywords and not theme.tags:
            yield f'theme "{theme.slug}" has no keywords and no tags: little will be filed there'
        elif (number := len(theme.keywords)) < _FEW_KEYWORDS:
            few = f"{counted(number, 'keyword')}, fewer than {_FEW_KEYWORDS}"
            yield f'theme "{theme.slug}" has {few}; `digest themes propose` finds more'


def _unread(house: House) -> Iterator[str]:
    if not house.settings.sources:
        yield "there are no sources, so nothing will be collected"
    if not house.newsletters:
        yield "there are no newsletters, so nothing will be sent"
    plans = house.newsletters.values()
    for theme in house.themes:
        if plans and all(plan.themes and theme.slug not in plan.themes for plan in plans):
            yield f'theme "{theme.slug}" is in no newsletter'


def _by_hand(house: House) -> Iterator[str]:
    for plan in house.newsletters.values():
        if not plan.schedule:
            yield f'newsletter "{plan.slug}" has no schedule; only `digest run --now` makes it'
        elif plan.approval is Approval.MANUAL:
            yield f'newsletter "{plan.slug}" waits for `digest editions approve` each time'


def _mail(house: House) -> Iterator[str]:
    if house.settings.mail.kind != "smtp":
        return
    address = urlsplit(house.site.url)
    if address.hostname in _LOOPBACK:
        yield f"site.url is {house.site.url}: links in letters lead nowhere for readers elsewhere"
    elif address.scheme != "https":
        yield "site.url is not https, so mail programs offer no one-click unsubscribe (RFC 8058)"
    with suppress(ConfigError):  # told among the faults
        if house.signer and house.signer.algorithm != "rsa-sha256":
            yield "the key of mail.dkim is not RSA; large receivers check no other (RFC 8463)"
    if not house.settings.mail.bounce_address:
        yield "mail.bounce_address is empty, so bounces come to the From address"
