"""What a client must have learnt of the hospital, whichever client it is."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

from conformance.clients.served import Served

NOT_IN_EHR = "urn:tabard:kept|not-in-ehr"
A_PAGE = 4


def must_be_paged(hospital: Served, pages: Sequence[Sequence[str]]) -> None:
    """Every observation of the patient came once, page by page to the last."""
    assert len(pages) == -(-len(hospital.observations) // A_PAGE)
    assert all(len(page) == A_PAGE for page in pages[:-1])
    found = list(chain.from_iterable(pages))
    assert len(found) == len(hospital.observations)
    assert set(found) == hospital.observations


def must_be_right(hospital: Served, told: dict[str, Any], refresh: int = 0) -> None:
    """What npm's `fhirclient` learnt is right, in Node and in a browser alike; `refresh` is the status that refuses one."""
    assert "fault" not in told, told["fault"]
    assert told["patient"] == {"bound": hospital.patient, "read": hospital.patient, "family": hospital.family}
    practitioner = hospital.practitioner
    assert told["user"] == {"type": "Practitioner", "id": practitioner, "read": practitioner}
    must_be_paged(hospital, told["pages"])
    assert set(told["flat"]) == set(told["mine"]) == hospital.observations
    assert (told["refresh"], told["isRefreshed"]) == (refresh, not refresh), (told["refresh"], told["isRefreshed"])
    assert told["kept"] == ["Felt dizzy", "Felt dizzy on standing", "Well again", "Well again"]
    assert told["tags"] == [NOT_IN_EHR]
    assert (told["gone"], told["other"]) == (410, 403)


def must_be_right_by_medplum(hospital: Served, told: dict[str, Any]) -> None:
    """What `@medplum/core` learnt is right."""
    assert "fault" not in told, told["fault"]
    assert (told["patient"], told["family"]) == (hospital.patient, hospital.family)
    must_be_paged(hospital, told["pages"])
    assert [len(page) for page in told["uncounted"]] == [len(hospital.observations)]
    assert told["isRefreshed"] is True
    assert told["kept"] == ["Felt dizzy", "Felt dizzy on standing", "Well again"]
    assert told["tags"] == [NOT_IN_EHR]
    assert told["history"] == 3
    assert told["batch"] == ["200", "403"]
    assert (told["gone"], told["other"]) == ("deleted", "forbidden")
