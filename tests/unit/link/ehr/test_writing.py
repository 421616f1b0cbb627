"""A write is made once, to the chart that was proven, or a person hears of it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tabard.fhir import Resource, decode
from tabard.link.ehr import Busy, Doubt, EhrError, NotLetIn, Unreachable
from tabard.link.ehr.written import WriteReason, WriteState, Written
from unit.link.ehr.stand_in import (
    BASE,
    NOON,
    TENANT,
    Answer,
    Side,
    beside,
    failing,
    fhir,
    saying,
    their_observation,
    their_patient,
)

ANN = "12724001"
GIVEN = ("urn:tabard:written", "w-1")
STATEMENT: Resource = {
    "resourceType": "CapabilityStatement",
    "rest": [
        {
            "resource": [
                {
                    "type": kind,
                    "interaction": [{"code": code} for code in ("read", "create", *(["update"] if is_put else []))],
                    "searchParam": [{"name": name} for name in ("patient", "_lastUpdated", "_count")],
                }
                for kind, is_put in (("Observation", True), ("DocumentReference", True), ("Appointment", False))
            ]
        }
    ],
}


def pulse(**more: Any) -> Resource:
    """What a product writes about Ann."""
    category = {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"}
    own = {"system": "urn:tabard:ehr:ehr:codeSet:72", "code": "703511"}
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [category]}],
        "code": {"coding": [own, {"system": "http://loinc.org", "code": "8867-4"}]},
        "subject": {"reference": "Patient/ann", "display": "Ann"},
        "encounter": {"reference": "Encounter/e-ann"},
        "effectiveDateTime": "2026-03-01T11:00:00Z",
        "valueQuantity": {"value": 72},
        **more,
    }


class Writable:
    """An EHR that takes Observations, and a trouble for each of the next writes: before it is done, or after."""

    def __init__(self, side: Side) -> None:
        self.side = side
        self.before: list[Answer | None] = []
        self.after: list[Answer | None] = []
        self.sent: list[httpx.Request] = []
        side.stand_in.instead = {"/metadata": lambda _: fhir(STATEMENT), "/": self}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer."""
        if request.method == "GET":
            return self.side.stand_in.data(request)
        self.sent.append(request)
        before = self.before.pop(0) if self.before else None
        if before is not None:
            return before(request)
        body = decode(request.content)
        id_ = body.get("id", f"VS-9{len(self.sent)}")
        self.side.stand_in.put({**body, "id": id_, "meta": {"versionId": f"{len(self.sent) + 1}-0"}})
        after = self.after.pop(0) if self.after else None
        if after is not None:
            return after(request)
        headers = (
            {"location": f"{BASE}/{body['resourceType']}/{id_}", "etag": 'W/"1"'} if request.method == "POST" else {}
        )
        return httpx.Response(201 if request.method == "POST" else 200, headers=headers)

    def write(self, resource: Resource | None = None, **more: Any) -> Written:
        """Write."""
        return self.side.ehr.writes.write(pulse() if resource is None else resource, identifier=GIVEN, **more)

    @property
    def there(self) -> list[Resource]:
        """What was written and is there."""
        return [one for one in self.side.stand_in.held if str(one["id"]).startswith("VS-9")]


@pytest.fixture
def ehr(tmp_path: Path) -> Iterator[Writable]:
    """Ann and Ben, and an EHR that takes what is written."""
    with beside(tmp_path) as side:
        yield Writable(side)


def test_what_is_written_says_the_ehrs_ids_and_is_known_by_the_records(ehr: Writable) -> None:
    """Patient, visit and code set outward; the id that comes back is the record's, and reads as what was written."""
    written = ehr.write()
    assert (written.state, written.reason, written.status) == (WriteState.accepted, WriteReason.made, 201)
    (there,) = ehr.there
    assert there["subject"] == {"reference": f"Patient/{ANN}"}
    assert there["encounter"] == {"reference": "Encounter/97001"}
    assert there["code"]["coding"][0]["system"] == f"https://fhir.cerner.com/{TENANT}/codeSet/72"
    assert there["identifier"] == [{"system": GIVEN[0], "value": GIVEN[1]}]
    assert b"ann" not in ehr.sent[0].content
    read = ehr.side.ehr.writes.read("Observation", written.id)
    assert read is not None
    assert read.resource()["subject"] == {"reference": "Patient/ann"}
    assert read.resource()["encounter"] == {"reference": "Encounter/e-ann"}
    assert "VS-9" not in written.id


LOST = {
    "cut": failing(httpx.RemoteProtocolError),
    "too slow": failing(httpx.ReadTimeout),
    "a proxy's 502": saying(502),
    "a proxy's 503": saying(503),
    "a proxy's 504": saying(504),
    "500": saying(500),
    "201 without a place": saying(201),
    "201 in words": saying(201, b"thanks"),
}


@pytest.mark.parametrize("lost", LOST)
def test_a_lost_answer_is_looked_for_and_never_sent_again_blindly(ehr: Writable, lost: str) -> None:
    """It was done, and the answer was lost: one POST, found by the identifier that we gave it."""
    ehr.after = [LOST[lost]]
    written = ehr.write()
    assert (written.state, written.reason) == (WriteState.accepted, WriteReason.found)
    assert (len(ehr.sent), len(ehr.there)) == (1, 1)
    assert ehr.side.ehr.writes.read("Observation", written.id) is not None


@pytest.mark.parametrize("lost", ["cut", "too slow", "a proxy's 503", "500"])
def test_what_is_surely_not_there_is_sent_again(ehr: Writable, lost: str) -> None:
    """Nothing was done: looked for three times first, then sent once more."""
    ehr.before = [LOST[lost]]
    written = ehr.write()
    assert (written.state, written.reason) == (WriteState.accepted, WriteReason.made)
    assert (len(ehr.sent), len(ehr.there)) == (2, 1)
    assert sum(ehr.side.beat.waits) == 20.0


def test_what_lands_late_is_found_by_the_last_look(ehr: Writable) -> None:
    """The EHR is still at it while the first two looks see nothing: it is not sent again."""

    def late(request: httpx.Request) -> httpx.Response:
        late_one = {**decode(request.content), "id": "VS-99"}
        ehr.side.beat.wait_for = lambda waited: ehr.side.stand_in.put(late_one) if waited >= 15 else None
        raise httpx.ReadTimeout("pretended", request=request)

    ehr.before = [late]
    assert ehr.write().reason is WriteReason.found
    assert len(ehr.sent) == 1


@pytest.mark.parametrize("reading", [saying(503), saying(500), failing(httpx.ReadTimeout)])
def test_what_nobody_can_look_for_is_held_for_a_person(ehr: Writable, reading: Answer) -> None:
    """The answer was lost and no look succeeds: unclear, with what to do, counted, and sent once only."""

    def lost(request: httpx.Request) -> httpx.Response:
        ehr.side.stand_in.instead["Observation?"] = reading
        ehr.side.stand_in.instead["/"] = ehr.side.stand_in.instead.pop("/")
        raise httpx.ReadTimeout("pretended", request=request)

    ehr.after = [lost]
    written = ehr.write()
    assert (written.state, written.reason, written.id) == (WriteState.unclear, WriteReason.no_answer, "")
    assert written.told
    assert "Look in the record system" in written.remedy
    assert len(ehr.sent) == 1
    assert "not_known" in {one.reason for one in ehr.side.ehr.refusals()}


@pytest.mark.parametrize("change", ["next", "outcome"])
def test_a_look_that_does_not_see_all_says_nothing(ehr: Writable, change: str) -> None:
    """A chart too long to look through, or with something left out, is no proof that it is not there."""
    outcome = {"resource": {"resourceType": "OperationOutcome", "issue": []}}

    def page(request: httpx.Request) -> httpx.Response:
        number = int(request.url.params.get("pageContext", "0")) + 1
        onward = [{"relation": "next", "url": f"{BASE}/Observation?patient={ANN}&pageContext={number}"}]
        told = {"link": onward} if change == "next" else {"entry": [outcome]}
        return fhir({"resourceType": "Bundle", **told})

    ehr.side.stand_in.instead = {"Observation?": page, **ehr.side.stand_in.instead}
    ehr.before = [failing(httpx.ReadTimeout)]
    written = ehr.write()
    assert (written.state, written.reason) == (WriteState.unclear, WriteReason.not_findable)
    assert len(ehr.sent) == 1


def test_what_is_lost_twice_is_held_for_a_person(ehr: Writable) -> None:
    """Sent again once and no more."""
    ehr.before = [failing(httpx.ReadTimeout)] * 9
    assert ehr.write().state is WriteState.unclear
    assert len(ehr.sent) == 2


def test_what_fails_there_each_time_is_rejected(ehr: Writable) -> None:
    """500 twice, and nothing there."""
    ehr.before = [saying(500)] * 9
    assert (ehr.write().state, len(ehr.sent)) == (WriteState.rejected, 2)


def test_a_second_call_searches_before_it_sends(ehr: Writable) -> None:
    """Whoever fell over between the write and its answer asks again with the time of the first call: it is there once."""
    assert ehr.write().reason is WriteReason.made
    again = ehr.write(since=NOON - timedelta(hours=1))
    assert (again.state, again.reason) == (WriteState.accepted, WriteReason.found)
    assert len(ehr.sent) == 1
    sought = [one for one in ehr.side.stand_in.questions if one.startswith("Observation?")]
    assert "_lastUpdated=ge2026-03-01T10%3A50%3A00.000Z" in sought[-1]
    ehr.side.stand_in.put({**ehr.there[0], "id": "VS-98"})
    assert ehr.write(since=NOON).reason is WriteReason.found_twice
    ehr.side.stand_in.held = [one for one in ehr.side.stand_in.held if one not in ehr.there]
    assert ehr.write(since=NOON).reason is WriteReason.made, "surely not there: sent"


@pytest.mark.parametrize(
    ("answer", "kind", "times"),
    [(saying(429), Busy, 4), (failing(httpx.ConnectError), Unreachable, 1), (saying(401), NotLetIn, 2)],
)
def test_what_was_surely_not_written_may_be_tried_later(
    ehr: Writable, answer: Answer, kind: type[EhrError], times: int
) -> None:
    """Asked to wait, it waits with jitter and sends again while there is time; then the caller hears of it."""
    ehr.before = [answer] * 99
    with pytest.raises(kind):
        ehr.write()
    assert len(ehr.sent) >= times
    assert ehr.there == []


def test_after_being_asked_to_wait_it_is_written(ehr: Writable) -> None:
    """429 twice: nothing was done there, so nothing is looked for."""
    ehr.before = [saying(429), saying(429)]
    assert ehr.write().reason is WriteReason.made
    assert (len(ehr.sent), len(ehr.there)) == (3, 1)


REFUSED: dict[str, tuple[dict[str, Any], WriteReason, str]] = {
    "another patient": (
        {"subject": {"reference": "Patient/ann"}, "focus": [{"reference": "Patient/ben"}]},
        WriteReason.of_another,
        "Patient",
    ),
    "nobody": ({"subject": {"display": "Ann"}}, WriteReason.of_another, "Patient"),
    "a relative": ({"focus": [{"reference": "RelatedPerson/r"}]}, WriteReason.of_another, "RelatedPerson"),
    "somebody inside": ({"contained": [{"resourceType": "Patient", "id": "p"}]}, WriteReason.of_another, "Patient"),
    "a visit that is not joined": (
        {"encounter": {"reference": "Encounter/e-other"}},
        WriteReason.reference_not_known,
        "Encounter",
    ),
    "a result that is not known": (
        {"hasMember": [{"reference": "Observation/x"}]},
        WriteReason.reference_not_known,
        "Observation",
    ),
    "an id in words": ({"note": [{"text": "see ann"}]}, WriteReason.reference_not_known, "words"),
    "another server": (
        {"focus": [{"reference": "https://x.example/Patient/1"}]},
        WriteReason.reference_not_known,
        "outside",
    ),
    "no value": ({"valueQuantity": None}, WriteReason.incomplete, "value[x]"),
    "no time": ({"effectiveDateTime": None}, WriteReason.incomplete, "effectiveDateTime"),
    "a long text": ({"note": [{"text": "x" * 256}]}, WriteReason.incomplete, "255"),
    "another type": ({"resourceType": "Basic"}, WriteReason.unsupported, "Basic"),
    "a type that it does not take": ({"resourceType": "Condition"}, WriteReason.unsupported, "Condition"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_may_not_be_sent_is_not_sent(ehr: Writable, what: str) -> None:
    """Refused with the name of what is wrong, and nothing leaves."""
    more, reason, named = REFUSED[what]
    written = ehr.write({name: value for name, value in pulse(**more).items() if value is not None})
    assert (written.state, written.reason) == (WriteState.rejected, reason)
    assert named in written.detail
    assert written.remedy
    assert ehr.sent == []


def test_a_patient_who_cannot_be_proven_is_not_written_to(ehr: Writable) -> None:
    """The same proof as for reading: the number leads to another there, and nothing is sent; tried before, it is unclear."""
    ehr.side.stand_in.put(their_patient(ANN, "100", birthDate="1999-01-01"))
    written = ehr.write()
    assert (written.state, written.reason, written.status) == (WriteState.rejected, Doubt.birth_date_differs, 409)
    assert ehr.write(since=NOON).state is WriteState.unclear
    assert ehr.write(pulse(subject={"reference": "Patient/nobody"})).reason is Doubt.given_up_here
    assert ehr.sent == []


def test_what_it_refuses_is_told_with_its_codes(ehr: Writable) -> None:
    """422 with an OperationOutcome: its code and not its words."""
    outcome = (
        b'{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"required","diagnostics":"Ann"}]}'
    )
    ehr.before = [saying(422, outcome)]
    written = ehr.write()
    assert (written.state, written.reason, written.status) == (WriteState.rejected, WriteReason.refused, 422)
    assert written.detail == "422 error/required"


def test_staff_and_places_that_are_not_joined_are_told_by_words(ehr: Writable) -> None:
    """Without words they are left out."""
    performer = [{"reference": "Practitioner/dr", "display": "Dr Bell"}, {"reference": "Practitioner/dx"}]
    assert ehr.write(pulse(performer=performer)).state is WriteState.accepted
    assert ehr.there[0]["performer"] == [{"type": "Practitioner", "display": "Dr Bell"}]


# Writing over


def shown(ehr: Writable) -> tuple[Resource, int]:
    """Ann's result as a product sees it, and the version that it saw."""
    (stored,) = ehr.side.ehr.record.search("Observation", (("patient", "ann"),)).matches
    return stored.resource(), stored.version


@pytest.fixture
def seen(ehr: Writable) -> tuple[Writable, Resource, int]:
    """Ann has a whole result that a product has read."""
    more = {name: value for name, value in pulse().items() if name in {"category", "valueQuantity"}}
    ceuuid = [{"system": "https://fhir.cerner.com/ceuuid", "value": "CE1"}]
    ehr.side.stand_in.put(
        their_observation("VS-1", ANN, encounter={"reference": "Encounter/97001"}, identifier=ceuuid, **more)
    )
    return (ehr, *shown(ehr))


def test_what_was_not_shown_stays_when_it_is_written_over(seen: tuple[Writable, Resource, int]) -> None:
    """A PUT empties what it does not name: all that the reader did not see, or did not change, is sent as it is there."""
    ehr, resource, version = seen
    written = ehr.write({**resource, "status": "corrected"}, if_match=version)
    assert (written.state, written.id, written.status) == (WriteState.accepted, resource["id"], 200)
    body = decode(ehr.sent[0].content)
    assert (body["id"], body["status"]) == ("VS-1", "corrected")
    assert body["identifier"][0]["value"] == "CE1"
    assert body["subject"] == {"reference": f"Patient/{ANN}"}
    assert ehr.sent[0].headers["if-match"] == 'W/"1"'
    assert "text" not in body


def test_what_was_taken_away_is_not_sent(seen: tuple[Writable, Resource, int]) -> None:
    """An element that the reader saw and left out is gone."""
    ehr, resource, version = seen
    told = {name: value for name, value in resource.items() if name != "encounter"}
    assert ehr.write(told, if_match=version).state is WriteState.accepted
    assert "encounter" not in decode(ehr.sent[0].content)


def test_a_version_that_is_not_the_newest_is_412(seen: tuple[Writable, Resource, int]) -> None:
    """Told by us where it changed before, and where the EHR says 409."""
    ehr, resource, version = seen
    ehr.before = [saying(409)]
    late = ehr.write({**resource, "status": "corrected"}, if_match=version)
    assert (late.state, late.reason, late.status) == (WriteState.rejected, WriteReason.stale, 412)
    early = ehr.write({**resource, "status": "corrected"}, if_match=version + 1)
    assert (early.reason, early.status, len(ehr.sent)) == (WriteReason.stale, 412, 1)


def test_a_lost_put_is_sent_again_against_the_same_version(seen: tuple[Writable, Resource, int]) -> None:
    """If-Match keeps it from being done twice; where it was done, what stands there is compared."""
    ehr, resource, version = seen
    ehr.before = [failing(httpx.ReadTimeout)]
    assert ehr.write({**resource, "status": "corrected"}, if_match=version).state is WriteState.accepted
    assert [one.headers["if-match"] for one in ehr.sent] == ['W/"1"'] * 2


@pytest.mark.parametrize(("is_ours", "state"), [(True, WriteState.accepted), (False, WriteState.unclear)])
def test_a_lost_put_that_was_done_is_known_by_what_stands_there(
    seen: tuple[Writable, Resource, int], *, is_ours: bool, state: WriteState
) -> None:
    """409 after a lost answer is our own write, or somebody else's: that is a person's to say."""
    ehr, resource, version = seen
    ehr.after = [failing(httpx.ReadTimeout)]
    others: Callable[[httpx.Request], httpx.Response] = saying(409)

    def second(request: httpx.Request) -> httpx.Response:
        if not is_ours:
            ehr.side.stand_in.put({**decode(request.content), "status": "entered-in-error"})
        return others(request)

    ehr.before = [None, second]
    assert ehr.write({**resource, "status": "corrected"}, if_match=version).state is state


def test_what_is_another_patients_is_not_written_over(seen: tuple[Writable, Resource, int]) -> None:
    """Ann's result under Ben's name, an id that is none, a patient who was exchanged: nothing leaves."""
    ehr, resource, version = seen
    bens = {**resource, "subject": {"reference": "Patient/ben"}}
    assert ehr.write({name: each for name, each in bens.items() if name != "encounter"}, if_match=version).status == 404
    assert ehr.write({**resource, "id": "x"}, if_match=version).reason is WriteReason.not_there
    ehr.side.stand_in.put({**their_observation("VS-1", "12724002")})
    assert ehr.write(resource, if_match=version).reason is Doubt.other_chart
    assert ehr.sent == []


# Where the EHR keeps no identifier


@pytest.mark.parametrize(
    ("there", "is_held"),
    [
        ({}, True),
        ({"effectiveDateTime": "2026-03-01T11:00:00.000+00:00"}, True),
        ({"code": {"text": "Pulse"}}, True),
        ({"effectiveDateTime": "2026-03-01T11:01:00Z"}, False),
        ({"code": {"coding": [{"system": "http://loinc.org", "code": "8310-5"}]}}, False),
        ({"meta": {"lastUpdated": "2026-03-01T11:49:59.000Z"}}, False),
        ({"meta": {"lastUpdated": "2026-03-01T11:50:01.000Z"}}, True),
    ],
)
def test_what_may_be_ours_without_our_identifier_is_a_persons_to_say(
    ehr: Writable, there: Resource, *, is_held: bool
) -> None:
    """The answer is lost, and something like it stands there: neither accepted nor sent again. What is plainly another is none."""
    body = {name: value for name, value in pulse(**there).items() if name != "encounter"}
    ehr.side.stand_in.put({**body, "id": "VS-7", "subject": {"reference": f"Patient/{ANN}"}})
    ehr.before = [failing(httpx.ReadTimeout)]
    written = ehr.write()
    if is_held:
        assert (written.state, written.reason) == (WriteState.unclear, WriteReason.maybe_there)
    else:
        assert written.reason is WriteReason.made
    assert len(ehr.sent) == (1 if is_held else 2)


def test_what_was_made_and_is_not_found_is_not_sent_again(ehr: Writable) -> None:
    """201 without a place, and no look finds it: it is somewhere."""
    ehr.before = [saying(201)]
    assert ehr.write().state is WriteState.unclear
    assert len(ehr.sent) == 1


def test_an_appointment_is_looked_for_by_its_day(ehr: Writable) -> None:
    """A date is needed there: it is completed; without one nothing is sent."""
    actors = [{"actor": {"reference": "Patient/ann"}, "status": "accepted"}]
    booking: Resource = {
        "resourceType": "Appointment",
        "status": "booked",
        "slot": [{"reference": "#s"}],
        "start": "2026-03-10T09:00:00Z",
        "participant": actors,
    }
    assert ehr.write(booking, since=NOON).state is WriteState.accepted
    (asked,) = [one for one in ehr.side.stand_in.questions if one.startswith("Appointment?")]
    assert f"patient={ANN}&date=ge2026-03-09T09%3A00%3A00.000Z&date=lt2026-03-11T09%3A00%3A01.000Z" in asked
    for start in (None, "tomorrow"):
        assert ehr.write({**booking, "start": start}).reason is WriteReason.incomplete
