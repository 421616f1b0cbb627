"""Advice of products about a patient: asked for when somebody opens it, never in the way of the patient's page."""

from collections.abc import Mapping

from starlette.responses import RedirectResponse, Response

from tabard.gateway.cds import PRODUCT, Reaction
from tabard.ground.errors import CallerError, NotFound
from tabard.web.design.times import UK
from tabard.web.hospital.guard import Asked
from tabard.web.hospital.pages.products import launchable
from tabard.web.hospital.portal import Portal
from tabard.web.hospital.render import page
from tabard.web.hospital.views.advice import shown
from tabard.web.hospital.views.patients import banner

_MOST_REASON = 500


def show(portal: Portal, asked: Asked) -> Response:
    """All advice on one patient; as a piece of the patient's page where that asks for it."""
    if portal.advice is None:
        raise NotFound("No product gives advice at this hospital.")
    held = asked.looking(portal, "advice of products").read("Patient", asked.request.path_params["patient"])
    told = portal.advice.advise(asked.person, held["id"])
    cards = shown(told, portal.advice.said(asked.person, held["id"]), portal.advice.all(), _apps(portal))
    values = {
        "patient": banner(held, portal.clock().astimezone(UK).date()),
        "cards": cards,
        "faults": [one.fault for one in told if one.fault],
        "is_told": "told" in asked.request.query_params,
    }
    name = "advice_cards.html" if "part" in asked.request.query_params else "advice.html"
    return page(name, 200, frame=asked.frame, **values)


def react(portal: Portal, asked: Asked) -> Response:
    """What the person did with a card, told to the service that gave it."""
    patient, form = asked.request.path_params["patient"], asked.form
    if portal.advice is None:
        raise NotFound("No product gives advice at this hospital.")
    portal.advice.react(asked.person, patient, form.get("service", ""), _reaction(form))
    return RedirectResponse(f"/patients/{patient}/advice?told", 303)


def _apps(portal: Portal) -> dict[str, str]:
    """The products that may be opened for a patient now, by the addresses that a card may name."""
    active = [one for one in launchable(portal, "patient") if one.is_active]
    return {one.launch_uri: one.id for one in active} | {PRODUCT + one.id: one.id for one in active}


def _reaction(form: Mapping[str, str]) -> Reaction:
    card, suggestion, reason = (form.get(name, "").strip() for name in ("card", "suggestion", "reason"))
    if not card:
        raise CallerError("It is not said which advice is meant.", remedy="Use the buttons of the page.")
    if suggestion:
        return Reaction(card, "accepted", suggestion)
    if not 0 < len(reason) <= _MOST_REASON:
        raise CallerError(
            "Say why the advice is not followed.",
            expected=f"1 to {_MOST_REASON} characters",
            remedy="Go back and say it.",
        )
    return Reaction(card, "overridden", reason=reason)
