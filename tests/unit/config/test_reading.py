"""Reading ``config.toml``: what comes of it, and what people are told when it is wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from digest.config import Options, Settings, load, read_options
from digest.core.newsletter import Approval
from digest.errors import ConfigError, Problem

Load = Callable[..., Settings]
Told = Callable[..., list[str]]

REPOSITORY = Path(__file__).parents[3]


def test_a_small_configuration_is_enough(loaded: Load) -> None:
    """Everything else has a value that works on one machine without a network."""
    settings = loaded()
    assert settings.storage.url.get_secret_value() == "sqlite:///var/digest.db"
    assert (settings.mail.kind, settings.engine.kind) == ("spool", "embedded")
    assert (settings.publish.kind, settings.publish.directory) == ("directory", Path("public"))
    assert (settings.web.host, settings.web.port) == ("127.0.0.1", 8000)
    assert settings.sources[0].every == timedelta(hours=1)
    assert settings.newsletters[0].approval is Approval.AUTO


def test_a_schedule_is_kept_as_a_cron_expression(loaded: Load) -> None:
    """Phrases are for people; the calendar reads one form."""
    assert loaded().newsletters[0].schedule == "0 8 * * 1"


def test_relative_paths_start_at_the_folder_of_the_file(loaded: Load, tmp_path: Path) -> None:
    """Not where the command was called."""
    assert loaded().root == tmp_path.resolve()


def test_a_kind_gets_its_own_keys_and_no_other(loaded: Load) -> None:
    """What every source has is not among them."""
    assert loaded().sources[0].options == {"url": "https://library.example.org/feed"}


def test_settings_never_change(loaded: Load) -> None:
    """Nobody can turn a setting while others read it."""
    with pytest.raises(ValidationError):
        setattr(loaded().web, "port", 1)  # noqa: B010 - the type checker knows it too


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    """Some editors write one in front of every file."""
    file = tmp_path / "config.toml"
    file.write_text("﻿" + (REPOSITORY / "config.toml").read_text("utf-8"), "utf-8")
    assert load(file, environ={}).site.name == "Riverbank"


def test_the_shipped_file_is_right() -> None:
    """The running example loads with every kind that it names."""
    from digest.wiring import kind_options

    settings = load(REPOSITORY / "config.toml", kinds=kind_options, environ={})
    assert settings.newsletters
    assert settings.sources


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('name = "Riverbank"\n', "", "site.name: is required"),
        (
            "[site]",
            "[site]\ncolour = 1",
            "site.colour: unknown key; remove it or check its spelling",
        ),
        (
            "https://digest.example.org",
            "digest.example.org",
            'site.url: expected an absolute address, such as "https://digest.example.org"',
        ),
        (
            'slug = "city-water"',
            'slug = "City Water!"',
            (
                "newsletters[1].slug: expected lower-case letters, digits and single hyphens, "
                'such as "weekly"'
            ),
        ),
        (
            "[[newsletters]]",
            '[[themes]]\nslug = "other"\ntitle = "Other"\n[[newsletters]]',
            'themes[2].slug: expected another slug: "other" is for what no rule can place',
        ),
        (
            "[site]",
            '[site]\ntimezone = "Berlin"',
            'site.timezone: expected a time zone name, such as "Europe/Berlin"',
        ),
        (
            "[[newsletters]]",
            '[[newsletters]]\ntimezone = "Europe"',
            'newsletters[1].timezone: expected a time zone name, such as "Europe/Berlin"',
        ),
        (
            "[site]",
            '[site]\naccent = "green"',
            'site.accent: expected a colour of six hexadecimal digits, such as "#0b5c52"',
        ),
        (
            "[[newsletters]]",
            '[[newsletters]]\napproval = "maybe"',
            "newsletters[1].approval: expected 'auto' or 'manual'",
        ),
        (
            "[[newsletters]]",
            "[[newsletters]]\nmin_items = 0",
            "newsletters[1].min_items: expected a number greater than or equal to 1",
        ),
        (
            "[[newsletters]]",
            '[[newsletters]]\nlanguage = "English please"',
            'newsletters[1].language: expected a language tag (RFC 5646), such as "en" or "pt-BR"',
        ),
        (
            "[[sources]]",
            '[[sources]]\nevery = "hourly"',
            'sources[1].every: expected a duration, such as "30m", "6h" or "7d"',
        ),
        (
            "[[sources]]",
            '[[sources]]\nevery = "0m"',
            "sources[1].every: expected a duration of more than nothing and at most ten years",
        ),
        (
            "[[sources]]",
            '[[sources]]\nevery = "999999999999w"',
            "sources[1].every: expected a duration of more than nothing and at most ten years",
        ),
        (
            "[mail]",
            '[storage]\nurl = "mysql://localhost/digest"\n[mail]',
            'storage.url: expected "sqlite:///FILE" or "postgresql+psycopg://HOST/NAME"',
        ),
        (
            "[mail]",
            '[collect]\nmax_size = "big"\n[mail]',
            'collect.max_size: expected a size, such as "500 KB" or "15 MB"',
        ),
        (
            "[mail]",
            "[mail]\nport = 70000",
            "mail.port: expected a number less than or equal to 65535",
        ),
        (
            "[mail]",
            '[mail]\ndomain_rates = { "example.net" = -1 }',
            "mail.domain_rates.example.net: expected a number greater than or equal to 0",
        ),
        (
            "[[sources]]",
            '[mail.dkim]\nselector = "a b"\nkey_file = "k"\n[[sources]]',
            'mail.dkim.selector: expected letters, digits and hyphens, such as "digest-2026"',
        ),
        (
            "[[sources]]",
            '[mail.dkim]\nselector = "a"\n[[sources]]',
            "mail.dkim: expected either key_file, or key from the environment",
        ),
        (
            "[[sources]]",
            '[mail.dkim]\nselector = "a"\nkey_file = "k"\ndomain = "a b"\n[[sources]]',
            'mail.dkim.domain: expected a domain, such as "news.example.org"',
        ),
        (
            "[[sources]]",
            '[mail.dkim]\nselector = "a"\nkey_file = "k"\ndomain = "example.com"\n[[sources]]',
            "mail: expected dkim.domain to be that of from_address, or one above it",
        ),
        ("[mail]", "[mail]\nrate = inf", "mail.rate: expected a finite number"),
        ("[mail]", "[mail]\nport = 2.5", "mail.port: expected a whole number"),
        ("[mail]", "[mail]\nhost = 7", "mail.host: expected text in quotes"),
        (
            "[[newsletters]]",
            "[newsletters]",
            "newsletters: expected a list; of tables, each under [[double brackets]]",
        ),
        (
            "[mail]",
            "[mial]",
            "mial: unknown key; remove it or check its spelling\nmail: is required",
        ),
        (
            "[site]",
            'root = "/"\n[site]',
            "root: unknown key; remove it or check its spelling",
        ),
        (
            'kind = "feed"',
            'kind = "fead"',
            'sources[1].kind: no kind "fead"; expected one of feed, push',
        ),
        (
            "[mail]",
            '[mail]\nkind = "pigeon"',
            'mail.kind: no kind "pigeon"; expected one of spool',
        ),
        (
            'url = "https://library.example.org/feed"',
            "ulr = 5",
            (
                "sources[1].url: is required\n"
                "sources[1].ulr: unknown key; remove it or check its spelling"
            ),
        ),
        (
            'kind = "feed"',
            'kind = "push"',
            "sources[1].url: unknown key; remove it or check its spelling",
        ),
        (
            "[[sources]]",
            '[[sources]]\ntheme = "flood"',
            'sources[1].theme: no theme "flood"; expected one of floods',
        ),
        (
            '"floods", "other"',
            '"floods", "flood"',
            'newsletters[1].themes: no theme "flood"; expected one of floods, other',
        ),
        (
            '"floods", "other"',
            '"floods", "floods"',
            'newsletters[1].themes: expected each theme once: "floods" is there twice',
        ),
        (
            "[site]",
            '[privacy]\nunconfirmed = "1h"\n[site]',
            "privacy: expected unconfirmed to be a day or more: letters wait in mailboxes",
        ),
        (
            "[site]",
            '[privacy]\nleft = "7d"\n[site]',
            "privacy: expected left to be 30 days or more: so long leaving can be undone",
        ),
        (
            "[site]",
            '[privacy]\nletters = "1d"\n[site]',
            "privacy: expected letters to be 90 days or more: so long they may matter",
        ),
        (
            'slug = "city-water"',
            'slug = "themes"',
            'newsletters[1].slug: expected another slug: "/themes/" is in use',
        ),
    ],
)
def test_a_wrong_value_is_one_line_with_file_key_and_expectation(
    told: Told, old: str, new: str, line: str
) -> None:
    """Each wrong key or value says where it stands and what was expected."""
    assert told((old, new)) == [f"config.toml: {one}" for one in line.splitlines()]


@pytest.mark.parametrize(
    "url", ["https://", "https://[::1", "https://a b.example.org", "https://?"]
)
def test_an_address_without_a_host_is_none(told: Told, url: str) -> None:
    """Every page and feed is built on it."""
    (line,) = told(("https://digest.example.org", url))
    assert line.startswith("config.toml: site.url: expected an absolute address")


def test_wrong_email_addresses_say_what_is_wrong(told: Told) -> None:
    """The checker's own sentence stands behind the key."""
    (line,) = told(("editors@example.org", "editors"))
    assert line.startswith("config.toml: site.contact: expected an email address: ")


def test_an_open_value_may_stay_open_but_not_wrong(loaded: Load, told: Told) -> None:
    """An empty bounce address is none; a wrong one is one line, not two."""
    assert not loaded(("[mail]", '[mail]\nbounce_address = ""')).mail.bounce_address
    (line,) = told(("[mail]", '[mail]\nbounce_address = "nobody"'))
    assert line.startswith("config.toml: mail.bounce_address: expected an email address")


@pytest.mark.parametrize(("table", "name"), [("sources", "name"), ("themes", "slug")])
def test_names_are_unique(told: Told, table: str, name: str) -> None:
    """Two entries of one name cannot be told apart in commands and addresses."""
    same = {"sources": "library", "themes": "floods"}[table]
    rest = {"sources": 'kind = "feed"\nurl = "https://a.example"', "themes": 'title = "Two"'}[table]
    lines = told(more=f'[[{table}]]\n{name} = "{same}"\n{rest}\n')
    expected = (
        f'config.toml: {table}[2].{name}: expected a name of its own: "{same}" is there twice'
    )
    assert lines == [expected]


def test_all_faults_are_told_at_once(told: Told) -> None:
    """Tables, kinds, their own options, references and the environment, in one answer."""
    lines = told(
        ('name = "Riverbank"\n', ""),
        ("weekly monday 08:00", "now and then"),
        ('url = "https://library.example.org/feed"', ""),
        ('"floods", "other"', '"nothing"'),
        DIGEST_MAIL__PORT="none",
        DIGEST_MALI__PORT="25",
    )
    assert [line.split(": ")[:2] for line in lines] == [
        ["environment", "DIGEST_MALI__PORT"],
        ["config.toml", "site.name"],
        ["environment", "DIGEST_MAIL__PORT"],
        ["config.toml", "newsletters[1].schedule"],
        ["config.toml", "newsletters[1].themes"],
        ["config.toml", "sources[1].url"],
    ]


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    """The first thing a newcomer meets."""
    file = tmp_path / "config.toml"
    with pytest.raises(ConfigError) as told:
        load(file, environ={})
    assert told.value.problems == (
        Problem(
            str(file),
            "file",
            "no such file; run `digest init DIR` to make a site, or give --config FILE",
        ),
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[site", "is not TOML: "),
        (b"\xff\xfe", "is not TOML: it is not in UTF-8"),
        (None, "cannot be read: "),
    ],
)
def test_a_file_that_is_no_configuration(tmp_path: Path, content: bytes | None, said: str) -> None:
    """Broken TOML, another encoding, a folder: one line each."""
    file = tmp_path / "config.toml"
    if content is None:
        file.mkdir()
    else:
        file.write_bytes(content)
    with pytest.raises(ConfigError) as told:
        load(file, environ={})
    assert str(told.value).startswith(f"{file}: file: {said}")


def test_a_broken_kind_is_told_with_the_other_faults(tmp_path: Path) -> None:
    """A package that cannot be loaded does not hide what else is wrong."""

    def broken(group: str, kind: str) -> type[Options] | None:
        raise ConfigError(Problem("kinds", f"{group}.{kind}", "its package cannot be loaded"))

    file = tmp_path / "config.toml"
    file.write_text('[mail]\nkind = "smtp"\nfrom_address = "a@example.org"\n')
    with pytest.raises(ConfigError) as told:
        load(file, kinds=broken, environ={})
    assert str(told.value).splitlines() == [
        "config.toml: site: is required",
        "kinds: mailers.smtp: its package cannot be loaded",
    ]


def test_options_of_a_kind_tell_the_table_they_stand_in() -> None:
    """As they are read where a collector is made."""

    class Wanted(Options):
        url: str

    with pytest.raises(ConfigError, match=r"^site\.toml: sources\[3\]\.url: is required$"):
        read_options(Wanted, {}, file="site.toml", key="sources[3]")
