"""The FHIR API of one hospital, put together from its parts."""

from dataclasses import dataclass

from tabard.audit import AuditLog
from tabard.gateway.api.app import FhirApp
from tabard.gateway.api.audited import Audited, AuditReading
from tabard.gateway.api.bundling import Bundling
from tabard.gateway.api.cursors import Cursors
from tabard.gateway.api.everything import Everything
from tabard.gateway.api.histories import Histories
from tabard.gateway.api.interactions import Interactions
from tabard.gateway.api.keeping import Keeping
from tabard.gateway.api.looking import Looking
from tabard.gateway.api.offering import Offering
from tabard.gateway.api.reading import Reading
from tabard.gateway.api.sight import ReadingSight
from tabard.gateway.api.waiting import Waiting
from tabard.gateway.api.writing import Writing
from tabard.gateway.kept import Keep, Keeper, KeptLook, keepable
from tabard.gateway.policy import ReachMemory, Shield
from tabard.gateway.policy.breaking import Breaking, Glass, Unbroken
from tabard.gateway.ports import Elsewhere, Feeds, Record, Waits, Writes
from tabard.gateway.smart.grants import Grants
from tabard.ground.ids import new_key
from tabard.ground.time import Clock


@dataclass(frozen=True, slots=True)
class FhirApi:
    """What the gateway offers of FHIR: over HTTP, and to the portal's own door."""

    app: FhirApp
    reading: Reading
    offering: Offering
    """What it says that it does."""


def fhir_api(  # noqa: PLR0913  each is a part of the world outside
    base: str,
    record: Record,
    feeds: Feeds,
    grants: Grants,
    audit: AuditLog,
    clock: Clock,
    *,
    elsewhere: Elsewhere,
    writes: Writes | None,
    waits: Waits | None,
    keep: Keep | None,
    glass: Glass | None = None,
    audited: Audited | None = None,
) -> FhirApi:
    """All parts, joined. `keep` opens transactions of the record; None where nothing is kept of products."""
    cursors = Cursors(new_key())
    reach = ReachMemory(record, elsewhere)
    breaking = Breaking(record, glass or Unbroken(), elsewhere)
    looking = Looking(base, record, reach, elsewhere, writes, Waiting(waits, reach), Shield(record), breaking)
    reading = Reading(looking, cursors, feeds)
    types = frozenset() if keep is None else keepable(frozenset() if writes is None else writes.types, elsewhere)
    offering = Offering(elsewhere, writes, types, has_audit=audited is not None)
    interactions = Interactions(
        reading,
        Histories(looking, reading, cursors, None if keep is None else KeptLook(keep)),
        Everything(reading, cursors),
        audit,
        clock,
        offering,
        None if writes is None else Writing(base, writes),
        None if keep is None else Keeping(Keeper(base, keep, ReadingSight(looking, reading), types, clock)),
        None if audited is None else AuditReading(base, audited, cursors),
    )
    bundling = Bundling(base, interactions, audit, clock)
    return FhirApi(FhirApp(interactions, bundling, grants, feeds, audit, clock, elsewhere), reading, offering)
