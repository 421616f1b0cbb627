"""A made-up hospital for tests of its pages: a real record, gateway and folder, with links that a test can silence."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from engines import record_in
from tabard.accounts import Cost
from tabard.audit import AuditLog
from tabard.database import engine
from tabard.fhir import Resource
from tabard.gateway import Gateway
from tabard.ground.errors import NotFound
from tabard.ground.ids import KeyedIds
from tabard.hospital import Hospital, Role, init, load
from tabard.link import Asked, Counts, Decision, Dialects, Feed, FeedState, Inspected, Intervention, Line, Lines, Looker
from tabard.record import RecordReader, RecordWriter
from tabard.web.hospital import Portal

NOW = datetime(2026, 3, 2, 14, 6, 30, tzinfo=UTC)
CHEAP = Cost(log2_n=4, r=1, p=1)
PASSWORD = "correct horse"
CONSULTANT = {"system": "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "code": "ATND"}


LIVE = Feed("lorenzo", FeedState.live, NOW - timedelta(seconds=20), 0, None, 600)
"""A feed as it should be; a test says with `replace` what is else."""

LINE = Line(
    seq=1,
    link="lorenzo",
    received=NOW - timedelta(hours=1),
    sender="LORENZO|RXX",
    event="ORU^R01",
    control_id="MSG0001",
    state="parked",
    reason="unknown_patient",
    detail="A result came for a patient who is not in the record.",
    remedy="Have the sender send the patient (A28), then replay the message.",
    flags=(),
)
"""A message that was not filed; a test says with `replace` what is else."""


@dataclass
class PretendLinks:
    """Links and journal at once; a test changes what they say."""

    told: Sequence[Feed] = (LIVE,)
    broken: Sequence[str] = ()
    lines: Sequence[Line] = field(default_factory=tuple)
    decided: list[tuple[str, int, str, str]] = field(default_factory=list)
    let_gone: list[int] = field(default_factory=list)
    words: list[Decision] = field(default_factory=list)
    stands: Decision | None = None
    sought: list[Asked] = field(default_factory=list)
    looked: list[tuple[int, Looker]] = field(default_factory=list)
    may_be: Sequence[Resource] = ()
    inside: dict[int, Inspected] = field(default_factory=dict)

    def feeds(self) -> Sequence[Feed]:
        """The feeds as told."""
        return self.told

    def faults(self) -> Sequence[str]:
        """The faults as told."""
        return self.broken

    def counts(self, link: str | None = None) -> Counts:
        """Counts with the lines among them."""
        del link
        held = Counter(line.state for line in self.lines)
        states = {"waiting": 0, "parked": 0, "refused": 0, "duplicate": 17, **held, "applied": 11_902 + held["applied"]}
        reasons = Counter(line.reason or "" for line in self.lines if line.state == "parked")
        return Counts(sum(states.values()), states, reasons)

    def parked(self, limit: int = 50, *, before: int | None = None, link: str | None = None) -> Sequence[Line]:
        """The lines, newest first."""
        del link
        held = sorted(self.lines, key=lambda line: -line.seq)
        return [line for line in held if before is None or line.seq < before][:limit]

    def latest(self, limit: int = 50) -> Sequence[Line]:
        """The same lines: what is parked came lately."""
        return self.parked(limit)

    def arrivals(self, since: datetime, step: timedelta) -> dict[str, dict[int, int]]:
        """Three half hours of one link."""
        del since, step
        return {"lorenzo": {0: 5, 46: 1200, 47: 30}}

    def line(self, seq: int) -> Line:
        """The line of that number."""
        for line in self.lines:
            if line.seq == seq:
                return line
        raise NotFound("no such message")

    def interventions(self, seq: int) -> Sequence[Intervention]:
        """What was decided here about the message."""
        return [Intervention(NOW, by, verb, reason) for verb, at, by, reason in self.decided if at == seq]

    def key(self, seq: int) -> bytes:
        """A key for what is held."""
        return b"k" if self.line(seq).state == "waiting" else b""

    def search(self, asked: Asked, limit: int = 50, *, before: int | None = None) -> Lines:
        """The lines of the state asked for."""
        self.sought.append(asked)
        found = [line for line in self.parked(limit, before=before) if asked.state in {None, line.state}]
        return Lines(tuple(found), None)

    def replay(self, seqs: Iterable[int], by: str, reason: str) -> tuple[int, ...]:
        """Noted, for every line that is there."""
        return self._decide("replay", [seq for seq in seqs if self.line(seq).state != "refused"], by, reason)

    def release(self, keys: Iterable[bytes], by: str, reason: str = "") -> tuple[int, ...]:
        """Noted, for every line that waits."""
        held = [line.seq for line in self.lines if line.state == "waiting" and b"k" in set(keys)]
        return self._decide("release", held, by, reason)

    def park(self, seq: int, by: str, reason: str) -> None:
        """Noted."""
        self._decide("settle", [self.line(seq).seq], by, reason)

    def _decide(self, verb: str, seqs: Sequence[int], by: str, reason: str) -> tuple[int, ...]:
        self.decided += [(verb, seq, by, reason) for seq in seqs]
        return tuple(seqs)

    def is_one(self, seq: int) -> bool:
        """Those that a test says to be in doubt."""
        return self.line(seq).reason == "ambiguous_patient"

    def candidates(self, seq: int, looker: Looker) -> Sequence[Resource]:
        """What a test put there."""
        self.looked.append((seq, looker))
        return self.may_be

    def settle(self, seq: int, decision: Decision) -> None:
        """Noted."""
        self.words.append(decision)
        self._decide(decision.kind, [seq], decision.by, decision.reason)

    def decision(self, seq: int) -> Decision | None:
        """What a test says that stands."""
        self.line(seq)
        return self.stands

    def let_go(self, seq: int, by: str, reason: str) -> None:
        """Remembered."""
        del by, reason
        self.let_gone.append(seq)

    def open(self, seq: int, looker: Looker) -> Inspected:
        """What a test put there."""
        self.looked.append((seq, looker))
        return self.inside[seq]

    def silence(self, since: datetime) -> None:
        """Let every feed be silent since a moment."""
        self.told = tuple(replace(feed, state=FeedState.silent, last_received=since) for feed in self.told)


@dataclass
class World:
    """The hospital, its portal, and what a test may turn."""

    hospital: Hospital
    portal: Portal
    gateway: Gateway
    links: PretendLinks
    audit: Path


@contextmanager
def hospital_world(
    folder: Path,
    resources: Sequence[Resource],
    *,
    port: int = 8000,
    begun: Callable[[Path], object] = lambda _: None,
) -> Iterator[World]:
    """St Elsewhere with these resources in its record, three accounts (admin, nurse, feeds), and no product.

    What `begun` does to the folder is done before the hospital is loaded.
    """
    init(folder, "St Elsewhere Hospital", "RXX", port, for_trials=True, cost=CHEAP)
    begun(folder)
    hospital = load(folder, lambda: NOW, cost=CHEAP)
    for username, name, role in (
        ("admin", "Ada Admin", Role.admin),
        ("nurse", "Nia Nurse", Role.clinician),
        ("feeds", "Ivo Integration", Role.integration),
    ):
        hospital.accounts.put(username, name, frozenset({role}), PASSWORD)
    writer = RecordWriter(record_in(folder), lambda: NOW)
    with writer.transaction() as writing:
        for resource in resources:
            writing.put(resource, "lorenzo")
    writer.close()
    links, reader, audit = PretendLinks(), RecordReader(record_in(folder)), AuditLog(folder / "audit", lambda: NOW)
    gateway = Gateway(
        base_url=f"{hospital.settings.base_url}/fhir",
        record=reader,
        feeds=links.feeds,
        clients=hospital.registry,
        sessions=hospital.people,
        directory=hospital.people,
        audit=audit,
        engine=engine(folder / "gateway.db"),
        clock=lambda: NOW,
    )
    changes = Dialects(folder, KeyedIds(b"k" * 32), audit, lambda: NOW)
    consenting = gateway.consenting
    portal = Portal(
        hospital, gateway.door, gateway, links, links, links, changes, links, lambda: NOW, consenting=consenting
    )
    try:
        yield World(hospital, portal, gateway, links, folder / "audit")
    finally:
        audit.close()
        reader.close()


def patient(id_: str, family: str, given: str, **more: Any) -> Resource:
    """A patient with sound identifiers, unless told otherwise."""
    number = more.pop("nhs", "9990000018")
    status = {
        "url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus",
        "valueCodeableConcept": {"coding": [{"code": "01"}]},
    }
    nhs = {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": number, "extension": [status]}
    mrn = {
        "system": "urn:tabard:authority:RXX",
        "value": more.pop("mrn", f"M{id_}"),
        "type": {"coding": [{"code": "MR"}]},
    }
    return {
        "resourceType": "Patient",
        "id": id_,
        "active": True,
        "identifier": [nhs, mrn],
        "name": [{"use": "official", "family": family, "given": [given], "prefix": ["Mrs"]}],
        "birthDate": "1941-06-09",
        "gender": "female",
        "address": [{"use": "home", "line": ["12 Mill Lane"], "city": "Elsewhere", "postalCode": "EL5 3WH"}],
        **more,
    }


def location(id_: str, name: str, kind: str, part_of: str | None = None) -> Resource:
    """A ward (`wa`) or a bed (`bd`)."""
    told: Resource = {
        "resourceType": "Location",
        "id": id_,
        "identifier": [{"system": "urn:tabard:location:RXX01", "value": name}],
        "name": name,
        "physicalType": {"coding": [{"code": kind}]},
        "managingOrganization": {"identifier": {"value": "RXX01"}},
    }
    return told if part_of is None else {**told, "partOf": {"reference": f"Location/{part_of}"}}


def encounter(id_: str, patient_id: str, stays: Sequence[tuple[str, str, str, str | None]], **more: Any) -> Resource:
    """A visit; stays are (ward, bed, start, end), the one without an end being now."""
    places = [
        {
            "id": f"stay-{number}-{part}",
            "location": {"reference": f"Location/{place}"},
            "status": "completed" if end else "active",
            "period": {"start": start, "end": end} if end else {"start": start},
        }
        for number, (ward, bed, start, end) in enumerate(stays, 1)
        for part, place in enumerate((ward, bed), 1)
    ]
    return {
        "resourceType": "Encounter",
        "id": id_,
        "status": "in-progress",
        "identifier": [{"system": "urn:tabard:visit:VISITID", "value": f"V{id_}"}],
        "class": {"code": "IMP", "display": "inpatient encounter"},
        "subject": {"reference": f"Patient/{patient_id}"},
        "period": {"start": stays[0][2]},
        "participant": [{"type": [{"coding": [CONSULTANT]}], "individual": {"display": "Dr Amara Okafor"}}],
        "location": places,
        **more,
    }


def observation(id_: str, patient_id: str, name: str, value: Mapping[str, Any], **more: Any) -> Resource:
    """One result."""
    return {
        "resourceType": "Observation",
        "id": id_,
        "status": "final",
        "code": {"text": name},
        "subject": {"reference": f"Patient/{patient_id}"},
        "effectiveDateTime": "2026-03-02T07:40:00+00:00",
        **value,
        **more,
    }
