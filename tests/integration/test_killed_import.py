"""An import that is killed, and run again."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from digest.storage import Database
from subscribers import People, State
from tests.sending import KEY

_LINES = 6_000
_IMPORT = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from digest.storage import Database
from subscribers import People, importing
importing.BATCH = 1_000
folder = Path(sys.argv[1])
people = People(Database(f"sqlite:///{folder}/d.db", folder).engine, b"k" * 32,
                lambda: datetime.now(UTC))
with (folder / "people.csv").open(newline="") as file:
    report = people.read_csv(file, newsletter="weekly", how="paper",
                             progress=lambda n: print(n, flush=True))
print("added", report.added, report.unchanged)
"""


def _begin(folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _IMPORT, str(folder)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_a_killed_import_is_finished_by_the_next(tmp_path: Path) -> None:
    """Nobody is lost, nobody is there twice, and consent is recorded once."""
    database = Database(f"sqlite:///{tmp_path}/d.db", tmp_path)
    database.upgrade()
    lines = [f"reader{n}@example{n % 50}.org\n" for n in range(_LINES)]
    (tmp_path / "people.csv").write_text("".join(["email\n", *lines]))

    first = _begin(tmp_path)
    assert first.stdout
    assert first.stdout.readline() == "1000\n"
    first.send_signal(signal.SIGKILL)
    first.communicate(timeout=60)
    said, _ = _begin(tmp_path).communicate(timeout=240)

    people = People(database.engine, KEY, lambda: datetime.now(UTC))
    added, unchanged = map(int, said.splitlines()[-1].split()[1:])
    assert added < _LINES
    assert added + unchanged == _LINES == people.count()
    assert people.tally() == {("weekly", State.ACTIVE.value): _LINES}
    assert len(people.show("reader0@example0.org").consents) == 1
    database.close()
