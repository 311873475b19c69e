"""Read a configuration with everything that its kinds understand."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from digest import plugins
from digest.config import Options, Settings, load
from digest.errors import ConfigError, Problem


def kind_options(group: str, kind: str) -> type[Options] | None:
    """What only a kind of source understands.

    Raises:
        ValueError: there is no such kind.
    """
    return cast("type[Options] | None", getattr(plugins.load(group, kind), "Options", None))


def settings(path: Path) -> Settings:
    """Read and check a configuration with everything its kinds understand."""
    found = load(path, kinds=kind_options)
    engine = plugins.load("engines", found.engine.kind)
    if fault := engine.unfit(found.storage.url.get_secret_value()):
        raise ConfigError(Problem(path.name, "engine.kind", fault))
    return found
