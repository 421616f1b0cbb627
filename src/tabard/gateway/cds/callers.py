"""Callers: record systems that call CDS services, each known by what it signs. Source: CDS Hooks 2.0, "Trusting CDS Clients"."""

from collections.abc import Mapping
from dataclasses import dataclass

from tabard.gateway.ehr_launch import Charts
from tabard.gateway.ehr_launch.arrivals import Arrivals
from tabard.gateway.errors import OAuthRefused, Refused
from tabard.gateway.model import Client
from tabard.gateway.smart.assertions import prove, said
from tabard.gateway.smart.jtis import Jtis
from tabard.gateway.smart.jwks_fetching import JwkSets
from tabard.ground.time import Clock

_BEARER = "bearer "


@dataclass(frozen=True, slots=True)
class Caller:
    """One link's record system. `client` holds its issuer as id and its keys; `base` is its FHIR base, whose ids it names.

    `people` gives for a Practitioner's id there the record's, where the two have no number in common.
    """

    client: Client
    base: str
    charts: Charts
    arrivals: Arrivals
    people: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Callers:
    """Who may call, by issuer."""

    known: Mapping[str, Caller]
    jwk_sets: JwkSets
    jtis: Jtis
    clock: Clock

    def proven(self, authorization: str | None, audience: str) -> Caller:
        """Whose call it is. Raises Refused (401) unless one of them signed it, for this address, just now, and once."""
        if authorization is None or not authorization.lower().startswith(_BEARER):
            raise _unproven("no_token")
        token = authorization[len(_BEARER) :].strip()
        try:
            named = said(token)
            caller = self.known.get(named.client)
            if caller is None or named.jku not in (None, caller.client.jwks_uri):
                raise _unproven("issuer")
            keys = self.jwk_sets.keys(caller.client, named.kid)
            proven = prove(token, keys, named.client, audience, self.clock(), has_subject=False)
        except OAuthRefused as refused:
            raise _unproven(refused.reason) from refused
        if not self.jtis.take(f"cds {named.client}", proven.jti, proven.expires):
            raise _unproven("replayed")
        return caller


def _unproven(reason: str) -> Refused:
    return Refused(
        401, "login", reason, "It is not proven who calls.", remedy="Sign each call anew, for this very address."
    )
