"""What is real of record systems that call CDS services: each by its link's own keys and ids."""

from pathlib import Path

import msgspec
from sqlalchemy import Engine

from tabard.audit import AuditLog
from tabard.gateway.cds import Caller, Callers, Hooks
from tabard.gateway.cds.calling import Calling
from tabard.gateway.ehr_launch.arrivals import Arrivals
from tabard.gateway.model import Client, ClientKind
from tabard.gateway.ports import Record, Waits
from tabard.gateway.sign_in import Staff
from tabard.gateway.smart.jtis import Jtis
from tabard.gateway.smart.jwk_sets import client_keys
from tabard.gateway.smart.jwks_fetching import JwkSets
from tabard.ground.errors import CallerError
from tabard.ground.time import Clock
from tabard.hospital import Hospital
from tabard.link import CdsSettings, Ehr, LinkSettings, list_links

_ACTION = "cds-call"


def called(
    hospital: Hospital,
    hooks: Hooks,
    ehr: Ehr | None,
    record: Record,
    waits: Waits,
    audit: AuditLog,
    gateway_db: Engine,
    clock: Clock,
) -> Calling | None:
    """The services as the record systems of this hospital's links may call them; None where none may.

    Raises CallerError for keys that are not there or cannot be used.
    """
    callers = {
        link.cds.issuer: Caller(
            _client(link.cds, hospital.folder.keys),
            link.fhir.base_url,
            ehr.launched,
            Arrivals(link.name, _ACTION, Staff(record), waits, audit, clock),
            {} if link.launch is None else link.launch.people,
        )
        for link in _calling(hospital.folder.root)
        if link.cds is not None and link.fhir is not None and ehr is not None
    }
    if not callers:
        return None
    known = Callers(callers, JwkSets(clock), Jtis(gateway_db, clock), clock)
    return hooks.calling(hospital.settings.base_url, known)


def _calling(folder: Path) -> tuple[LinkSettings, ...]:
    return tuple(link for link in list_links(folder) if link.cds is not None)


def _client(settings: CdsSettings, keys: Path) -> Client:
    """The record system as one that signs; its keys are looked at now, so that a mistake is told at the start."""
    jwks = None
    if settings.jwks:
        try:
            jwks = msgspec.json.decode((keys / settings.jwks).read_bytes())
            client_keys(jwks)
        except (OSError, msgspec.DecodeError, CallerError) as fault:
            raise CallerError(
                "the keys of a record system that calls CDS services cannot be used",
                where=str(keys / settings.jwks),
                expected="a JWK Set of public keys, ES384 or RS384",
                remedy="ask whoever runs the record system for it",
            ) from fault
    return Client(
        settings.issuer,
        settings.issuer,
        "",
        (),
        None,
        "",
        ClientKind.backend,
        jwks=jwks,
        jwks_uri=settings.jwks_uri or None,
    )
