"""What may not be written is not sent, and what the EHR refuses is told in its words and codes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tabard.link.ehr import Doubt
from tabard.link.ehr.written import WriteReason, WriteState
from unit.link.ehr.stand_in import (
    NOON,
    beside,
    saying,
    their_patient,
)
from unit.link.ehr.writable import ANN, Writable, pulse


@pytest.fixture
def ehr(tmp_path: Path) -> Iterator[Writable]:
    """Ann and Ben, and an EHR that takes what is written."""
    with beside(tmp_path) as side:
        yield Writable(side)


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
