"""The hospitals of a trial: a link that hears a pretend record system, a record, a gateway and one product, in a folder of its own.

It is put together here and not by `wiring`, which is above: a trial has no portal, no installs and no people who sign in.
What is real is real: messages over MLLP, journal, dialect, record, audit, SMART and policy. What is pretended is whoever
sits in front of it, a clinician who is always signed in.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event, Lock

from tabard.database import engine
from tabard.dialect import load
from tabard.fhir import Resource, decode
from tabard.gateway import Client, Context, EncounterContext, Gateway, PatientContext, Person, WardContext
from tabard.gateway.egress import Caller
from tabard.gateway.kept import Keep
from tabard.ground.errors import InternalError
from tabard.ground.ids import KeyedIds
from tabard.link import Applier, Ehr, FhirSettings, Links, LinkSettings, add_link, link_key, load_link, make_link_key
from tabard.product import Context as Opened, Kind, Manifest, Part
from tabard.record import RecordReader, RecordWriter, Writing
from tabard.sandbox import FIN_SYSTEM, MRN_SYSTEM, NHS_SYSTEM, VISIT_SYSTEM, PretendLorenzo, PretendMillennium
from tabard.trial.cast import Part as Role, Player, play, play_at_millennium
from tabard.trial.clock import Moment
from tabard.trial.witness import Witness

ORIGIN = "http://localhost"
BASE = f"{ORIGIN}/fhir"
LORENZO, MILLENNIUM = "st-elsewhere", "millennium-uk"
"""The dialects in which the two record systems tell."""

SILENT_S = 600
CLINICIAN = Person("trial-clinician", "Trial Clinician", frozenset({"clinician"}))
_LINK = "ehr"
_CLIENT, _NOT_YET = "tabard", "http://localhost:1/r4/later"
_ASKED_S = 10.0
_SYSTEMS = {
    "urn:tabard:authority:Millpond%20MRN": MRN_SYSTEM,
    "https://fhir.nhs.uk/Id/nhs-number": NHS_SYSTEM,
    "urn:tabard:visit:VISITID": VISIT_SYSTEM,
    "urn:tabard:visit:Millpond%20FIN": FIN_SYSTEM,
}
_IDS = b"ids of a trial, alike in every one"
_SEED = 11
_LOOK_S, _PATIENCE_S = 0.01, 60.0


def origin_of(manifest: Manifest) -> str:
    """The origin of the product's pages, its own as at every hospital."""
    return f"http://{manifest.id}.localhost"


@dataclass(frozen=True, slots=True)
class OneProduct:
    """The gateway's registry: the product on trial, and no other."""

    manifest: Manifest

    def client(self, id: str) -> Client | None:  # noqa: A002  the port's word
        """The product, by its id."""
        if id != self.manifest.id:
            return None
        here = origin_of(self.manifest)
        app = next((one for one in self.manifest.parts if one.kind is Kind.app), None)
        scopes = " ".join(dict.fromkeys(scope for part in self.manifest.parts for scope in part.scopes))
        launch = "" if app is None else f"{here}/{app.launch}"
        back = () if app is None else (f"{here}/{app.start}",)
        return Client(id, self.manifest.name, launch, back, here, scopes)


@dataclass(frozen=True, slots=True)
class AlwaysSignedIn:
    """The gateway's sessions: the clinician of the trial sits there all day."""

    def person_of(self, headers: Mapping[str, str]) -> Person | None:  # noqa: ARG002  the port's signature
        """The clinician."""
        return CLINICIAN


@dataclass(slots=True)
class PretendHospital:
    """One hospital, served to code: its gateway, its record system, its clock, and everybody in it by the part that they play."""

    manifest: Manifest
    clock: Moment
    ehr: PretendLorenzo | PretendMillennium
    links: Links
    reader: RecordReader
    audit: Witness
    gateway: Gateway
    players: dict[str, Player] = field(default_factory=dict)

    def settle(self) -> None:
        """Wait until everything that was told is in the record. Raises InternalError where it does not come there."""
        pause = Event()
        for _ in range(int(_PATIENCE_S / _LOOK_S)):
            if not self.links.counts()["waiting"]:
                return
            pause.wait(_LOOK_S)
        raise InternalError("the pretend hospital's messages are not applied", got="; ".join(self.links.faults()))

    def context(self, player: Player, opened: Opened) -> Context:
        """What a part is opened with, for somebody who plays."""
        patient = self._one("Patient", ("identifier", player.mrn))["id"]
        if opened is Opened.patient:
            return PatientContext(patient)
        visit = self._one("Encounter", ("subject", f"Patient/{patient}"))
        if opened is Opened.encounter:
            return EncounterContext(visit["id"], patient)
        return WardContext(self._ward(visit))

    def launch(self, player: Player, part: Part) -> str:
        """The address that opens the product on somebody. Blocking. Raises Refused."""
        return self.gateway.launch(CLINICIAN, self.manifest.id, self.context(player, part.context))

    def _one(self, kind: str, asked: tuple[str, str]) -> Resource:
        found = self.reader.search(kind, (asked,)).matches
        if not found:
            raise InternalError("the pretend hospital's record lacks somebody", where=kind)
        return decode(found[0].body)

    def _ward(self, visit: Resource) -> str:
        """The ward of a visit: where its bed belongs."""
        place = visit["location"][-1]["location"]["reference"].partition("/")[2]
        stored = self.reader.read("Location", place)
        part_of = {} if stored is None else decode(stored.body).get("partOf", {})
        return str(part_of.get("reference", f"Location/{place}")).partition("/")[2]


@contextmanager
def pretend_hospital(folder: Path, manifest: Manifest) -> Iterator[PretendHospital]:
    """A hospital that hears everything from a Lorenzo; its people have come and are in the record, until the context is left."""
    clock = Moment()
    with ExitStack() as parts:
        ground = _ground(folder, LinkSettings(_LINK, LORENZO, 0, silence_after_s=SILENT_S), clock, parts)
        gateway = _gateway(folder, manifest, ground, None, parts)
        lorenzo = PretendLorenzo(*ground.links.addresses()[_LINK], seed=_SEED, clock=clock)
        parts.callback(lorenzo.close)
        here = PretendHospital(manifest, clock, lorenzo, ground.links, ground.reader, ground.audit, gateway)
        here.players = {one.part: one for one in play(lorenzo)}
        here.settle()
        yield here


@contextmanager
def pretend_millennium(folder: Path, manifest: Manifest) -> Iterator[PretendHospital]:
    """A hospital that hears the census from a Millennium and asks it for results by FHIR; one patient is there."""
    clock = Moment()
    settings = FhirSettings(_NOT_YET, _CLIENT, _SYSTEMS, key=make_link_key(folder, _LINK), patience_s=_ASKED_S)
    link = LinkSettings(_LINK, MILLENNIUM, 0, silence_after_s=SILENT_S, fhir=settings)
    with ExitStack() as parts:
        ground = _ground(folder, link, clock, parts)
        millennium = PretendMillennium(*ground.links.addresses()[_LINK], seed=_SEED, clock=clock)
        parts.callback(millennium.close)
        millennium.start()
        millennium.register_client(_CLIENT, link_key(folder, load_link(folder, _LINK)).pem)
        told = replace(settings, base_url=millennium.fhir_base)
        ehr = Ehr(folder, _LINK, told, ground.reader, KeyedIds(_IDS), clock)
        parts.callback(ehr.stop)
        gateway = _gateway(folder, manifest, ground, ehr, parts)
        here = PretendHospital(manifest, clock, millennium, ground.links, ground.reader, ground.audit, gateway)
        here.players = {Role.first: play_at_millennium(millennium)}
        here.settle()
        yield here


@dataclass(frozen=True, slots=True)
class _Ground:
    """What every hospital stands on."""

    place: Path
    links: Links
    reader: RecordReader
    audit: Witness
    clock: Moment


def _ground(folder: Path, link: LinkSettings, clock: Moment, parts: ExitStack) -> _Ground:
    place, dialect = folder / "record.db", load(link.dialect)
    RecordWriter(place, clock, durable=False).close()
    add_link(folder, link)

    def make() -> Applier:
        return Applier(RecordWriter(place, clock, durable=False), lambda _: dialect, KeyedIds(_IDS), clock)

    links = Links(folder, make, clock)
    links.start()
    parts.callback(links.stop)
    reader = RecordReader(place)
    parts.callback(reader.close)
    audit = Witness(folder / "audit", clock)
    parts.callback(audit.close)
    return _Ground(place, links, reader, audit, clock)


def _gateway(folder: Path, manifest: Manifest, ground: _Ground, ehr: Ehr | None, parts: ExitStack) -> Gateway:
    tables = engine(folder / "gateway.db")
    parts.callback(tables.dispose)
    gateway = Gateway(
        base_url=BASE,
        record=ground.reader if ehr is None else ehr.record,
        elsewhere={} if ehr is None else ehr.record.elsewhere,
        feeds=ground.links.feeds,
        clients=OneProduct(manifest),
        sessions=AlwaysSignedIn(),
        audit=ground.audit,
        engine=tables,
        keep=parts.enter_context(_keeping(ground.place, ground.clock)),
        clock=ground.clock,
        outside=lambda _: manifest.outside,
        caller=Caller(resolve=_nowhere),
    )
    parts.callback(gateway.close)
    return gateway


@contextmanager
def _keeping(place: Path, clock: Moment) -> Iterator[Keep]:
    """Transactions of the record for what products keep, one at a time, until the context is left."""
    writer, turn = RecordWriter(place, clock, durable=False), Lock()

    @contextmanager
    def keep() -> Iterator[Writing]:
        with turn, writer.transaction() as writing:
            yield writing

    try:
        yield keep
    finally:
        with turn:
            writer.close()


def _nowhere(*_: object) -> tuple[str, ...]:
    """No name leads anywhere: nothing leaves a trial."""
    return ()
