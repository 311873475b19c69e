"""Why an item was filed where it was, in words that an editor understands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from digest.core.reason import Reason

_SHOWN = 3
_HOSTS = frozenset({"d", "h", "h1", "h2"})


def telling(pulls: Mapping[str, float]) -> tuple[str, ...]:
    """The terms that weighed most, as people write them, each once.

    Of a publisher only its most telling key is named, of a pair of words and the words in it only
    the strongest.
    """
    strongest = sorted((name for name, pull in pulls.items() if pull > 0), key=lambda n: -pulls[n])
    terms: list[str] = []
    for term in filter(None, map(_written, strongest)):
        if not any(term in other or other in term for other in terms):
            terms.append(term)
        if len(terms) == _SHOWN:
            break
    return tuple(terms)


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
