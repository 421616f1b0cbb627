"""Types that are asked elsewhere: once for each question, in threads of their own, every failure an outcome and audited."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from tabard.fhir import encode
from tabard.fhir.scopes import parse
from tabard.gateway import EncounterContext, Gateway, PatientContext, Record, Refused
from tabard.gateway.api.app import is_quick
from tabard.gateway.api.routes import route
from tabard.gateway.model import Rights
from tabard.ground.errors import PeerError
from tabard.link import Busy, Doubt, Doubtful, TooSlow, Unsupported
from tabard.link.ehr import BadAnswer
from tabard.record import RecordReader, Stored
from unit.gateway.world import BASE, CLINICIAN, World, ids, is_outcome, observation

ELSEWHERE = {"Observation": ("patient", "subject", "_id", "code"), "DiagnosticReport": ("patient", "subject")}


@dataclass
class Page:
    """A page with a word to its reader."""

    matches: Sequence[Stored]
    notices: Sequence[str] = ()
    included: Sequence[Stored] = ()
    next: str | None = None
    total: int | None = None


@dataclass
class Asked:
    """A record that asks elsewhere for results; a test says what comes of that."""

    reader: RecordReader
    answer: Callable[[], Page]
    times: int = 0
    threads: list[str] = field(default_factory=list)
    changes: int = 0

    def read(self, kind: str, id_: str) -> Any:
        """One resource."""
        if kind not in ELSEWHERE:
            return self.reader.read(kind, id_)
        return next((one for one in self.asked().matches if one.id == id_), None)

    def search(self, kind: str, parameters: Any, **more: Any) -> Any:
        """A page."""
        return self.asked() if kind in ELSEWHERE else self.reader.search(kind, parameters, **more)

    def asked(self) -> Page:
        """What the other system says."""
        self.times += 1
        self.threads.append(threading.current_thread().name)
        return self.answer()

    def read_version(self, *_: Any) -> Any:
        """Never for what is elsewhere."""
        raise AssertionError

    def history(self, kind: str, id_: str) -> Any:
        """The same."""
        assert kind not in ELSEWHERE
        return self.reader.history(kind, id_)

    def last_change(self) -> int:
        """A record that never stands still."""
        self.changes += 1
        return self.changes


def stored(id_: str, patient: str, visit: str | None = None) -> Stored:
    """A result as it comes from elsewhere."""
    return Stored(
        "Observation", id_, 1, datetime(2026, 3, 1, tzinfo=UTC), encode(observation(id_, patient, visit)), "ehr"
    )


class Asking(World):
    """A hospital whose results are elsewhere."""

    def open(self) -> Gateway:
        """The gateway that knows it."""
        self.asked = Asked(self.reader, lambda: Page([stored("o-ann", "ann"), stored("o-ben", "ben")]))
        self.record = cast("Record", self.asked)
        from tabard.database import engine  # noqa: PLC0415  as the base does

        self.engine = engine(self.folder / "gateway.db")
        return Gateway(
            base_url=BASE,
            record=self.record,
            elsewhere=ELSEWHERE,
            feeds=lambda: self.feeds,
            clients=self.clients,
            sessions=self.sessions,
            audit=self.audit,
            engine=self.engine,
            clock=self.clock,
        )


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Asking]:
    """A fresh one."""
    found = Asking(tmp_path)
    try:
        yield found
    finally:
        found.close()


def test_a_question_is_asked_once_however_often_the_record_changes(world: Asking) -> None:
    """What is elsewhere is no state of the record; and it is asked in a thread that holds up no other request."""
    response = world.get("Observation?patient=ann", world.access(PatientContext("ann")))
    assert ids(response) == {"Observation/o-ann"}, "the policy looks at what comes from elsewhere too"
    assert world.asked.times == 1
    assert world.asked.threads[0].startswith("elsewhere")


def test_a_read_elsewhere_never_stands_on_the_loop() -> None:
    """A read by id is quick only where it is one look-up in the record."""
    rights = Rights("p", frozenset({"clinician"}), parse("patient/*.rs"), PatientContext("ann"))
    wanted = route("GET", "Observation/o-ann")
    assert is_quick(wanted, rights)
    assert not is_quick(wanted, rights, ELSEWHERE)


def test_looking_around_a_patient_asks_nobody(world: Asking) -> None:
    """Staff and places around a patient are found in the record: no results are asked for to name a ward."""
    token = world.access(PatientContext("ann"))
    for path in ("Practitioner/gp", "Location?_id=w1", "Organization/practice", "Encounter?patient=ann"):
        assert world.get(path, token).status_code == 200
    assert world.asked.times == 0


@pytest.mark.parametrize(
    ("error", "status", "code", "outcome"),
    [
        (Busy("busy"), 503, "transient", "failed"),
        (TooSlow("slow"), 504, "transient", "failed"),
        (BadAnswer("odd"), 502, "transient", "failed"),
        (PeerError("other"), 502, "transient", "failed"),
        (Doubtful(Doubt.birth_date_differs), 409, "conflict", "refused"),
        (Unsupported("no such search"), 400, "not-supported", "refused"),
    ],
)
@pytest.mark.parametrize("path", ["Observation?patient=ann", "Observation/o-ann"])
def test_each_failure_is_an_outcome_and_audited(
    world: Asking, error: Exception, status: int, code: str, outcome: str, path: str
) -> None:
    """The caller learns what happened in a sentence and by its status; the audit holds it; nothing is shown."""

    def fail() -> Page:
        raise error

    world.asked.answer = fail
    response = world.get(path, world.access(PatientContext("ann")))
    assert is_outcome(response, status, code)
    event = world.audited()[-1]
    assert (event["outcome"], event["status"]) == (outcome, status)
    assert event["reason"]
    assert "seen" not in event


def test_the_portals_door_tells_and_audits_the_same(world: Asking) -> None:
    """A doubt is a refusal with its status, a failure the peer's own error; both are in the audit."""
    found: list[Exception] = [Doubtful(Doubt.several_there), TooSlow("slow")]

    def fail() -> Page:
        raise found.pop(0)

    world.asked.answer = fail
    with pytest.raises(Refused) as refused:
        world.gateway.door.search(CLINICIAN, "Observation", (("patient", "ann"),), "patient")
    assert refused.value.status == 409
    with pytest.raises(TooSlow):
        world.gateway.door.read(CLINICIAN, "Observation", "o-ann", "patient")
    assert [(one["outcome"], one["reason"]) for one in world.audited()[-2:]] == [
        ("refused", "several_there"),
        ("failed", "too_slow"),
    ]


def test_what_is_not_shown_is_said_to_the_reader(world: Asking) -> None:
    """A page's own words come first, as an outcome among the entries."""
    world.asked.answer = lambda: Page([stored("o-ann", "ann")], ("Something was withheld.",))
    entries = world.get("Observation?patient=ann", world.access(PatientContext("ann"))).json()["entry"]
    assert [one["search"]["mode"] for one in entries] == ["outcome", "match"]
    assert entries[0]["resource"]["issue"][0]["diagnostics"] == "Something was withheld."


def test_results_of_a_visit_that_is_not_known_are_not_hidden_in_silence(world: Asking) -> None:
    """Opened on a visit, a product is not shown what may be another visit's, and its reader learns that there is something."""
    token = world.access(EncounterContext("e-ann", "ann"))
    world.asked.answer = lambda: Page([stored("o-ann", "ann", "e-ann"), stored("o-old", "ann", "e-ann-old")])
    assert [one["search"]["mode"] for one in world.get("Observation", token).json()["entry"]] == ["match"]
    world.asked.answer = lambda: Page([stored("o-ann", "ann", "e-ann"), stored("o-any", "ann")])
    outcome, match = world.get("Observation", token).json()["entry"]
    assert match["resource"]["id"] == "o-ann"
    assert "not known here to which visit" in outcome["resource"]["issue"][0]["diagnostics"]
    response = world.get("Observation?patient=ann", world.access(PatientContext("ann")))
    assert ids(response) == {"Observation/o-ann", "Observation/o-any"}, "of the patient, both"


def test_versions_are_refused_without_asking(world: Asking) -> None:
    """What is not kept here has no history here."""
    token = world.access(PatientContext("ann"))
    for path in ("Observation/o-ann/_history", "Observation/o-ann/_history/1"):
        assert is_outcome(world.get(path, token), 404, "not-supported")
    assert world.asked.times == 0
    assert world.get("Patient/ann/_history", token).status_code == 200


def test_the_statement_tells_what_holds_there(world: Asking) -> None:
    """No versions, and only the searches that the other system has."""
    told = {one["type"]: one for one in world.get("metadata", None).json()["rest"][0]["resource"]}
    assert [one["code"] for one in told["Observation"]["interaction"]] == ["read", "search-type"]
    assert {one["name"] for one in told["Observation"]["searchParam"]} == {"patient", "subject", "_id", "code"}
    assert told["Observation"]["versioning"] == "no-version"
    assert told["Encounter"]["versioning"] == "versioned"


def test_a_slow_system_holds_up_nobody_else(world: Asking) -> None:
    """While a question elsewhere waits, the record is read: they share no threads."""
    reached, release = threading.Event(), threading.Event()

    def wait() -> Page:
        reached.set()
        assert release.wait(30)
        return Page([])

    world.asked.answer = wait
    app = world.gateway.app.fhir
    waiting = app.threads.submit(world.gateway.door.search, CLINICIAN, "Observation", (("patient", "ann"),), "patient")
    assert reached.wait(30)
    assert world.get("Encounter?patient=ann", world.access(PatientContext("ann"))).status_code == 200
    assert not waiting.done()
    release.set()
    waiting.result()
