"""An EHR that takes writes, and can be made to lose them."""

from typing import Any

import httpx

from tabard.fhir import Resource, decode
from tabard.link.ehr.written import Written
from unit.link.ehr.stand_in import (
    BASE,
    Answer,
    Side,
    fhir,
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
