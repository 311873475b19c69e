"""Read a configuration with everything that its kinds understand."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from digest import plugins
from digest.config import Options, Settings, load
from digest.core.checks.names import NAMES
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
    _known_checks(found, path.name)
    _known_embedder(found, path.name)
    engine = plugins.load("engines", found.engine.kind)
    if fault := engine.unfit(found.storage.url.get_secret_value()):
        raise ConfigError(Problem(path.name, "engine.kind", fault))
    return found


def _known_checks(found: Settings, file: str) -> None:
    """See that each check that is named is there.

    Raises:
        ConfigError: one is not.
    """
    known = (*NAMES, *plugins.kinds("inspectors"))
    named = [("checks", found.checks.block, found.checks.off)]
    for number, plan in enumerate(found.newsletters, 1):
        own = plan.checks
        named.append((f"newsletters[{number}].checks", own.block or (), own.off or ()))
    wrong = [
        Problem(file, f"{table}.{key}", f'no check "{name}"; expected some of {", ".join(known)}')
        for table, block, off in named
        for key, names in (("block", block), ("off", off))
        for name in names
        if name not in known
    ]
    if wrong:
        raise ConfigError(*wrong)


def _known_embedder(found: Settings, file: str) -> None:
    """See that the model of language is one that is known; it is not loaded.

    Raises:
        ConfigError: it is not.
    """
    kind, known = found.filing.embedder, plugins.kinds("embedders")
    if kind and kind not in known:
        expected = f'no kind "{kind}"; expected one of {", ".join(known)}, or nothing'
        raise ConfigError(Problem(file, "filing.embedder", expected))
