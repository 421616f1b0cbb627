"""What apps ask of whoever uses them: for which patient they are opened, and what of their wishes they are given.

An approved product is never here for consent. Each page belongs to one person and one request, which is used up by the answer.
"""

from urllib.parse import urlsplit

from starlette.responses import RedirectResponse, Response

from tabard.fhir import Resource
from tabard.gateway import Asking, EncounterContext, PatientContext
from tabard.gateway.policy import SERVED
from tabard.ground.errors import CallerError, NotFound
from tabard.web.design.headers import csp
from tabard.web.design.times import UK
from tabard.web.hospital.guard import Asked
from tabard.web.hospital.looking import Looking
from tabard.web.hospital.portal import Portal
from tabard.web.hospital.ports import Consenting
from tabard.web.hospital.render import page
from tabard.web.hospital.views.consent import choices, chosen
from tabard.web.hospital.views.fhir import id_of
from tabard.web.hospital.views.patients import Banner, banner
from tabard.web.hospital.views.places import Places
from tabard.web.hospital.views.search import understand
from tabard.web.hospital.views.visits import Visit, staff_names, visit

CHOOSE, CONSENT = "/choose-patient", "/consent"
MOST_FIELDS = 400
_MOST_FOUND = 50
_NOTHING = "Choose at least one thing that the app may do, or do not let it in."


def who(portal: Portal, asked: Asked) -> Response:
    """The page for choosing the patient, and where the app wants it, one of the patient's visits."""
    asking = _waiting(portal, asked)
    door, typed = asked.looking(portal, "choose a patient for an app"), asked.request.query_params.get("q", "").strip()
    patient_id = asked.request.query_params.get("patient", "")
    if patient_id:
        held = door.read("Patient", patient_id)
        values = {"patient": _banner(portal, held), "visits": _visits(door, held["id"])}
        return page("choose_visit.html", 200, frame=asked.frame, asking=asking, **values)
    sought, is_whole = understand(typed), True
    hits: tuple[Banner, ...] = ()
    if sought.parameters:
        found = door.find("Patient", *sought.parameters, ("_count", str(_MOST_FOUND)))
        told = (_banner(portal, one) for one in found.matches)
        hits, is_whole = tuple(sorted(told, key=lambda one: (bool(one.survivor), one.name))), found.is_whole
    values = {"typed": typed, "sought": sought, "hits": hits, "is_whole": is_whole}
    return page("choose_patient.html", 200, frame=asked.frame, asking=asking, **values)


def choose(portal: Portal, asked: Asked) -> Response:
    """Open the app for the patient whose button was pressed."""
    asking, door = _waiting(portal, asked), asked.looking(portal, "choose a patient for an app")
    patient = door.read("Patient", asked.form.get("patient", ""))["id"]
    visit_id = asked.form.get("encounter", "")
    context: PatientContext | EncounterContext = PatientContext(patient)
    if asking.wants_encounter:
        held = door.read("Encounter", visit_id)
        if id_of(held.get("subject")) != patient:
            raise CallerError("This visit is not this patient's.", remedy="Choose the patient again.")
        context = EncounterContext(held["id"], patient)
    return RedirectResponse(_consenting(portal).choose(asked.person, asking.handle, context), 303)


def what(portal: Portal, asked: Asked) -> Response:
    """The page for letting the app have what it asks for, or a part of it."""
    return _consent(portal, asked, _waiting(portal, asked))


def answer(portal: Portal, asked: Asked) -> Response:
    """Let the app in with what was chosen, or not at all."""
    asking, consenting = _waiting(portal, asked), _consenting(portal)
    if asked.form.get("verdict") != "allow":
        location = consenting.decline(asked.person, asking.handle)
    else:
        taken = chosen(asking.scopes, SERVED, asked.form)
        if not taken.resources:
            return _consent(portal, asked, asking, _NOTHING)
        location = consenting.approve(asked.person, asking.handle, taken)
    return RedirectResponse(location, 303)


def _consent(portal: Portal, asked: Asked, asking: Asking, problem: str = "") -> Response:
    if asking.context is None or not isinstance(asking.context, PatientContext | EncounterContext):
        patient = None
    else:
        patient = _banner(portal, asked.looking(portal, "consent for an app").read("Patient", asking.context.patient))
    offered = choices(asking.scopes, SERVED)
    ticked = asked.form if problem else None
    values = {"asking": asking, "patient": patient, "choices": offered, "problem": problem, "ticked": ticked}
    response = page("consent.html", 400 if problem else 200, frame=asked.frame, goes_to=_site(asking), **values)
    response.headers["Content-Security-Policy"] = csp(
        script_src="'self'",
        style_src="'self'",
        img_src="'self'",
        connect_src="'self'",
        form_action=f"'self' {_place(asking.redirect_uri)}",
    )
    return response


def _place(uri: str) -> str:
    """Where a form may lead by its redirect, as a policy says it: an origin, or an app's own scheme. Source: CSP 3, 2.3.1."""
    url = urlsplit(uri)
    return f"{url.scheme}://{url.netloc}" if url.netloc else f"{url.scheme}:"


def _site(asking: Asking) -> str:
    return urlsplit(asking.redirect_uri).netloc or "an app on this device"


def _waiting(portal: Portal, asked: Asked) -> Asking:
    handle = asked.form.get("asking") or asked.request.query_params.get("asking", "")
    return _consenting(portal).find(asked.person, handle)


def _consenting(portal: Portal) -> Consenting:
    if portal.consenting is None:
        raise NotFound("No app can ask for anything here.")
    return portal.consenting


def _banner(portal: Portal, held: Resource) -> Banner:
    return banner(held, portal.clock().astimezone(UK).date())


def _visits(door: Looking, patient: str) -> tuple[Visit, ...]:
    found = door.find_all("Encounter", ("patient", f"Patient/{patient}"), ("_include", "Encounter:location"))
    places, staff = Places.among(found.others), staff_names(found.others)
    told = (visit(one, places, staff) for one in found.matches)
    return tuple(sorted(told, key=lambda one: one.began, reverse=True))
