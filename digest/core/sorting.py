"""File a resource: by the editor's own map first, then by what was learnt from the editor.

What neither is sure of is left to be filed, with the likeliest themes to choose from.
"""

from __future__ import annotations

import math
from dataclasses import replace

from digest.core.edition import LEARNT, Filing, Guess
from digest.core.filing.example import Example
from digest.core.filing.filer import LearningFiler
from digest.core.filing.ranking import Suggestion
from digest.core.newsletter import OTHER
from digest.core.reason import Reason
from digest.core.resource import Facts
from digest.core.theme import RuleFiler

_DIGITS = 3


class Sorter:
    """The rules of the configuration and what was learnt, as they are now."""

    def __init__(self, rules: RuleFiler, learnt: LearningFiler | None) -> None:
        """Join them; ``learnt`` is ``None`` where there are no themes."""
        self._rules, self._learnt = rules, learnt
        self._gate = learnt.threshold if learnt else math.inf

    def file(self, facts: Facts) -> Filing:
        """Place a resource.

        Until it is known when to trust what was learnt, keywords file as well: a site that
        nobody corrects must not become worse by learning.
        """
        if mapped := self._rules.by_tags(facts):
            return mapped
        if self._learnt is None:
            return self._rules.file(facts)
        suggestion = self._learnt.suggest(Example.of(facts), self._gate)
        if suggestion.automatic:
            return _with(
                Filing(suggestion.choices[0].theme, suggestion.reason, by=LEARNT), suggestion
            )
        ruled = self._rules.by_keywords(facts) if math.isinf(self._gate) else None
        filing = ruled or self._rules.by_source(facts) or _to_file(suggestion)
        return _with(filing, suggestion)

    def guesses(self, facts: Facts) -> Filing:
        """What it would be left to be filed with, whatever else speaks for a theme."""
        if self._learnt is None:
            return self._rules.file(facts)
        suggestion = self._learnt.suggest(Example.of(facts), self._gate)
        return _with(_to_file(suggestion), suggestion)


def _to_file(suggestion: Suggestion) -> Filing:
    likely = suggestion.reason.detail
    return Filing(OTHER, Reason("to-file", f"not sure enough to file it; {likely}"), by=LEARNT)


def _with(filing: Filing, suggestion: Suggestion) -> Filing:
    shares = suggestion.choices
    guesses = tuple(Guess(share.theme, round(share.probability, _DIGITS)) for share in shares)
    return replace(filing, guesses=guesses, terms=suggestion.terms)
