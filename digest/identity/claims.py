"""What a provider says about somebody, as the desk understands it."""

from __future__ import annotations

from collections.abc import Mapping

from digest.core.account import Identity, checked_name
from digest.errors import IdentityError

_LONGEST = 400
"""Characters of an issuer and a subject; a subject alone has 255 at most."""


def identity(claims: Mapping[str, object], issuer: str, account: str, groups: str) -> Identity:
    """Read who it is.

    Args:
        claims: of an ID token, or of the UserInfo answer, that belong together.
        issuer: who says so.
        account: the claim that names an account; an email address must be verified.
        groups: the claim that lists groups, dots leading into objects; may be missing.

    Raises:
        IdentityError: the name is missing, unproven, or none that the desk could have.
    """
    name = claims.get(account)
    if not isinstance(name, str) or not name:
        raise IdentityError(f'it does not say "{account}" of you: its client may need a scope more')
    if account == "email" and claims.get("email_verified") not in {True, "true"}:
        raise IdentityError(f"it has not verified that {name} is yours")
    subject = f"{issuer} {claims['sub']}"
    if len(subject) > _LONGEST:
        raise IdentityError("it calls you by a name that is too long")
    try:
        return Identity(subject, checked_name(name), _groups(claims, groups))
    except ValueError:
        raise IdentityError(f"{name[:100]} cannot be the name of an account here") from None


def lacks(claims: Mapping[str, object], account: str, groups: str) -> bool:
    """Whether it is worth asking for more than an ID token says."""
    is_unproven = account == "email" and "email_verified" not in claims
    return account not in claims or is_unproven or bool(groups and not _groups(claims, groups))


def _groups(claims: Mapping[str, object], path: str) -> frozenset[str]:
    found: object = claims
    for part in path.split(".") if path else ():
        found = found.get(part) if isinstance(found, Mapping) else None
    if isinstance(found, str):
        return frozenset({found})
    listed = found if isinstance(found, list) else ()
    return frozenset(one for one in listed if isinstance(one, str))
