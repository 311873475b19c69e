"""Private keys: which are taken, and what is said of the others."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from pydantic import SecretStr

from digest.config import DkimSettings
from digest.errors import ConfigError
from digest.signing import record, signer
from tests.keys import DOMAIN, ED25519, RSA, Key


def with_key(pem: str, **over: object) -> DkimSettings:
    return DkimSettings.model_validate({"selector": "test", "key": SecretStr(pem), **over})


@pytest.mark.parametrize(
    ("key", "algorithm"), [(RSA, "rsa-sha256"), (ED25519, "ed25519-sha256")], ids=["rsa", "ed25519"]
)
def test_the_algorithm_is_read_from_the_key(key: Key, algorithm: str, tmp_path: Path) -> None:
    """Nobody has to say what the key says itself."""
    assert signer(with_key(key.pem), DOMAIN, tmp_path).algorithm == algorithm


def test_a_key_may_stand_in_a_file_of_the_site(tmp_path: Path) -> None:
    """A relative path starts in the site's folder."""
    (tmp_path / "dkim.pem").write_text(RSA.pem)
    settings = DkimSettings(selector="test", key_file=Path("dkim.pem"))
    assert signer(settings, DOMAIN, tmp_path).sign(bytes(32)) == RSA.sign(bytes(32))


def test_the_domain_is_the_authors_unless_another_is_named(tmp_path: Path) -> None:
    """What is signed for is the domain of the From address, or the one above it that is named."""
    own = signer(with_key(RSA.pem), "news.example.org", tmp_path)
    above = signer(with_key(RSA.pem, domain="example.org"), "news.example.org", tmp_path)
    assert (own.domain, above.domain) == ("news.example.org", "example.org")


def _locked() -> str:
    key = load_pem_private_key(RSA.pem.encode(), None)
    form = PrivateFormat.PKCS8
    return key.private_bytes(Encoding.PEM, form, BestAvailableEncryption(b"secret")).decode()


def _of_another_kind() -> str:
    key = generate_private_key(SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.mark.parametrize(
    ("pem", "expected"),
    [
        ("no key at all", "expected a private key in PEM"),
        (RSA.pem.replace("MII", "abc"), "expected a private key in PEM"),
        (_locked(), "without a password"),
        (_of_another_kind(), "expected an RSA or Ed25519 key"),
    ],
    ids=["text", "damaged", "locked", "elliptic"],
)
def test_an_unfit_key_is_told_without_showing_it(pem: str, expected: str, tmp_path: Path) -> None:
    """The fault names the key of the configuration and what was expected, never what was there."""
    with pytest.raises(ConfigError, match=rf"^config.toml: mail.dkim.key: .*{expected}") as told:
        signer(with_key(pem), DOMAIN, tmp_path)
    assert pem[:40] not in str(told.value)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """So is a key file that is not there."""
    settings = DkimSettings(selector="test", key_file=Path("gone.pem"))
    with pytest.raises(ConfigError, match=r"mail.dkim.key_file: gone.pem cannot be read: No such"):
        signer(settings, DOMAIN, tmp_path)


def test_the_record_stands_in_strings_that_the_dns_can_hold(tmp_path: Path) -> None:
    """A line of a zone file: strings of at most 255 characters that join to the record."""
    said = record(with_key(RSA.pem), DOMAIN, tmp_path)
    strings = str(said).split('"')[1::2]
    assert said.name == "test._domainkey.example.org"
    assert said.value.startswith("v=DKIM1; k=rsa; p=MII")
    assert "".join(strings) == said.value
    assert max(map(len, strings)) <= 255


def test_the_record_of_a_short_key_is_one_string(tmp_path: Path) -> None:
    """An Ed25519 key needs no brackets."""
    line = str(record(with_key(ED25519.pem), DOMAIN, tmp_path))
    assert line.startswith('test._domainkey.example.org. IN TXT "v=DKIM1; k=ed25519; p=')
    assert len(line.split('"')[1]) < 80


@pytest.mark.parametrize("given", [{}, {"key": "a", "key_file": "b"}])
def test_one_key_is_named(given: dict[str, object]) -> None:
    """Neither none nor two."""
    with pytest.raises(ValueError, match="expected either key_file, or key"):
        DkimSettings.model_validate({"selector": "test", **given})
