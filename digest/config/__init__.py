"""The only reader of ``config.toml``, the environment and secret files.

:func:`load` gives frozen :class:`Settings`, or a :class:`~digest.errors.ConfigError` that lists
everything wrong at once. Nothing is global: who needs a setting gets it as an argument.
"""

from digest.config.mail_servers import MailServerSettings
from digest.config.options import Options, read_options
from digest.config.reading import load
from digest.config.settings import (
    BounceSettings,
    ChecksSettings,
    CollectSettings,
    DkimSettings,
    EngineSettings,
    MailSettings,
    NewsletterSettings,
    OpenIdSettings,
    PrivacySettings,
    PublishSettings,
    Settings,
    SiteSettings,
    SourceSettings,
    StorageSettings,
    SubscribeSettings,
    ThemeSettings,
    WebSettings,
)

__all__ = [
    "BounceSettings",
    "ChecksSettings",
    "CollectSettings",
    "DkimSettings",
    "EngineSettings",
    "MailServerSettings",
    "MailSettings",
    "NewsletterSettings",
    "OpenIdSettings",
    "Options",
    "PrivacySettings",
    "PublishSettings",
    "Settings",
    "SiteSettings",
    "SourceSettings",
    "StorageSettings",
    "SubscribeSettings",
    "ThemeSettings",
    "WebSettings",
    "load",
    "read_options",
]
