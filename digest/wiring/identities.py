"""The provider of identities that the configuration names."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.collectors.fetching import Fetcher
    from digest.config import CollectSettings, Settings
    from digest.ports import IdentityProvider

_SOON = timedelta(seconds=10)
"""Somebody waits."""


def manners(settings: Settings) -> CollectSettings:
    """How the provider is asked: soon, and in the own network if it stands there.

    Where it sends us may not be private, but there.
    """
    collect = settings.collect
    issuer = settings.openid.issuer if settings.openid else ""
    allowed = (urlsplit(issuer).netloc, *collect.allow_private)
    return collect.model_copy(update={"timeout": _SOON, "allow_private": allowed})


def provider(settings: Settings, door: Callable[[], Fetcher]) -> IdentityProvider | None:
    """Make it; ``None``: none is named."""
    named = settings.openid
    if named is None:
        return None
    from digest.identity.openid import Client, OpenId

    client = Client(
        issuer=named.issuer,
        id=named.client_id,
        secret=named.client_secret.get_secret_value(),
        back=f"{settings.site.url}/editor/openid/callback",
        title=named.title,
        account=named.account,
        groups=named.groups if named.roles else "",  # or it would be asked for what nobody uses
        scopes=named.scopes,
    )
    return OpenId(client, door())
