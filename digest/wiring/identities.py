"""The provider of identities that the configuration names."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from digest.config import Settings
    from digest.ports import IdentityProvider

_SOON = timedelta(seconds=10)
"""Somebody waits."""


def provider(settings: Settings) -> IdentityProvider | None:
    """Make it; ``None``: none is named."""
    named = settings.openid
    if named is None:
        return None
    from digest.collectors.fetching import Fetcher
    from digest.identity.openid import Client, OpenId

    # The provider may stand in the own network; where it sends us may not, but there.
    allowed = (urlsplit(named.issuer).netloc, *settings.collect.allow_private)
    collect = settings.collect.model_copy(update={"timeout": _SOON, "allow_private": allowed})
    client = Client(
        issuer=named.issuer,
        id=named.client_id,
        secret=named.client_secret.get_secret_value(),
        back=f"{settings.site.url}/editor/openid/callback",
        title=named.title,
        account=named.account,
        groups=named.groups,
        scopes=named.scopes,
    )
    return OpenId(client, Fetcher(collect))
