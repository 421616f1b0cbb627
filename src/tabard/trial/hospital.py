"""The hospital of a trial: a link that hears a pretend Lorenzo, a record, a gateway and one product, all in a folder of its own.

It is put together here and not by `wiring`, which is above: a trial has no portal, no installs and no people who sign in.
What is real is real: messages over MLLP, journal, dialect, record, audit, SMART and policy. What is pretended is whoever
sits in front of it, a clinician who is always signed in.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
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
from tabard.link import Applier, Links, LinkSettings, add_link
from tabard.product import Context as Opened, Kind, Manifest, Part
from tabard.record import RecordReader, RecordWriter, Writing
from tabard.sandbox import PretendLorenzo
from tabard.trial.cast import Player, play
from tabard.trial.clock import Moment
from tabard.trial.witness import Witness

ORIGIN = "http://localhost"
BASE = f"{ORIGIN}/fhir"
DIALECT = "st-elsewhere"
SILENT_S = 600
CLINICIAN = Person("trial-clinician", "Trial Clinician", frozenset({"clinician"}))
_LINK = "lorenzo"
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
    """One hospital, served to code: its gateway, its Lorenzo, its clock, and everybody in it by the part that they play."""

    folder: Path
    manifest: Manifest
    clock: Moment
    lorenzo: PretendLorenzo
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
    """A hospital whose people have come and are in the record, until the context is left."""
    clock, place = Moment(), folder / "record.db"
    RecordWriter(place, clock, durable=False).close()
    add_link(folder, LinkSettings(name=_LINK, dialect=DIALECT, port=0, silence_after_s=SILENT_S))
    dialect = load(DIALECT)
    with ExitStack() as parts:
        links = Links(
            folder,
            lambda: Applier(RecordWriter(place, clock, durable=False), lambda _: dialect, KeyedIds(_IDS), clock),
            clock,
        )
        links.start()
        parts.callback(links.stop)
        reader = RecordReader(place)
        parts.callback(reader.close)
        audit = Witness(folder / "audit", clock)
        parts.callback(audit.close)
        tables = engine(folder / "gateway.db")
        parts.callback(tables.dispose)
        gateway = Gateway(
            base_url=BASE,
            record=reader,
            feeds=links.feeds,
            clients=OneProduct(manifest),
            sessions=AlwaysSignedIn(),
            audit=audit,
            engine=tables,
            keep=parts.enter_context(_keeping(place, clock)),
            clock=clock,
            outside=lambda _: manifest.outside,
            caller=Caller(resolve=_nowhere),
        )
        parts.callback(gateway.close)
        lorenzo = PretendLorenzo(*links.addresses()[_LINK], seed=_SEED, clock=clock)
        parts.callback(lorenzo.close)
        here = PretendHospital(folder, manifest, clock, lorenzo, links, reader, audit, gateway)
        here.players = {one.part: one for one in play(lorenzo)}
        here.settle()
        yield here


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
