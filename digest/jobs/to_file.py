"""What nothing could place: the questions to an editor, each with the likeliest answers.

For an editors' desk::

    queue = house.to_file(limit=50)        # reads only; ranked by all that was taught so far
    for question in queue.questions:
        question.item                      # the resource with its present filing
        question.choices                   # up to three: slug, title, probability
        question.terms, question.why       # what spoke for the first of them, in words
    house.curate.file(number, slug, by=editor)    # answers one; any theme will do, or "other"
    house.curate.unfile(number)                   # takes the last answer back

Each answer is learnt at once, and what waits and is now beyond doubt is filed: ask for the queue
again after it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from digest.core.composition import NOT_CARRIED
from digest.core.edition import FiledResource, Filing
from digest.core.newsletter import OTHER
from digest.core.reason import Reason
from digest.jobs.learning import Learner
from digest.ports import Clock, Store

log = logging.getLogger(__name__)

_RESORTED = 300
"""The newest that are looked at again after each answer: a quarter of a second."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A theme to choose, and how probable it is, between 0 and 1."""

    theme: str
    title: str
    probability: float


@dataclass(frozen=True, slots=True)
class Question:
    """Where does this belong?

    Attributes:
        choices: the likeliest themes by now, the likeliest first; up to three.
        terms: what weighed most for the first of them; up to three.
        why: the same in a sentence.
    """

    item: FiledResource
    choices: tuple[Choice, ...]
    terms: tuple[str, ...]
    why: Reason


@dataclass(frozen=True, slots=True)
class Queue:
    """What is to file, the last seen first.

    Attributes:
        questions: as many as were asked for.
        count: how many there are in all.
    """

    questions: tuple[Question, ...]
    count: int


@dataclass(frozen=True, slots=True)
class ToFile:
    """The job.

    Attributes:
        titles: of the configured themes, by slug.
    """

    store: Store
    clock: Clock
    learner: Learner
    titles: Mapping[str, str]

    def __call__(self, limit: int = 50) -> Queue:
        """Ask for what waits; nothing is written but, now and then, what was learnt.

        Raises:
            StorageError: the database is out of reach.
        """
        self.learner.refresh()
        with self.store.read() as work:
            items = work.resources.to_file(limit)
            count = work.resources.count_to_file()
        return Queue(tuple(map(self._question, items)), count)

    def resort(self) -> int:
        """File what waits and is beyond doubt by now; answers how many that were.

        Raises:
            StorageError: the database is out of reach.
        """
        self.learner.refresh()
        with self.store.read() as work:
            items = work.resources.to_file(_RESORTED)
        found = [(item, self.learner.file(item.resource.facts)) for item in items]
        placed = [(item, filing) for item, filing in found if filing.theme != OTHER]
        filed = sum(self._file(item, filing) for item, filing in placed)
        if filed:
            log.info("filed %s that waited", filed)
        return filed

    def _file(self, item: FiledResource, filing: Filing) -> bool:
        """Unless somebody did meanwhile."""
        number = item.resource.id
        with self.store.begin() as work:
            now = work.resources.get(number)
            if now is None or not now.filing.is_to_file:
                return False
            work.resources.file(number, filing, self.clock.now())
            work.editions.reconsider(number, NOT_CARRIED)
            return True

    def _question(self, item: FiledResource) -> Question:
        filing = self.learner.guesses(item.resource.facts)
        choices = (
            Choice(guess.theme, self.titles.get(guess.theme, guess.theme), guess.probability)
            for guess in filing.guesses
        )
        return Question(item, tuple(choices), filing.terms, filing.reason)
