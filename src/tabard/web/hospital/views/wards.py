"""Wards with who is in them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from tabard.fhir import Resource
from tabard.web.hospital.views.fhir import id_of, of_type
from tabard.web.hospital.views.patients import Banner, banner
from tabard.web.hospital.views.places import Places, active, is_staying_at, is_ward, place_name
from tabard.web.hospital.views.visits import Visit, staff_names, visit

_LINK = "urn:tabard:link:"
"""How the record writes which link a resource came by, in meta.source."""


@dataclass(frozen=True, slots=True)
class Ward:
    """A ward, how many are in it, and the link that told of it (empty when the record does not say)."""

    id: str
    name: str
    site: str
    patients: int
    link: str


@dataclass(frozen=True, slots=True)
class Row:
    """One patient on a ward."""

    patient: Banner
    visit: Visit


def wards(locations: Iterable[Resource], encounters: Iterable[Resource]) -> tuple[Ward, ...]:
    """Every ward by name, counting the visits that have an active place there."""
    at = [{id_of(one.get("location")) for one in active(encounter)} for encounter in encounters]
    told = [ward(one, sum(one["id"] in places for places in at)) for one in locations if is_ward(one)]
    return tuple(sorted(told, key=lambda one: (one.site, _natural(one.name))))


def ward(location: Resource, patients: int) -> Ward:
    """One ward; the site is what its organisation is called, where that is known."""
    managing = location.get("managingOrganization", {})
    site = managing.get("display") or managing.get("identifier", {}).get("value", "")
    source = str(location.get("meta", {}).get("source", ""))
    link = source.removeprefix(_LINK) if source.startswith(_LINK) else ""
    return Ward(location["id"], place_name(location) or "Ward without a name", str(site), patients, link)


def rows(ward_id: str, encounters: Sequence[Resource], others: Sequence[Resource], today: date) -> tuple[Row, ...]:
    """Who is on the ward, by bed then name. A visit whose patient is not at hand is left out by no means: it raises KeyError."""
    places, staff = Places.among(others), staff_names(others)
    patients = {one["id"]: banner(one, today) for one in of_type(others, "Patient")}
    here = [one for one in encounters if is_staying_at(one, ward_id)]
    told = [Row(patients[id_of(one.get("subject"))], visit(one, places, staff)) for one in here]
    return tuple(
        sorted(told, key=lambda row: (_natural(row.visit.now_at.bed if row.visit.now_at else ""), row.patient.name))
    )


def _natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """`Bed 2` before `Bed 10`: runs of digits are compared as numbers."""
    runs: list[str] = [""]
    for letter in name:
        if runs[-1] and letter.isdigit() == runs[-1][-1].isdigit():
            runs[-1] += letter
        else:
            runs.append(letter)
    return tuple((0, int(run), "") if run.isdecimal() else (1, 0, run.casefold()) for run in runs if run)
