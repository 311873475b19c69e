"""What was learnt, as rows that a database keeps and several processes share.

Four tables hold it all::

    count(kind, theme, feature, amount)    primary key: kind, theme, feature
    weight(theme, feature, weight, energy) primary key: theme, feature
    trust(member, trust, energy)           primary key: member
    decision(number, confidence, right, automatic)

beside the lessons themselves (key, theme, day, and the example they were learnt from) in the
order they were learnt. ``count`` is a sum over the lessons and nothing else, whatever their
order: :func:`counted` makes it again from them, so a difference is a fault. Weights, trusts and
decisions depend on the order; learning all lessons again gives them back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from digest.core.filing.filer import LearningFiler
from digest.core.filing.gate import Decision
from digest.core.filing.lesson import Lesson, Shelf
from digest.core.filing.meaning import Embedder
from digest.core.filing.members import Members
from digest.core.filing.mixture import Member
from digest.core.newsletter import Theme


class Kind(StrEnum):
    """What is counted; the first two regardless of the theme."""

    SEEN_WORD = "seen word"
    SEEN_PIECE = "seen piece"
    WORD = "word"
    PIECE = "piece"
    PUBLISHER = "publisher"
    MEANING = "meaning"


@dataclass(frozen=True, slots=True, order=True)
class Count:
    """How much of a feature was filed under a theme.

    Attributes:
        theme: slug; empty for ``SEEN_WORD`` and ``SEEN_PIECE``.
        feature: empty for the number of examples, or of all publishers; of ``MEANING`` the place
            in the vector.
        amount: never 0; up to 64 bits.
    """

    kind: Kind
    theme: str
    feature: str
    amount: int


@dataclass(frozen=True, slots=True)
class Weight:
    """A weight of the logistic member; the empty feature is the theme's bias."""

    theme: str
    feature: str
    weight: float
    energy: float


@dataclass(frozen=True, slots=True)
class Trust:
    """How far a member is trusted."""

    member: Member
    trust: float
    energy: float


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All that a filer learnt.

    Attributes:
        lessons: in the order of the shelf.
        cursor: how many lessons were rehearsed so far.
    """

    counts: tuple[Count, ...] = ()
    weights: tuple[Weight, ...] = ()
    trusts: tuple[Trust, ...] = ()
    decisions: tuple[Decision, ...] = ()
    lessons: tuple[Lesson, ...] = ()
    cursor: int = 0


def knowledge(filer: LearningFiler) -> Knowledge:
    """What a filer learnt, without what the configuration told it."""
    mixture = filer.mixture
    present = list(Member)[: len(filer.members)]
    trusts = zip(present, mixture.trusts, mixture.energies, strict=True)
    return Knowledge(
        counts=_counts(filer.members, filer.themes),
        weights=tuple(_weights(filer)),
        trusts=tuple(Trust(*row) for row in trusts),
        decisions=tuple(filer.decisions),
        lessons=tuple(filer.shelf.lessons),
        cursor=filer.shelf.cursor,
    )


def recalled(
    themes: Sequence[Theme],
    learnt: Knowledge,
    precision: float = 0.9,
    embedder: Embedder | None = None,
) -> LearningFiler:
    """A filer that knows it again; rows of themes that are no more are left out.

    Its answers are those of the filer it was taken from, so long as the themes are the same.
    """
    filer = LearningFiler(themes, precision, embedder)
    numbers = filer.numbers
    for row in learnt.counts:
        _restore(filer.members, row, numbers.get(row.theme))
    logistic = filer.members.logistic
    if learnt.weights:
        logistic.forget(lambda _: True)
    for weight in learnt.weights:
        if (theme := numbers.get(weight.theme)) is not None:
            logistic.restore(weight.feature, theme, weight.weight, weight.energy)
    for trust in learnt.trusts[: len(filer.members)]:
        filer.mixture.trusts[trust.member] = trust.trust
        filer.mixture.energies[trust.member] = trust.energy
    filer.decisions = list(learnt.decisions)
    themed = [lesson for lesson in learnt.lessons if lesson.theme in numbers]
    filer.shelf = Shelf(themed, learnt.cursor)
    filer.latest = max((lesson.day for lesson in themed), default=filer.latest)
    return filer


def counted(
    themes: Sequence[Theme], lessons: Iterable[Lesson], embedder: Embedder | None = None
) -> tuple[Count, ...]:
    """The counts that these lessons add up to, sorted; to check those that are kept."""
    numbers = {theme.slug: number for number, theme in enumerate(themes)}
    members = Members(themes, embedder)
    for lesson in lessons:
        if (theme := numbers.get(lesson.theme)) is not None:
            members.count(members.look(lesson.example), theme, lesson.day)
    return _counts(members, themes)


def _counts(members: Members, themes: Sequence[Theme]) -> tuple[Count, ...]:
    members.plant(-1)
    rows = sorted(_rows(members, [theme.slug for theme in themes]))
    members.plant(1)
    return tuple(rows)


def _rows(members: Members, slugs: Sequence[str]) -> Iterator[Count]:
    for kind, vocabulary in (
        (Kind.SEEN_WORD, members.words),
        (Kind.SEEN_PIECE, members.letters),
    ):
        yield from (Count(kind, "", *row) for row in vocabulary.rows() if row[1])
    for kind, tally in (
        (Kind.WORD, members.centroid.tally),
        (Kind.PIECE, members.bayes.tally),
        (Kind.PUBLISHER, members.history.tally),
        (Kind.MEANING, members.meaning),
    ):
        yield from (Count(kind, slugs[theme], name, n) for name, theme, n in tally.rows() if n)


def _restore(members: Members, row: Count, theme: int | None) -> None:
    if row.kind is Kind.SEEN_WORD:
        members.words.restore(row.feature, row.amount)
    elif row.kind is Kind.SEEN_PIECE:
        members.letters.restore(row.feature, row.amount)
    elif row.kind is Kind.MEANING and not members.embedder:
        return
    elif theme is not None:
        adders: dict[Kind, Callable[[], object]] = {
            Kind.WORD: lambda: members.centroid.add({row.feature: row.amount}, theme),
            Kind.PIECE: lambda: members.bayes.add({row.feature: row.amount}, theme),
            Kind.PUBLISHER: lambda: members.history.tally.add(row.feature, theme, row.amount),
            Kind.MEANING: lambda: members.meaning.restore(row.feature, theme, row.amount),
        }
        adders[row.kind]()


def _weights(filer: LearningFiler) -> Iterator[Weight]:
    logistic = filer.members.logistic
    biases = zip(filer.themes, logistic.biases, logistic.bias_energies, strict=True)
    yield from (Weight(theme.slug, "", bias, energy) for theme, bias, energy in biases)
    for feature, theme, weight, energy in logistic.rows():
        yield Weight(filer.themes[theme].slug, feature, weight, energy)
