"""Whom the numbers of a context address are of, in the record: exactly one patient and a visit of theirs, or nobody."""

from dataclasses import dataclass
from typing import NamedTuple

from tabard.fhir import Resource, decode
from tabard.fhir.search_values import escape
from tabard.gateway.ehr_launch.errors import LOOK, NotOpened
from tabard.gateway.ports import Record

_MOST_MERGES = 16


class Found(NamedTuple):
    """The record's ids; `is_merged` says that the number is of a registration that was merged into this patient."""

    patient: str
    encounter: str | None
    is_merged: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """Finds by identifier. Blocking; safe from any thread."""

    record: Record

    def whom(self, patient: tuple[str, str], visit: tuple[str, str] | None) -> Found:
        """The one patient of that number, merges followed, and their visit. Raises NotOpened."""
        held = self._held("Patient", patient)
        survivors = {(one := self._survivor(each))["id"]: one for each in held}
        if not survivors:
            message = "Nobody in the record here has the number that the record system named, or not yet."
            raise NotOpened("unknown_patient", message, status=404, remedy=LOOK)
        if len(survivors) > 1:
            message = "More than one patient in the record here has the number that the record system named."
            raise NotOpened("several_patients", message, status=409, remedy=LOOK)
        (found,) = survivors.values()
        if found.get("active", True) is not True:
            message = "The registration that the record system named is not in use here."
            raise NotOpened("given_up", message, status=409, remedy=LOOK)
        encounter = None if visit is None else self._visit(visit, found["id"])
        return Found(found["id"], encounter, not _is_in_use(found, patient))

    def _visit(self, number: tuple[str, str], patient: str) -> str:
        held = self._held("Encounter", number)
        if not held:
            message = "The record here does not know the visit that the record system named, or not yet."
            raise NotOpened("unknown_visit", message, status=404, remedy=LOOK)
        if len(held) > 1:
            message = "More than one visit here has the number that the record system named."
            raise NotOpened("several_visits", message, status=409, remedy=LOOK)
        if held[0].get("subject", {}).get("reference") != f"Patient/{patient}":
            message = "The visit that the record system named is another patient's here."
            raise NotOpened("visit_of_another", message, status=409, remedy=LOOK)
        return str(held[0]["id"])

    def _held(self, resource_type: str, number: tuple[str, str]) -> list[Resource]:
        token = f"{escape(number[0])}|{escape(number[1])}"
        page = self.record.search(resource_type, (("identifier", token),))
        return [decode(one.body) for one in page.matches]

    def _survivor(self, patient: Resource) -> Resource:
        for _ in range(_MOST_MERGES):
            links = [one for one in patient.get("link", ()) if one.get("type") == "replaced-by"]
            if not links:
                return patient
            stored = self.record.read("Patient", str(links[0]["other"]["reference"]).partition("/")[2])
            if stored is None:
                break
            patient = decode(stored.body)
        raise NotOpened("merges", "Who survived a merge cannot be told here.", status=409, remedy=LOOK)


def _is_in_use(patient: Resource, number: tuple[str, str]) -> bool:
    return any(
        (one.get("system"), one.get("value")) == number and one.get("use") != "old"
        for one in patient.get("identifier", ())
    )
