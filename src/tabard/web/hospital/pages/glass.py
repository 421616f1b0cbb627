"""Breaking the glass for a patient with a reason, and the review of breaks by somebody else."""

from dataclasses import dataclass

from starlette.responses import RedirectResponse, Response

from tabard.gateway.glass import REVIEWER, Break, Glasses
from tabard.ground.errors import NotFound
from tabard.web.design.times import UK, When, clock_time, when
from tabard.web.hospital.guard import Asked
from tabard.web.hospital.portal import Portal
from tabard.web.hospital.render import page
from tabard.web.hospital.views.patients import banner


@dataclass(frozen=True, slots=True)
class _Row:
    """One break in words; `may_review` is whether this reader may say a word on it."""

    id: str
    at: When
    person: str
    patient: str
    reason: str
    reviewer: str
    note: str
    may_review: bool


def standing(portal: Portal, asked: Asked, patient: str) -> str:
    """Until when this reader's glass is broken for a patient, as a time of day; "" where it is whole."""
    made = None if portal.glass is None else portal.glass.standing(asked.person, patient)
    return "" if made is None else clock_time(made.expires, portal.clock())


def form(portal: Portal, asked: Asked) -> Response:
    """What breaking the glass means, and the reason that is asked for. Raises NotFound, Refused."""
    _glass(portal)
    patient = asked.looking(portal, "break the glass").read("Patient", asked.request.path_params["patient"])
    shown = banner(patient, portal.clock().astimezone(UK).date())
    return page("glass.html", frame=asked.frame, patient=shown, until=standing(portal, asked, shown.id))


def begin(portal: Portal, asked: Asked) -> Response:
    """Break it, and go on to the patient. Raises Refused."""
    patient = asked.request.path_params["patient"]
    made = _glass(portal).begin(asked.person, patient, asked.form.get("reason", ""))
    return RedirectResponse(f"/patients/{made.patient}", 303)


def listed(portal: Portal, asked: Asked) -> Response:
    """The breaks that wait for a review, then those that had one."""
    glass = _glass(portal)
    names = portal.hospital.accounts.names()
    waiting, done = (
        [_row(one, names, asked) for one in glass.listed(is_reviewed=is_done)] for is_done in (False, True)
    )
    return page("glasses.html", frame=asked.frame, waiting=waiting, done=done)


def review(portal: Portal, asked: Asked) -> Response:
    """A word on a break. Raises Refused."""
    _glass(portal).review(asked.person, asked.request.path_params["break"], asked.form.get("note", ""))
    return RedirectResponse("/audit/broken-glass", 303)


def _glass(portal: Portal) -> Glasses:
    if portal.glass is None:
        raise NotFound("The glass cannot be broken here.")
    return portal.glass


def _row(one: Break, names: dict[str, str], asked: Asked) -> _Row:
    may_review = one.reviewed is None and REVIEWER in asked.person.roles and one.person != asked.person.id
    reviewer = "" if one.reviewed_by is None else names.get(one.reviewed_by, one.reviewed_by)
    person = names.get(one.person, one.person)
    return _Row(one.id, when(one.begun), person, one.patient, one.reason, reviewer, one.note or "", may_review)
