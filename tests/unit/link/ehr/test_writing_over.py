"""What is written over stays what it was where nobody changed it; what may be there already is not made again."""

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tabard.fhir import Resource, decode
from tabard.link.ehr import Doubt
from tabard.link.ehr.written import WriteReason, WriteState
from unit.link.ehr.stand_in import (
    NOON,
    beside,
    failing,
    saying,
    their_observation,
)
from unit.link.ehr.writable import ANN, Writable, pulse


@pytest.fixture
def ehr(tmp_path: Path) -> Iterator[Writable]:
    """Ann and Ben, and an EHR that takes what is written."""
    with beside(tmp_path) as side:
        yield Writable(side)


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
