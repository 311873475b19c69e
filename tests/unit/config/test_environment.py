"""Settings from the environment and from secret files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from digest.config import Settings
from digest.core.newsletter import Approval
from digest.errors import ConfigError

Load = Callable[..., Settings]
Told = Callable[..., list[str]]

SECRET = "[{rain on the weir"


def test_the_environment_wins_over_the_file(loaded: Load) -> None:
    """A platform may set what the file says otherwise."""
    assert loaded(DIGEST_SITE__NAME="Otherbank").site.name == "Otherbank"


def test_a_table_may_come_from_the_environment_alone(loaded: Load) -> None:
    """The file need not mention it; numbers are converted by their key."""
    assert loaded(DIGEST_WEB__PORT="9000").web.port == 9000


def test_lists_and_tables_are_written_as_in_the_file(loaded: Load) -> None:
    """Brackets and braces mean the same in both places."""
    settings = loaded(
        DIGEST_COLLECT__ALLOW_PRIVATE='["intranet.example.org:8080"]',
        DIGEST_MAIL__DOMAIN_RATES='{ "example.net" = 5 }',
    )
    assert settings.collect.allow_private == ("intranet.example.org:8080",)
    assert settings.mail.domain_rates == {"example.net": 5}


def test_an_entry_of_a_list_is_named_by_its_slug_or_name(loaded: Load) -> None:
    """Hyphens become underscores, as names of variables want it."""
    settings = loaded(
        DIGEST_NEWSLETTERS__CITY_WATER__APPROVAL="manual", DIGEST_SOURCES__LIBRARY__EVERY="2d"
    )
    assert settings.newsletters[0].approval is Approval.MANUAL
    assert settings.sources[0].every.days == 2


def test_a_list_may_stand_within_a_table(loaded: Load) -> None:
    """A mail server of several has a password of its own."""
    settings = loaded(
        DIGEST_MAIL__SERVERS='[{ name = "first-relay", host = "a.example.org" }]',
        DIGEST_MAIL__SERVERS__FIRST_RELAY__PASSWORD=SECRET,
    )
    assert settings.mail.relays[0].password.get_secret_value() == SECRET


def test_mail_servers_are_named_once(loaded: Load) -> None:
    """Either in the table itself or in the list: both at once is a mistake."""
    with pytest.raises(ConfigError, match="either host and its like, or servers"):
        loaded(DIGEST_MAIL__SERVERS='[{ name = "a", host = "b" }]', DIGEST_MAIL__HOST="c")


def test_a_secret_file_gives_its_text_without_the_last_line_break(
    loaded: Load, tmp_path: Path
) -> None:
    """As container platforms hand out secrets."""
    file = tmp_path / "password"
    file.write_text(f"{SECRET}\r\n", "utf-8")
    settings = loaded(DIGEST_MAIL__PASSWORD_FILE=str(file))
    assert settings.mail.password.get_secret_value() == SECRET


def test_a_secret_may_begin_like_a_list(loaded: Load) -> None:
    """What is no TOML list is the text itself."""
    assert loaded(DIGEST_MAIL__PASSWORD=SECRET).mail.password.get_secret_value() == SECRET


def test_secrets_show_in_no_text_about_the_settings(loaded: Load) -> None:
    """Neither a log line nor a traceback may hold them."""
    url = "postgresql+psycopg://digest:hunter2@db/digest"
    settings = loaded(DIGEST_MAIL__PASSWORD=SECRET, DIGEST_STORAGE__URL=url)
    for text in (repr(settings), str(settings), str(settings.model_dump()), f"{settings.mail}"):
        assert SECRET not in text
        assert "hunter2" not in text


def test_secrets_show_in_no_error(loaded: Load) -> None:
    """A wrong value is not repeated; it may be the password in the wrong place."""
    with pytest.raises(ConfigError) as told:
        loaded(DIGEST_STORAGE__URL=SECRET, DIGEST_MAIL__PORT=SECRET, DIGEST_MAIL__RATE=SECRET)
    assert len(told.value.problems) == 3
    assert SECRET not in str(told.value) + repr(told.value)
    assert told.value.__cause__ is None


def test_a_wrong_value_names_the_variable_it_came_from(told: Told) -> None:
    """Nobody should search the file for what it does not say."""
    assert told(
        DIGEST_MAIL__PORT="70000",
        DIGEST_NEWSLETTERS__CITY_WATER__MIN_ITEMS="many",
        DIGEST_SOURCES__LIBRARY__KIND="fead",
    ) == [
        "environment: DIGEST_MAIL__PORT: expected a number less than or equal to 65535",
        ("environment: DIGEST_NEWSLETTERS__CITY_WATER__MIN_ITEMS: expected a whole number"),
        'environment: DIGEST_SOURCES__LIBRARY__KIND: no kind "fead"; expected one of feed, push',
    ]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("DIGEST_SIGHT__NAME", "expected one of SITE, STORAGE, ENGINE, COLLECT, MAIL, PUBLISH, "),
        ("DIGEST_ROOT__X", "expected one of SITE, "),
        ("DIGEST_THEMES__FLOOD__TITLE", 'no entry is named "FLOOD"; expected one of FLOODS'),
        ("DIGEST_THEMES__TITLE", 'no entry is named ""; expected one of FLOODS'),
        ("DIGEST_SITE__NAME__X", "there is no such table in the configuration"),
        (
            "DIGEST_MAIL__PASSWORD_FILE",
            "the secret file x cannot be read: No such file or directory",
        ),
    ],
)
def test_a_variable_that_leads_nowhere_is_told(told: Told, name: str, said: str) -> None:
    """A slip in a name is not silence."""
    (line,) = told(**{name: "x"})
    assert line.startswith(f"environment: {name}: {said}")


def test_an_unknown_key_from_the_environment_is_told(told: Told) -> None:
    """As one from the file would be."""
    assert told(DIGEST_SITE__NAEM="x") == [
        "environment: DIGEST_SITE__NAEM: unknown key; remove it or check its spelling"
    ]


@pytest.mark.parametrize("content", [b"\xff\xfe", b"x" * 64_001])
def test_a_secret_file_must_be_a_short_text(told: Told, tmp_path: Path, content: bytes) -> None:
    """Half a secret or the wrong file is worse than none."""
    file = tmp_path / "password"
    file.write_bytes(content)
    (line,) = told(DIGEST_MAIL__PASSWORD_FILE=str(file))
    assert line.startswith(f"environment: DIGEST_MAIL__PASSWORD_FILE: the secret file {file} ")


def test_other_variables_are_not_ours(loaded: Load) -> None:
    """Only names with the prefix and a table are read."""
    assert loaded(DIGEST_HOME="/srv", PATH="/bin", OTHER__THING="1").site.name == "Riverbank"


def test_the_file_itself_is_read_from_the_process_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without an environment given, the process's own counts."""
    from digest.config import load

    monkeypatch.setenv("DIGEST_SITE__NAME", "Otherbank")
    repository = Path(__file__).parents[3]
    assert load(repository / "config.toml").site.name == "Otherbank"
