"""File by what editors decided: one model a process, which follows the journal of lessons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import RLock

from digest.core.edition import Filing
from digest.core.filing.meaning import Embedder
from digest.core.filing.model import Model
from digest.core.filing.packing import packed, unpacked
from digest.core.newsletter import Theme
from digest.core.resource import Facts
from digest.core.sorting import Sorter
from digest.core.theme import RuleFiler
from digest.ports import Store, Work

_WORTH_PACKING = 100
"""Rows of the journal (a third of a second) that a process may have to follow when it starts."""
_SHARE = 20
"""Packing costs as much as following this part of all that was learnt."""


class Learner:
    """Implements :class:`digest.ports.Filer`; many threads may share it.

    Nothing is read or held in memory before it is first asked.
    """

    def __init__(
        self,
        store: Store,
        themes: Sequence[Theme],
        rules: RuleFiler,
        embedder: Callable[[], Embedder | None] = lambda: None,
    ) -> None:
        """Prepare.

        Args:
            store: where the journal is.
            themes: those of the site.
            rules: those of the configuration.
            embedder: gives a model of language, if there is one, when it is first needed.
        """
        self._embedder = embedder
        self._store, self._themes, self._rules = store, tuple(themes), rules
        self._lock = RLock()
        self._model: Model | None = None
        self._packed = 0
        self._sorter: Sorter | None = None

    def refresh(self) -> None:
        """Learn what editors said meanwhile, in this process or another."""
        with self._lock:
            with self._store.read() as work:
                model = self._followed(work)
            if model and self._is_worth_packing(model):
                self._pack(model)

    def file(self, facts: Facts) -> Filing:
        """Place one resource."""
        with self._lock:
            return self._now().file(facts)

    def guesses(self, facts: Facts) -> Filing:
        """What it would be left to be filed with, whatever else speaks for a theme."""
        with self._lock:
            return self._now().guesses(facts)

    def _now(self) -> Sorter:
        if self._sorter is None:
            with self._store.read() as work:
                self._followed(work)
        assert self._sorter
        return self._sorter

    def _followed(self, work: Work) -> Model | None:
        """The model, brought up to the last row of the journal; ``None``: there are no themes."""
        if not self._themes:
            self._sorter = Sorter(self._rules, None)
            return None
        if self._model is None:
            self._model = self._recalled(work)
            self._packed = self._model.number
        news = work.lessons.after(self._model.number)
        if news or self._sorter is None:
            self._model.follow(news)
            self._sorter = Sorter(self._rules, self._model.filer)
        return self._model

    def _recalled(self, work: Work) -> Model:
        kept = work.lessons.packed()
        embedder = self._embedder()
        model = unpacked(self._themes, kept, embedder) if kept else None
        # A database that was restored from a backup may be behind what is packed elsewhere.
        if model and model.number <= work.lessons.last():
            return model
        return Model(self._themes, embedder=embedder)

    def _is_worth_packing(self, model: Model) -> bool:
        worth = max(_WORTH_PACKING, len(model.filer.shelf) // _SHARE)
        return model.number - self._packed >= worth

    def _pack(self, model: Model) -> None:
        kept = packed(model)
        with self._store.begin() as work:
            work.lessons.pack(model.number, kept)
        self._packed = model.number
