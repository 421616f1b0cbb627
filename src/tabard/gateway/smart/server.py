"""The SMART App Launch server, put together from its parts."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import Engine

from tabard.audit import AuditLog
from tabard.gateway.ports import ClientRegistry, Directory, Record, Sessions
from tabard.gateway.smart.approving import Approving
from tabard.gateway.smart.askings import Askings
from tabard.gateway.smart.authentication import Authentication
from tabard.gateway.smart.authorize import Authorize
from tabard.gateway.smart.codes import Codes
from tabard.gateway.smart.consenting import Consenting
from tabard.gateway.smart.endpoints import Endpoints
from tabard.gateway.smart.grants import Grants
from tabard.gateway.smart.id_tokens import IdTokens
from tabard.gateway.smart.introspection import Introspection
from tabard.gateway.smart.jtis import Jtis
from tabard.gateway.smart.jwks_fetching import JwkSets
from tabard.gateway.smart.launches import Launches
from tabard.gateway.smart.lifetimes import Lifetimes
from tabard.gateway.smart.schema import prepare
from tabard.gateway.smart.signing_keys import SigningKeys
from tabard.gateway.smart.token import Token
from tabard.ground.ids import MakeToken
from tabard.ground.time import Clock


@dataclass(frozen=True, slots=True)
class Outside:
    """What the server needs. `base` is the FHIR base and the issuer, `auth` the address below which the endpoints are."""

    base: str
    auth: str
    record: Record
    clients: ClientRegistry
    sessions: Sessions
    audit: AuditLog
    engine: Engine
    clock: Clock
    make_token: MakeToken
    lifetimes: Lifetimes
    keys: SigningKeys
    jwk_sets: JwkSets
    directory: Directory | None


class SmartServer:
    """Its parts, as the gateway uses them."""

    def __init__(self, outside: Outside) -> None:
        o = outside
        prepare(o.engine)
        made = (o.clock, o.make_token, o.lifetimes)
        self.grants = Grants(o.engine, o.clients, *made, o.directory)
        self.launches = Launches(o.engine, *made)
        askings = Askings(o.engine, *made)
        codes = Codes(o.engine, self.grants, *made)
        approving = Approving(o.base, o.record, codes, o.directory)
        self.consenting = Consenting(o.clients, o.record, askings, approving, o.audit, o.clock)
        authentication = Authentication(f"{o.auth}/token", o.clients, o.jwk_sets, Jtis(o.engine, o.clock), o.clock)
        self.endpoints = Endpoints(
            Authorize(
                o.base,
                f"{urlsplit(o.auth).path}/authorize",
                o.clients,
                o.sessions,
                self.launches,
                askings,
                approving,
                o.clock,
            ),
            authentication,
            Token(codes, self.grants),
            self.grants,
            Introspection(authentication, self.grants, o.clock),
            IdTokens(o.base, o.keys, o.clock, o.lifetimes.id_token),
            f"{o.auth}/style.json",
            o.audit,
            o.clock,
        )
