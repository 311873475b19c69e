"""Editors whose process is killed: what was learnt agrees with what was filed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from digest.clock import SystemClock
from digest.core.newsletter import Theme
from digest.jobs.rebuild import Rebuild
from digest.storage import Database
from tests.contract.keeping import keep_resource

THEMES = (Theme("rivers", "Rivers", "", ("bend", "bar")), Theme("guides", "Guides", "", ("field",)))

_TEACHES = """
import itertools, sys
from pathlib import Path
from digest.clock import SystemClock
from digest.core.theme import RuleFiler
from digest.jobs.curate import Curate
from digest.jobs.learning import Learner
from digest.jobs.to_file import ToFile
from digest.storage import Database
from tests.integration.test_killed_teachers import THEMES

store = Database(sys.argv[1], Path.cwd(), patience=60)
learner = Learner(store, THEMES, RuleFiler(THEMES, {}))
resort = ToFile(store, SystemClock(), learner, {}).resort
curate = Curate(store, SystemClock(), [theme.slug for theme in THEMES], resort)
for turn in itertools.count():
    number = turn % 12 + 1
    curate.file(number, THEMES[(turn // 12 + number) % 2].slug, by="ada")
    if not turn % 3:
        curate.unfile(number)
    print(turn, flush=True)
"""


def test_counts_agree_with_filings_after_every_kill(store: Database, database_url: str) -> None:
    """Two processes teach at once, and are killed; counts, lessons and filings add up."""
    for number in range(1, 13):
        keep_resource(store, number, theme="other")
    rebuild = Rebuild(store, SystemClock(), THEMES)
    command = [sys.executable, "-c", _TEACHES, database_url]
    for turns in (3, 17):
        teachers = [_started(command) for _ in range(2)]
        for teacher in teachers:
            assert teacher.stdout
            for _ in range(turns):
                assert teacher.stdout.readline()
        for teacher in teachers:
            teacher.kill()
            teacher.communicate()
        assert rebuild.check() == []
    assert rebuild().added == 0
    assert rebuild.check() == []


def _started(command: list[str]) -> subprocess.Popen[bytes]:
    root = Path(__file__).parents[2]
    return subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE)
