"""`[sign_in]` read whole and checked whole, all its faults told together. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec

from tabard.gateway.sign_in.model import ALGORITHMS, RoleRule, SignInSettings
from tabard.ground.errors import CallerError

ROLES = ("clinician", "integration", "clinical_safety", "admin")
ON_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_KNOWN = frozenset({*ALGORITHMS, "RS384", "RS512", "PS384", "PS512", "ES512", "EdDSA"})


class _Rule(msgspec.Struct, forbid_unknown_fields=True):
    role: str
    claim: str
    values: tuple[str, ...]
    member: str = ""
    ods_member: str = ""


class _Table(msgspec.Struct, forbid_unknown_fields=True):
    issuer: str
    client_id: str
    roles: tuple[_Rule, ...]
    identifiers: dict[str, str] = {}
    ods: tuple[str, ...] = ()
    name: str = "the hospital's sign-in"
    secret: str = ""
    key: str = ""
    scopes: str = "openid profile"
    acr: tuple[str, ...] = ()
    amr: tuple[str, ...] = ()
    ods_claim: str = ""
    name_claim: str = "name"
    needs_practitioner: bool = True
    userinfo: bool = False
    algorithms: tuple[str, ...] = ALGORITHMS
    authority: str = ""


def read_sign_in(table: Mapping[str, Any], ods: str, *, where: str) -> SignInSettings:
    """The settings in `table`, of the hospital of the ODS code `ods`. Raises CallerError with every fault."""
    try:
        told = msgspec.convert(table, _Table)
    except msgspec.ValidationError as fault:
        raise CallerError("[sign_in] cannot be read", where=where, got=str(fault), remedy="mend it") from fault
    if faults := tuple(_faults(told)):
        raise CallerError(
            f"[sign_in] cannot stand: {'; '.join(faults)}", where=where, remedy="mend these and try again"
        )
    plain = {name: getattr(told, name) for name in told.__struct_fields__}
    rules = tuple(RoleRule(one.role, one.claim, one.values, one.member, one.ods_member) for one in told.roles)
    return SignInSettings(
        **{**plain, "roles": rules, "identifiers": tuple(told.identifiers.items()), "ods": told.ods or (ods,)}
    )


def is_safe(url: str) -> bool:
    """Whether it is a plain address to which what is secret may be sent: by TLS, or on this machine."""
    try:
        place = urlsplit(url)
    except ValueError:
        return False
    is_secret = place.scheme == "https" or (place.scheme == "http" and place.hostname in ON_THIS_MACHINE)
    return is_secret and bool(place.hostname) and not (place.username or place.password or place.fragment)


def _faults(told: _Table) -> Iterator[str]:
    known = ", ".join(sorted(_KNOWN))
    faults = (
        (not is_safe(told.issuer) or "?" in told.issuer, "issuer is not https://HOST[/PATH]"),
        (not told.client_id, "client_id is empty"),
        (bool(told.secret and told.key), "secret and key are both named; the client has one of them, or is public"),
        ("openid" not in told.scopes.split(), "scopes do not hold openid"),
        (not (told.acr or told.amr), "neither acr nor amr says what the provider must ask for beside a password"),
        (not told.algorithms or not set(told.algorithms) <= _KNOWN, f"algorithms are not some of {known}"),
        (
            told.needs_practitioner and not told.identifiers,
            "identifiers name no claim by which a clinician is found; or say needs_practitioner = false",
        ),
        (not told.roles, "no claim is mapped to a role, so nobody could do anything"),
    )
    yield from (fault for is_fault, fault in faults if is_fault)
    for name in ("secret", "key", "authority"):
        if getattr(told, name) and not _FILE.fullmatch(getattr(told, name)):
            yield f"{name} is not the name of a file in keys/"
    yield from _rule_faults(told)


def _rule_faults(told: _Table) -> Iterator[str]:
    for number, rule in enumerate(told.roles, 1):
        if rule.role not in ROLES:
            yield f"roles {number}: role is not one of {', '.join(ROLES)}"
        if not rule.claim or not rule.values or not all(rule.values):
            yield f"roles {number}: claim and values are needed"
        if rule.ods_member and not rule.member:
            yield f"roles {number}: ods_member without member"
