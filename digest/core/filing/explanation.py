"""Why an item was filed where it was, in words that an editor understands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from digest.core.reason import Reason

_SHOWN = 3
_WORTH = 0.3
"""Terms that pulled less than this part of the strongest explain nothing."""
_HOSTS = frozenset({"d", "h", "h1", "h2"})


def telling(pulls: Mapping[str, float]) -> tuple[str, ...]:
    """The terms that weighed most, as people write them, each once.

    Of a pair of words and the words in it only the strongest is named.
    """
    least = _WORTH * max(pulls.values(), default=0.0)
    heard = (name for name, pull in pulls.items() if pull > max(0.0, least))
    strongest = sorted(heard, key=lambda name: -pulls[name])
    terms: list[str] = []
    named: set[str] = set()
    for term in filter(None, map(_written, strongest)):
        spoken = set(term.replace('"', "").replace("/", " ").split())
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


def _written(feature: str) -> str:
    """A feature as people write it; empty when it means nothing to them."""
    kind, colon, name = feature.partition(":")
    if not colon:
        return "" if set(feature) <= set("#.?!_") else f'"{feature.replace("_", " ")}"'
    if kind in _HOSTS:
        return name
    if kind == "u":
        return f'"{name}" in the address'
    if kind == "tag":
        return f'the tag "{name}"'
    return name if kind in {"by", "source"} else ""
