"""What the wheel holds."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built wheel, unpacked."""
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", out.as_posix()]
    subprocess.run(command, cwd=root, check=True, capture_output=True, timeout=120)
    (built,) = out.glob("*.whl")
    with ZipFile(built) as archive:
        archive.extractall(out / "site")
    return out / "site"


def test_the_wheel_holds_every_template(wheel: Path, root: Path) -> None:
    """Each template of the repository is inside the package."""
    templates = root / "templates"
    expected = {path.relative_to(templates) for path in templates.rglob("*") if path.is_file()}
    inside = wheel / "digest/templates"

    assert expected
    assert {path.relative_to(inside) for path in inside.rglob("*") if path.is_file()} == expected


def test_the_wheel_holds_the_running_example(wheel: Path) -> None:
    """A new site can be made from the wheel alone."""
    assert (wheel / "digest/examples/config.toml").is_file()
    assert (wheel / "digest/examples/hub/resources.html").is_file()


def test_the_wheel_lists_every_kind(wheel: Path, root: Path) -> None:
    """Each entry point of the project is in the wheel, and its module too."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    (listed,) = wheel.glob("*.dist-info/entry_points.txt")
    points = [p for group in project["entry-points"].values() for p in group.items()]

    for name, target in points:
        assert f"{name} = {target}" in listed.read_text("utf-8")
        assert (wheel / target.partition(":")[0].replace(".", "/")).with_suffix(".py").is_file()


def test_the_command_works_from_the_wheel(wheel: Path, tmp_path: Path) -> None:
    """The unpacked wheel answers on its own, away from the repository."""
    script = (
        f"import sys; sys.path.insert(0, {wheel.as_posix()!r}); "
        "import digest.cli.main as cli; "
        f"assert cli.__file__.startswith({wheel.as_posix()!r}), cli.__file__; "
        "sys.argv[1:] = ['--help']; cli.main()"
    )
    command = [sys.executable, "-c", script]

    done = subprocess.run(
        command, cwd=tmp_path, check=False, capture_output=True, text=True, timeout=60
    )

    assert done.returncode == 0, done.stderr
    assert "Usage" in done.stdout
