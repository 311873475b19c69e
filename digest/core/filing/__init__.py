"""Filing that learns: four small members, and a mixture that learns whom to trust.

Pure and deterministic, of the standard library alone. See ``docs/themes.md`` for what it reaches.
"""

from digest.core.filing.example import Example
from digest.core.filing.filer import LearningFiler
from digest.core.filing.gate import Decision
from digest.core.filing.lesson import Lesson
from digest.core.filing.ranking import Ranking, Share, Suggestion

__all__ = ["Decision", "Example", "LearningFiler", "Lesson", "Ranking", "Share", "Suggestion"]
