"""Why an item was filed where it was, in words that an editor understands."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from digest.core.reason import Reason

_SHOWN = 3
_WORTH = 0.3
"""Terms that pulled less than this part of the strongest explain nothing."""
_SAYS_NOTHING = re.compile(r"[\W\d_]*|[a-z]{1,2}")
"""Numbers, marks and the short words of grammar; of two capitals (*AI*, *EU*) people think more."""
_NUMBER = "#"
"""Stands for any digit in a feature, which is not how anybody writes it."""
_HOSTS = frozenset({"d", "h", "h1", "h2"})


def telling(pulls: Mapping[str, float], spelling: Mapping[str, str]) -> tuple[str, ...]:
    """The terms that weighed most, as people write them, each once.

    Of a pair of words and the words in it only the strongest is named.

    Args:
        pulls: how far each feature pulled.
        spelling: how the item writes each word.
    """
    least = _WORTH * max(pulls.values(), default=0.0)
    heard = (name for name, pull in pulls.items() if pull > max(0.0, least))
    strongest = sorted(heard, key=lambda name: -pulls[name])
    terms: list[str] = []
    named: set[str] = set()
    for term in filter(None, (_written(name, spelling) for name in strongest)):
        spoken = set(term.casefold().replace('"', "").replace("/", " ").split())
        if not spoken & named:
            terms.append(term)
            named |= spoken
    return tuple(terms[:_SHOWN])


def reason(
    title: str, confidence: float, terms: Sequence[str], alternatives: Sequence[tuple[str, float]]
) -> Reason:
    """The sentence.

    Args:
        title: of the first choice.
        confidence: its probability.
        terms: what weighed most for it.
        alternatives: titles and probabilities of the next ones.
    """
    why = f"{', '.join(terms)} spoke for {title}" if terms else f"little is known, but {title}"
    others = ", ".join(f"{other} {probability:.0%}" for other, probability in alternatives)
    return Reason("learnt", f"{why} ({confidence:.0%}; next {others or 'none'})")


def _written(feature: str, spelling: Mapping[str, str]) -> str:
    """A feature as people write it; empty when it means nothing to them."""
    kind, colon, name = feature.partition(":")
    if _NUMBER in name or _NUMBER in kind:
        return ""
    if not colon:
        written = " ".join(spelling.get(word, word) for word in feature.split("_"))
        return "" if _SAYS_NOTHING.fullmatch(written) else f'"{written}"'
    if kind in _HOSTS:
        return name
    if kind == "u":
        return f'"{name}" in the address'
    if kind == "tag":
        return f'the tag "{name}"'
    return name if kind in {"by", "source"} else ""
