"""The composition root: every part of a site can be made, and only what is used is made."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from inspect import getattr_static
from pathlib import Path

import pytest

from digest import plugins
from digest.config import MailSettings, Settings
from digest.core.resource import Facts
from digest.errors import ConfigError, UsageError
from digest.wiring import House, kind_options, settings
from tests.builders import MONDAY
from tests.fakes import DirectEngine, TickingClock, WordlistEmbedder

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def shipped(tmp_path: Path) -> Settings:
    """The running example, in a folder of its own."""
    shutil.copy(REPOSITORY / "config.toml", tmp_path)
    shutil.copytree(REPOSITORY / "examples", tmp_path / "examples")
    return settings(tmp_path / "config.toml")


@pytest.fixture
def house(shipped: Settings) -> Iterator[House]:
    with House(shipped, TickingClock(MONDAY)) as house:
        yield house


PARTS = [name for name in dir(House) if isinstance(getattr_static(House, name), cached_property)]


@pytest.mark.parametrize("part", PARTS)
def test_every_part_can_be_made_first(
    house: House, part: str, tmp_path: Path, migrated_file: Path
) -> None:
    """Whatever a command begins with, it gets what that needs."""
    (tmp_path / "var").mkdir()
    shutil.copy(migrated_file, tmp_path / "var" / "digest.db")
    made = getattr(house, part)
    assert getattr(house, part) is made
    assert made is not None or part in {"signer", "embedder", "identities"}, (
        "these a site may do without"
    )


def test_nothing_is_made_before_it_is_used(house: House, tmp_path: Path) -> None:
    """A command that needs no database opens none."""
    assert house.newsletters
    assert house.themes
    assert not (tmp_path / "var").exists()


def test_a_closed_house_opens_again(house: House) -> None:
    """Closing gives the connections back, any number of times; the next use takes new ones."""
    house.conveyor()
    house.close()
    house.close()
    with house.store.read() as work:
        assert len(work.sources.records()) == len(house.settings.sources)


def test_settings_become_values_of_the_core(house: House) -> None:
    """What is left open comes from the site, or from the name."""
    weekly = house.newsletters["weekly"]
    assert (weekly.timezone.key, weekly.language) == ("Europe/Berlin", "en")
    assert house.source_titles["water-watch"] == "City Water Watch"
    assert [theme.slug for theme in house.themes][:2] == ["water-quality", "floods"]
    assert house.host == "127.0.0.1"


def test_a_source_without_a_title_is_called_by_its_name(shipped: Settings) -> None:
    """Hyphens are no words."""
    untitled = shipped.sources[1].model_copy(update={"title": ""})
    house = House(shipped.model_copy(update={"sources": (untitled,)}))
    assert dict(house.source_titles) == {"water-watch": "Water Watch"}


def test_a_source_comes_with_what_reads_it(house: House) -> None:
    """Its kind, made with its own options, and its default theme."""
    source, collector = house.collector("water-watch")
    assert (source.kind, source.theme, source.every) == (
        "feed",
        "water-quality",
        timedelta(hours=1),
    )
    assert type(collector).__name__ == "FeedCollector"


def test_a_model_of_language_is_known_before_it_is_loaded(shipped: Settings) -> None:
    """A misspelt one is a fault of the configuration, and told with those there are."""
    file = shipped.root / "config.toml"
    file.write_text(file.read_text().replace('# embedder = "minilm"', 'embedder = "mimilm"'))
    with pytest.raises(ConfigError, match=r'filing\.embedder: no kind "mimilm"; .* minilm'):
        settings(file)


class Tongue(WordlistEmbedder):
    """A model of language from another package."""

    def __init__(self) -> None:
        super().__init__({"rivers over banks": ("flood", "deluge"), "rest": ("drinking", "fish")})


@pytest.fixture
def other_package(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """It is installed, and brings a model of language."""
    point = EntryPoint("tongue", f"{__name__}:Tongue", "digest.embedders")
    plugins._kinds.cache_clear()
    monkeypatch.setattr(
        plugins,
        "entry_points",
        lambda group: (point,) if group == point.group else entry_points(group=group),
    )
    yield
    plugins._kinds.cache_clear()


def test_another_package_can_bring_a_model_of_language(
    shipped: Settings, other_package: None
) -> None:
    """By its entry point alone; then what it knows of words speaks when an item is filed."""
    told = shipped.filing.model_copy(update={"embedder": "tongue"})
    unheard = Facts("1", "https://x.example/1", "Deluge")
    likely = []
    for one in (shipped, shipped.model_copy(update={"filing": told})):
        with House(one, TickingClock(MONDAY)) as house:
            guesses = {g.theme: g.probability for g in house.filer.guesses(unheard).guesses}
            likely.append(guesses.get("floods", 0))
    assert isinstance(house.embedder, Tongue)
    assert likely[1] > likely[0]


def test_an_unknown_source_is_wrong_use(house: House) -> None:
    """The sentence lists those there are."""
    with pytest.raises(UsageError, match=r'^no source "libary"; expected one of library, '):
        house.collector("libary")


def test_the_engine_hears_what_transactions_make_due(house: House) -> None:
    """There is one, of the kind that is configured; until it is started it runs nothing."""
    assert type(house.engine).__name__ == "EmbeddedEngine"
    house.engine = engine = DirectEngine()
    house.sweep.sources()
    names = [source.name for source in house.settings.sources]
    assert [call.arguments for call in engine.calls] == [(("source", name),) for name in names]


def test_an_engine_that_cannot_use_the_database_is_wrong_configuration(tmp_path: Path) -> None:
    """One line says where, and what to do; nothing starts."""
    text = (REPOSITORY / "config.toml").read_text("utf-8")
    config = tmp_path / "config.toml"
    config.write_text(text.replace('kind = "embedded"', 'kind = "procrastinate"'))
    with pytest.raises(ConfigError) as told:
        settings(config)
    assert str(told.value) == (
        "config.toml: engine.kind: procrastinate keeps its queue in PostgreSQL: set [storage] url "
        '= "postgresql+psycopg://USER@HOST/NAME", or this to "embedded"'
    )


def test_the_whole_way_of_the_running_example(house: House, tmp_path: Path) -> None:
    """Everything wired goes together: pages, feeds and letters come out."""
    house.people.add("ada@example.net", {"weekly": None}, how="sign-up sheet")
    report = house.conveyor(now=True)
    assert report.failures == ()
    assert [one.error for one in report.collected] == [""] * len(house.settings.sources)
    assert (tmp_path / "public" / "weekly" / "atom.xml").is_file()
    assert len(list((tmp_path / "var" / "outbox").glob("**/*.eml"))) == 1
    again = house.conveyor(now=True)
    assert {one.reason for one in again.assembled} == {"nothing new"}
    assert (again.published, again.delivered) == ((), ())


def test_a_kind_of_source_tells_its_options(shipped: Settings) -> None:
    """Other kinds have none."""
    options = kind_options("collectors", "feed")
    assert options
    assert "url" in options.model_fields
    assert kind_options("mailers", "spool") is None


def test_wrong_options_of_a_kind_are_told_with_the_configuration(tmp_path: Path) -> None:
    """Nothing starts; the key is named as it stands in the file."""
    text = (REPOSITORY / "config.toml").read_text("utf-8")
    (tmp_path / "config.toml").write_text(
        text.replace('kind = "feed"', 'kind = "feed"\nulr = ""', 1)
    )
    with pytest.raises(ConfigError) as told:
        settings(tmp_path / "config.toml")
    (problem,) = told.value.problems
    assert (problem.file, problem.key) == ("config.toml", "sources[2].ulr")


def test_mail_settings_can_be_made_by_hand() -> None:
    """Parts are tested with settings of their own."""
    made = MailSettings(from_address="digest@example.org", give_up_after=timedelta(hours=1))
    assert made.give_up_after == timedelta(hours=1)
