"""A pretend gateway for products that are opened with a patient, and resources to put into it."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Route

from story.pretend_gateway import BASE, PRODUCTS, PretendGateway, Resource, patient

PATIENT = "p1"
LOINC = "http://loinc.org"
_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
_MARKS = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"


class PatientGateway(PretendGateway):
    """Answers reads, and the simple searches that a Millennium and a record both know; any other is refused and noted.

    By type: `answers` are bodies given instead, `doubts` sentences of a 409; `endless` is one whose pages have no end.
    """

    product = PRODUCTS / "observations"
    launched: Resource = {"patient": PATIENT}  # noqa: RUF012  a constant of the class

    def __init__(self, *words: Any) -> None:
        super().__init__(*words)
        self.resources = [_whole(patient(PATIENT, "Patel", "Priya"))]
        self.refused: list[str] = []
        self.answers: dict[str, str] = {}
        self.doubts: dict[str, str] = {}
        self.endless = ""
        self.before_page: Callable[[], object] = lambda: None

    def _search(self, route: Route) -> None:
        url = urlsplit(route.request.url)
        kind, _, key = url.path.removeprefix("/fhir/").partition("/")
        asked = {name: values[0] for name, values in parse_qs(url.query).items()}
        if kind in self.doubts:
            issue = [{"severity": "error", "code": "conflict", "diagnostics": self.doubts[kind]}]
            self._json(route, {"resourceType": "OperationOutcome", "issue": issue}, 409)
        elif kind in self.answers:
            headers = {**self._cors, "Content-Type": "application/fhir+json"}
            route.fulfill(status=200, headers=headers, body=self.answers[kind])
        elif key:
            found = [one for one in self.resources if (one["resourceType"], one["id"]) == (kind, key)]
            self._json(route, found[0] if found else {"resourceType": "OperationOutcome"}, 200 if found else 404)
        elif asked.keys() - {"start"} != {"patient", "_count"} or asked["patient"] != PATIENT:
            self.refused.append(route.request.url)
            self._json(route, {"resourceType": "OperationOutcome"}, 400)
        else:
            self._page(route, kind, asked)

    def _page(self, route: Route, kind: str, asked: Mapping[str, str]) -> None:
        found = [one for one in self.resources if one["resourceType"] in (kind, "OperationOutcome")]
        start = int(asked.get("start", "0"))
        links = []
        self.before_page()
        if kind == self.endless or start + self.page_size < len(found):
            query = f"patient={PATIENT}&_count=9&start={start + self.page_size}"
            links.append({"relation": "next", "url": f"{BASE}/fhir/{kind}?{query}"})
        entries = [{"resource": one} for one in found[start : start + self.page_size]]
        self._json(route, {"resourceType": "Bundle", "type": "searchset", "link": links, "entry": entries})


def _whole(person: Resource) -> Resource:
    number = {"type": {"coding": [{"code": "MR"}]}, "system": "urn:tabard:authority:Millpond%20MRN", "value": "400123"}
    return {**person, "identifier": [*person["identifier"], number]}


def observation(key: str, code: str, name: str, value: str | None, at: str | None, **other: Any) -> Resource:
    """A final laboratory result of the patient; `value` such as `4.0 mmol/L` or `<5 mg/L`. A None among `other` takes away."""
    told: Resource = {
        "resourceType": "Observation",
        "id": key,
        "status": "final",
        "category": [{"coding": [{"system": _CATEGORY, "code": "laboratory"}]}],
        "code": {"coding": [{"system": LOINC, "code": code}], "text": name},
        "subject": {"reference": f"Patient/{PATIENT}"},
        "effectiveDateTime": at,
        **({"valueQuantity": quantity(value)} if value else {}),
        **other,
    }
    return {name: content for name, content in told.items() if content is not None}


def vital(key: str, code: str, name: str, value: str | None, at: str | None, **other: Any) -> Resource:
    category = [{"coding": [{"system": _CATEGORY, "code": "vital-signs"}]}]
    return observation(key, code, name, value, at, category=category, **other)


def blood_pressure(key: str, systolic: str, diastolic: str, at: str, **other: Any) -> Resource:
    parts = [part("8480-6", "Systolic", systolic, **other), part("8462-4", "Diastolic", diastolic)]
    return vital(key, "85354-9", "Blood pressure", None, at, component=parts)


def part(code: str, name: str, value: str, **other: Any) -> Resource:
    coded = {"coding": [{"system": LOINC, "code": code}], "text": name}
    return {"code": coded, "valueQuantity": quantity(value), **other}


def quantity(text: str) -> Resource:
    """`<5 mg/L` as a Quantity; the number stays a text, which `exactly` writes as a number digit for digit."""
    found = re.fullmatch(r"([<>]?=?)([0-9.]+) ?(.*)", text)
    assert found is not None
    told = {"comparator": found[1], "value": float(found[2]) if "." in found[2] else int(found[2]), "unit": found[3]}
    return {name: content for name, content in told.items() if content != ""}


def marked(code: str) -> list[Resource]:
    return [{"coding": [{"system": _MARKS, "code": code}]}]


def report(key: str, name: str | None, at: str | None, *results: str, **other: Any) -> Resource:
    told: Resource = {
        "resourceType": "DiagnosticReport",
        "id": key,
        "status": "final",
        "code": {"text": name} if name else {},
        "subject": {"reference": f"Patient/{PATIENT}"},
        "effectiveDateTime": at,
        "result": [{"reference": f"Observation/{one}"} for one in results],
        **other,
    }
    return {name: content for name, content in told.items() if content is not None}
