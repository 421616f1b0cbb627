"""How a hospital signs in by its provider: values, as `[sign_in]` of hospital.toml tells them."""

from dataclasses import dataclass

ALGORITHMS = ("RS256", "PS256", "ES256", "ES384")
"""Signatures that are believed where the settings say nothing else. Never `none`, never one with a shared secret."""


@dataclass(frozen=True, slots=True)
class RoleRule:
    """A row of the table of roles: whoever's `claim` holds one of `values` is `role` here.

    A claim is a text or a list of texts; where it is a list of objects (as the NHS' national provider tells roles), `member`
    names the one to look at, and `ods_member` the one that says at which organisation: it must be one of the hospital's.
    """

    role: str
    claim: str
    values: tuple[str, ...]
    member: str = ""
    ods_member: str = ""


@dataclass(frozen=True, slots=True)
class SignInSettings:
    """The table `[sign_in]`.

    `secret` or `key` names a file in the hospital's `keys/`; without either the client is a public one. Of `acr` the
    id_token must tell one, of `amr` all: what the provider asked for beside a password. `identifiers` gives for a claim the
    identifier system of its value, by which the person is found among the record's Practitioners; `needs_practitioner` says
    whether a clinician who is none is turned away. With `ods_claim` that claim must hold one of `ods`. With `userinfo` the
    claims are asked for there as well. `authority` names a file in `keys/` with the certificates that the provider's are
    believed by, where it is not a public one.
    """

    issuer: str
    client_id: str
    roles: tuple[RoleRule, ...]
    identifiers: tuple[tuple[str, str], ...]
    ods: tuple[str, ...]
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
