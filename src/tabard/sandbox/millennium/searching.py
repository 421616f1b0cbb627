"""What a search finds in the chart, in the order in which Millennium gives it out. Pure but for reading the chart."""

from collections.abc import Callable, Iterable
from datetime import datetime

from tabard.fhir import Resource
from tabard.sandbox.millennium.chart import Chart, Held
from tabard.sandbox.millennium.dates import Bound
from tabard.sandbox.millennium.queries import Clause, Query, RefusedSearch
from tabard.sandbox.millennium.rules import Kind

MOST_PATIENTS = 1000
"""More than so many found is too many. Source: R4 documentation, Patient, notes."""

_CODED = {"category": "category", "code": "code", "clinical-status": "clinicalStatus", "-physicalType": "physicalType"}
_NAMES = {"name": ("family", "given", "name"), "family": ("family",), "given": ("given",)}


class TooMany(Exception):  # noqa: N818  a verdict on its way to an answer; it never leaves the server
    """More than a thousand people answer to it."""


def find(chart: Chart, query: Query) -> list[Held]:
    """All that the query finds, first page first. Raises TooMany, and RefusedSearch where ids of two people are asked."""
    found = [held for held in _candidates(chart, query) if all(_fits(held, clause) for clause in query.clauses)]
    if query.type == "Patient" and len(found) > MOST_PATIENTS:
        raise TooMany
    if query.type == "Observation" and query.first("_id"):
        _must_be_of_one(found)
    return _in_order(query, found)


def _candidates(chart: Chart, query: Query) -> Iterable[Held]:
    """What is looked at; who was combined away is found by no search."""
    ids, patient = query.first("_id"), query.first("patient") or query.first("subject")
    shelf: Iterable[Held]
    if ids is not None:
        named = (chart.get(query.type, id_) for id_ in dict.fromkeys(ids.values))
        shelf = (held for held in named if held is not None)
    else:
        shelf = chart.of_patient(query.type, _tail(patient.values[0])) if patient else chart.every(query.type)
    return [held for held in shelf if held.resource.get("active") is not False]


def _must_be_of_one(found: list[Held]) -> None:
    labs = {held.resource["subject"]["reference"] for held in found if held.resource["id"].startswith("L-")}
    if len(labs) > 1:
        raise RefusedSearch("laboratory results by _id must be of one patient")


def _in_order(query: Query, found: list[Held]) -> list[Held]:
    """Observations the newest first, Encounters the oldest first; of all else nothing is promised, so as it came."""
    if query.type == "Encounter":
        return sorted(found, key=lambda held: held.resource["period"]["start"])
    if query.first("_lastUpdated"):
        return sorted(found, key=lambda held: held.updated, reverse=True)
    if query.type == "Observation":
        return sorted(found, key=lambda held: str(held.resource.get("effectiveDateTime")), reverse=True)
    return found


def _fits(held: Held, clause: Clause) -> bool:
    if clause.name in {"_id", "patient", "subject"}:
        return True
    if clause.kind is Kind.date:
        return _in_time(held, clause)
    return any(_MATCH[clause.kind](held.resource, clause, value) for value in clause.values)


def _in_time(held: Held, clause: Clause) -> bool:
    if clause.bounds is None:
        return False
    if clause.name == "_lastUpdated":
        return clause.bounds.touches(held.updated, held.updated)
    resource = held.resource
    if resource["resourceType"] == "Appointment":
        return _is_in(resource, clause.name, clause.bounds)
    period = resource.get("period") or {}
    start = period.get("start") or resource.get("effectiveDateTime") or f"{resource.get('birthDate')}T00:00:00+00:00"
    end = period.get("end") if period else start
    return clause.bounds.touches(datetime.fromisoformat(start), datetime.fromisoformat(end) if end else None)


def _is_in(appointment: Resource, name: str, bounds: Bound) -> bool:
    """Proposed ones are found by their wished period, and by `-date-or-req-period` alone. Source: R4 documentation, Appointment."""
    is_proposed = appointment["status"] == "proposed"
    if is_proposed and name == "date":
        return False
    told = appointment["requestedPeriod"][0] if is_proposed else appointment
    start = told.get("start")
    return start is not None and bounds.touches(datetime.fromisoformat(start), datetime.fromisoformat(start))


def _has_token(resource: Resource, clause: Clause, value: str) -> bool:
    system, bar, code = value.rpartition("|")
    for coded in _tokens(resource, clause.name):
        if coded.get("userSelected") and clause.name == "code" and _is_vital(resource):
            continue
        if (coded.get("code") or coded.get("value")) == code and (not bar or coded.get("system", "") == system):
            return True
    return False


def _is_vital(resource: Resource) -> bool:
    """By a code of Millennium's own no vital sign is found. Source: R4 documentation, Observation, notes."""
    return str(resource["id"]).startswith(("VS-", "BP-"))


def _tokens(resource: Resource, name: str) -> Iterable[Resource]:
    """Codings or identifiers that a token parameter looks at."""
    if name == "identifier":
        return list(resource.get("identifier", ()))
    if name in {"phone", "email"}:
        return [one for one in resource.get("telecom", ()) if one["system"] == name]
    if name in {"status", "gender", "active"}:
        return [{"code": str(resource.get(name)).lower()}]
    told = resource.get(_CODED.get(name, name), ())
    concepts = told if isinstance(told, list) else [told]
    return [coding for concept in concepts for coding in concept.get("coding", ())]


def _has_string(resource: Resource, clause: Clause, value: str) -> bool:
    wanted = value.casefold()
    told = [one.casefold() for one in _strings(resource, clause.name)]
    return wanted in told if clause.is_exact else any(one.startswith(wanted) for one in told)


def _strings(resource: Resource, name: str) -> list[str]:
    if name == "address-postalcode":
        return [address["postalCode"] for address in resource.get("address", ())]
    names = resource.get("name", ())
    if isinstance(names, str):
        return [names]
    parts = _NAMES.get(name, ())
    families = [one["family"] for one in names if "family" in parts and "family" in one]
    return families + [given for one in names if "given" in parts for given in one.get("given", ())]


def _has_reference(resource: Resource, clause: Clause, value: str) -> bool:
    told = resource.get(clause.name) or resource.get({"organization": "managingOrganization"}.get(clause.name, ""))
    return told is not None and _tail(told["reference"]) == _tail(value)


def _tail(reference: str) -> str:
    return reference.rpartition("/")[2]


_MATCH: dict[Kind, Callable[[Resource, Clause, str], bool]] = {
    Kind.token: _has_token,
    Kind.string: _has_string,
    Kind.reference: _has_reference,
}
