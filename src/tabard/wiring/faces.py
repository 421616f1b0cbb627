"""The two faces of a hospital, made of what is real: the gateway that products meet, the portal that people meet."""

from dataclasses import dataclass

from sqlalchemy import Engine

from tabard.audit import AuditLog, Search
from tabard.gateway import Gateway
from tabard.gateway.api.audited import Audited
from tabard.gateway.auditing import Auditing
from tabard.gateway.cds import Hooks
from tabard.gateway.egress import Caller, internal_hosts
from tabard.gateway.export import Bulk
from tabard.gateway.kept import Keep, KeptLook
from tabard.gateway.sign_in import SignIn
from tabard.gateway.subscriptions import Notices
from tabard.link import Dialects, Doubts, Inspection, Waits, journal_of
from tabard.link.writeback import WriteBack
from tabard.web.hospital import Portal
from tabard.wiring.base import Base
from tabard.wiring.launches import Doors
from tabard.wiring.links import deciding

_FHIR = "/fhir"


@dataclass(frozen=True, slots=True)
class Ways:
    """Where what products write goes: back to the record system, or kept here; and about whom messages are held."""

    writes: WriteBack | None
    keep: Keep
    waits: Waits


def gateway_of(
    base: Base, ways: Ways, audit: AuditLog, tables: Engine, search: Search, notices: Notices | None = None
) -> Gateway:
    """The only door to the information; `tables` are gateway.db's."""
    here, ehr = base.hospital, base.ehr
    return Gateway(
        base_url=here.settings.base_url + _FHIR,
        record=base.reader if ehr is None else ehr.record,
        elsewhere={} if ehr is None else ehr.record.elsewhere,
        feeds=base.links.feeds,
        clients=here.registry,
        sessions=here.people,
        directory=here.people,
        signing_keys=here.signing_keys,
        audit=audit,
        engine=tables,
        writes=ways.writes,
        keep=ways.keep,
        bulk=Bulk(base.root / "exports", base.reader.scan),
        notices=notices,
        waits=ways.waits,
        clock=base.clock,
        outside=here.installs.outside,
        caller=Caller(internal_hosts(base.root / "hospital.toml")),
        audited=Audited(search, here.settings.name),
    )


def portal_of(
    base: Base,
    ways: Ways,
    gateway: Gateway,
    hooks: Hooks,
    doors: Doors,
    sign_in: SignIn | None,
    audit: AuditLog,
    search: Search,
) -> Portal:
    """The pages for people, and the doors that they go through."""
    root, clock = base.root, base.clock
    return Portal(
        hospital=base.hospital,
        records=gateway.door,
        launcher=gateway,
        links=base.links,
        journal=journal_of(root),
        inspection=Inspection(root, base.dialects, base.ids, audit, clock),
        dialects=Dialects(root, base.ids, audit, clock),
        doubts=Doubts(root, base.dialects, base.ids, lambda: deciding(base.record), base.links, audit, clock),
        clock=clock,
        writes=ways.writes,
        kept=KeptLook(ways.keep),
        waits=ways.waits,
        consenting=gateway.consenting,
        sign_in=sign_in,
        launches=doors.launches,
        contexts=doors.contexts,
        glass=gateway.glass,
        egress=gateway.egress,
        advice=hooks.desk,
        auditing=Auditing(search, base.reader, audit, clock),
    )
