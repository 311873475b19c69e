"""The servers that letters are handed to."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr

from digest.config.options import Options
from digest.config.values import Rate, Slug


class MailServerSettings(Options):
    """Where a server is and how it is spoken to."""

    host: str = "localhost"
    port: int = Field(25, ge=1, le=65535)
    username: str = ""
    password: SecretStr = SecretStr("")
    tls: Literal["none", "starttls", "tls"] = "none"
    weight: int = Field(1, ge=1, le=1000)
    """Its part of the connections, beside those of the others."""
    connections: int = Field(0, ge=0, le=500)
    """At most; 0: as many as ``mail.connections``."""
    rate: Rate = 0
    """Letters a second; 0: as fast as the server takes them."""

    @property
    def id(self) -> str:
        """What it is called, if it is one of several."""
        return ""

    @property
    def where(self) -> str:
        """How sentences name it."""
        return f"the mail server {self.host}:{self.port}"

    def key(self, name: str) -> str:
        """Name one of its keys as the configuration does."""
        return f"mail.{name}"


class NamedMailServerSettings(MailServerSettings):
    """``[[mail.servers]]``: one of several."""

    name: Slug

    @property
    def id(self) -> str:
        """What it is called."""
        return self.name

    def key(self, name: str) -> str:
        """Name one of its keys as the configuration does."""
        return f"mail.servers.{self.name}.{name}"
