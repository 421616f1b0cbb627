"""Finding a patient, and one patient."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from tabard.fhir import Resource
from tabard.gateway import Refused
from tabard.gateway.kept import is_kept
from tabard.ground.errors import CallerError, PeerError
from tabard.web.design.times import UK
from tabard.web.hospital.guard import Asked
from tabard.web.hospital.looking import Found, Looking
from tabard.web.hospital.pages.glass import standing
from tabard.web.hospital.pages.products import launchable
from tabard.web.hospital.portal import Portal
from tabard.web.hospital.render import page
from tabard.web.hospital.views.fhir import id_of
from tabard.web.hospital.views.kept import kept_here
from tabard.web.hospital.views.patients import Banner, banner, details
from tabard.web.hospital.views.places import Places, Stay, present_stay
from tabard.web.hospital.views.results import Report, reports
from tabard.web.hospital.views.search import understand
from tabard.web.hospital.views.visits import staff_names, visit
from tabard.web.hospital.views.writes import unconfirmed

_MOST_FOUND = 50
_MOST_RESULTS = 200
_NEWEST = ("_sort", "-date")
_IN_DOUBT = 409


@dataclass(frozen=True, slots=True)
class Hit:
    """One patient found, and where they are now (None: not in, or not placed)."""

    patient: Banner
    now_at: Stay | None


@dataclass(frozen=True, slots=True)
class Results:
    """The results for the page: all there are or the newest, with what is to be said of them; or why there are none.

    `fault` is not empty where they could not be had: then nobody may think that there are none.
    """

    reports: tuple[Report, ...] = ()
    is_whole: bool = True
    notices: tuple[str, ...] = ()
    fault: str = ""
    remedy: str = ""


def search(portal: Portal, asked: Asked) -> Response:
    """The search page, with what was found when something was sought."""
    typed = asked.request.query_params.get("q", "").strip()
    sought = understand(typed)
    hits: tuple[Hit, ...] = ()
    is_whole = True
    if sought.parameters:
        door = asked.looking(portal, "search for a patient")
        found = door.find("Patient", *sought.parameters, ("_count", str(_MOST_FOUND)))
        hits, is_whole = _hits(portal, door, found), found.is_whole
    values = {"typed": typed, "sought": sought, "hits": hits, "is_whole": is_whole}
    return page("patients.html", 200, frame=asked.frame, **values)


def show(portal: Portal, asked: Asked) -> Response:
    """One patient; of one merged into another only that it was, and into whom."""
    door = asked.looking(portal, "patient")
    held = door.read("Patient", asked.request.path_params["patient"])
    shown = banner(held, portal.clock().astimezone(UK).date())
    if shown.survivor:
        return page("merged.html", frame=asked.frame, patient=shown)
    about = ("patient", f"Patient/{shown.id}")
    visits = door.find_all("Encounter", about, _NEWEST, ("_include", "Encounter:location"))
    places, staff = Places.among(visits.others), staff_names(visits.others)
    stays = sorted((visit(one, places, staff) for one in visits.matches), key=lambda one: one.began, reverse=True)
    values = {
        "patient": shown,
        "details": details(held),
        "now": [one for one in stays if one.is_now],
        "before": [one for one in stays if not one.is_now],
        "results": _results(door, about),
        "written": () if portal.writes is None else unconfirmed(portal.writes.states(shown.id)),
        "kept": () if portal.kept is None else kept_here(portal.kept.about(shown.id)),
        "is_waiting": _is_waiting(portal, shown.id),
        "may_audit": asked.may_audit,
        "broken_until": standing(portal, asked, shown.id),
        "can_break": portal.glass is not None,
        "has_advice": portal.advice is not None and portal.advice.has_services(),
        "products": launchable(portal, "patient"),
        "visit_products": launchable(portal, "encounter"),
    }
    return page("patient.html", 200, frame=asked.frame, **values)


def _is_waiting(portal: Portal, patient_id: str) -> bool:
    """Whether messages about the patient are held, so that the page may not be current however live the feeds are."""
    return portal.waits is not None and portal.waits.is_any() and portal.waits.is_about(patient_id)


def _hits(portal: Portal, door: Looking, found: Found) -> tuple[Hit, ...]:
    today = portal.clock().astimezone(UK).date()
    at = _present_stays(door, [one["id"] for one in found.matches])
    told = [Hit(banner(one, today), at.get(one["id"])) for one in found.matches]
    return tuple(sorted(told, key=lambda hit: (bool(hit.patient.survivor), hit.patient.name)))


def _present_stays(door: Looking, patients: Sequence[str]) -> Mapping[str, Stay | None]:
    """Where each of these patients is now, by id; who is not in is not there."""
    if not patients:
        return {}
    theirs = ("patient", ",".join(f"Patient/{one}" for one in patients))
    found = door.find_all("Encounter", ("status", "in-progress"), theirs, ("_include", "Encounter:location"))
    places = Places.among(found.others)
    return {id_of(one.get("subject")): present_stay(one, places) for one in found.matches}


def _results(door: Looking, about: tuple[str, str]) -> Results:
    """The newest results as reports. Where the record system does not give them, why: the rest of the page is shown."""
    asked = (about, _NEWEST, ("_count", str(_MOST_RESULTS)))
    try:
        told, values = door.find("DiagnosticReport", *asked), door.find("Observation", *asked)
    except (PeerError, CallerError) as error:
        if isinstance(error, Refused) and error.status != _IN_DOUBT:
            raise
        return Results(fault=error.message, remedy=error.remedy or "")
    found: tuple[Resource, ...] = (*told.matches, *values.matches)
    held = tuple(one for one in found if not is_kept(one))  # shown by itself: it is not in the record system
    notices = tuple(dict.fromkeys((*told.notices, *values.notices)))
    return Results(tuple(reports(held)), is_whole=told.is_whole and values.is_whole, notices=notices)
