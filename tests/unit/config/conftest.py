"""A small configuration to spoil."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from digest.config import Options, Settings, load
from digest.errors import ConfigError

SMALL = """
[site]
name = "Riverbank"
url = "https://digest.example.org"
contact = "editors@example.org"
postal_address = "7 Weir Lane, 10115 Berlin"

[mail]
from_address = "digest@example.org"

[[sources]]
name = "library"
kind = "feed"
url = "https://library.example.org/feed"

[[themes]]
slug = "floods"
title = "Floods"

[[newsletters]]
slug = "city-water"
title = "City water"
schedule = "weekly monday 08:00"
themes = ["floods", "other"]
"""


class FeedOptions(Options):
    url: str


def kinds(group: str, kind: str) -> type[Options] | None:
    """As the real kinds answer, for a few of them."""
    known: dict[tuple[str, str], type[Options] | None] = {
        ("collectors", "feed"): FeedOptions,
        ("collectors", "push"): None,
        ("mailers", "spool"): None,
        ("engines", "embedded"): None,
        ("publishers", "directory"): None,
    }
    if (group, kind) not in known:
        names = ", ".join(name for at, name in known if at == group)
        raise ValueError(f'no kind "{kind}"; expected one of {names}')
    return known[group, kind]


Load = Callable[..., Settings]


@pytest.fixture
def loaded(tmp_path: Path) -> Load:
    """Read :data:`SMALL` with texts replaced, tables added, an environment."""

    def read(*changes: tuple[str, str], more: str = "", **environ: str) -> Settings:
        text = SMALL
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        file = tmp_path / "config.toml"
        file.write_text(text + more, "utf-8")
        return load(file, kinds=kinds, environ=environ)

    return read


Told = Callable[..., list[str]]


@pytest.fixture
def told(loaded: Load) -> Told:
    """The lines that people read when they load a wrong configuration."""

    def read(*changes: tuple[str, str], more: str = "", **environ: str) -> list[str]:
        with pytest.raises(ConfigError) as error:
            loaded(*changes, more=more, **environ)
        return str(error.value).splitlines()

    return read
