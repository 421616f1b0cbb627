"""What a provider tells of a person, as we understand it: roles, organisation, numbers, name. Pure; what is odd is nothing."""

from collections.abc import Iterator, Mapping
from typing import Any

from tabard.gateway.sign_in.model import RoleRule, SignInSettings

Claims = Mapping[str, Any]
_LONGEST = 200
_MOST = 200
"""How many entries of one list are looked at."""


def roles_of(claims: Claims, settings: SignInSettings) -> frozenset[str]:
    """The roles here, by the table; empty where no row fits."""
    return frozenset(rule.role for rule in settings.roles if _fits(claims.get(rule.claim), rule, settings.ods))


def is_of_here(claims: Claims, settings: SignInSettings) -> bool:
    """Whether the person is of one of the hospital's organisations, where a claim says so."""
    return not settings.ods_claim or bool({*_texts(claims.get(settings.ods_claim))} & {*settings.ods})


def is_strong(claims: Claims, settings: SignInSettings) -> bool:
    """Whether the provider asked for what the hospital requires. Source: OpenID Connect Core 1.0, 2 (acr, amr)."""
    told = claims.get("acr")
    is_acr = not settings.acr or (isinstance(told, str) and told in settings.acr)
    return is_acr and {*settings.amr} <= {*_texts(claims.get("amr"))}


def numbers_of(claims: Claims, settings: SignInSettings) -> tuple[tuple[str, str], ...]:
    """The person's numbers, each with its identifier system."""
    return tuple((system, value) for claim, system in settings.identifiers for value in _texts(claims.get(claim)))


def name_of(claims: Claims, settings: SignInSettings) -> str:
    """What the person is called; empty where the provider does not say."""
    told = claims.get(settings.name_claim)
    name = " ".join(told.split()) if isinstance(told, str) else ""
    return name[:_LONGEST] if name.isprintable() else ""


def _fits(told: object, rule: RoleRule, ods: tuple[str, ...]) -> bool:
    if not rule.member:
        return bool({*_texts(told)} & {*rule.values})
    rows = [one for one in told[:_MOST] if isinstance(one, dict)] if isinstance(told, list) else []
    return any(
        one.get(rule.member) in rule.values and (not rule.ods_member or one.get(rule.ods_member) in ods) for one in rows
    )


def _texts(told: object) -> Iterator[str]:
    held = told[:_MOST] if isinstance(told, list) else [told]
    return (one for one in held if isinstance(one, str) and one)
