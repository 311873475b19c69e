"""What the configuration says of signing up, as the subscribers' house understands it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.config import PrivacySettings, SubscribeSettings
    from subscribers import Rules


def rules(table: SubscribeSettings, privacy: PrivacySettings) -> Rules:
    """What a site allows on its sign-up form."""
    from subscribers import DISPOSABLE, Limit, Rules, Screen

    disposable = DISPOSABLE if table.refuse_disposable else frozenset()
    return Rules(
        kept=privacy.unconfirmed,
        network=Limit(table.per_network),
        calm=Limit(table.attack_at),
        overall=Limit(table.overall),
        proof=table.proof_of_work,
        screen=Screen(
            allowed=_lower(table.allow_domains),
            blocked=_lower(table.block_domains),
            disposable=disposable | _lower(table.disposable_domains),
        ),
        welcome=table.welcome,
        origins=frozenset(table.origins),
    )


def _lower(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(name.lower().lstrip("@.") for name in names)
