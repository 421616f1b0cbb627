"""A write is made once, to the chart that was proven, or a person hears of it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from tabard.fhir import decode
from tabard.link.ehr import Busy, EhrError, NotLetIn, Unreachable
from tabard.link.ehr.written import WriteReason, WriteState
from unit.link.ehr.stand_in import (
    BASE,
    NOON,
    TENANT,
    Answer,
    beside,
    failing,
    fhir,
    saying,
)
from unit.link.ehr.writable import ANN, GIVEN, Writable


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
