"""Opened from inside a record system: a session for whoever comes, and their patient; or a page that says why nothing opened."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tabard.accounts import Session
from tabard.audit import AuditUnavailable
from tabard.gateway import CLINICIAN, Context, EncounterContext, PatientContext, Person, Refused
from tabard.gateway.ehr_launch import NotOpened, Opening
from tabard.ground.errors import NotFound, TabardError
from tabard.hospital import person
from tabard.web.hospital.arriving import arrive, attempt_cookie, forget_attempt, keep_attempt
from tabard.web.hospital.faults import fault_page, told
from tabard.web.hospital.frame import bare
from tabard.web.hospital.portal import Portal
from tabard.web.hospital.render import page
from tabard.web.hospital.views.products import stopped, where

LAUNCH, BACK, CONTEXT = "/launch/{link}", "/launched/{link}", "/context/{link}"
PRODUCT = "/{product}"
_MOST_QUERY = 8 * 1024
_Door = TypeVar("_Door")
_Pairs = tuple[tuple[str, str], ...]


async def launch(portal: Portal, request: Request) -> Response:
    """The record system's launch begins: the browser is sent there, to ask who and whom."""
    return await run_in_threadpool(_guarded, portal, request, _launch)


async def back(portal: Portal, request: Request) -> Response:
    """The record system has said who and whom."""
    return await run_in_threadpool(_guarded, portal, request, _back)


async def context(portal: Portal, request: Request) -> Response:
    """A signed context address."""
    return await run_in_threadpool(_guarded, portal, request, _context)


def _launch(portal: Portal, request: Request) -> Response:
    door = _door(portal.launches, request)
    pairs, product = door.arrivals.judged("", lambda: (_pairs(request), _product(portal, request)))
    address, attempt = door.begin(pairs, product)
    answer = RedirectResponse(address, 303)
    keep_attempt(portal, request, answer, attempt)
    return answer


def _back(portal: Portal, request: Request) -> Response:
    door, state = _door(portal.launches, request), request.query_params.get("state", "")
    pairs = door.arrivals.judged("", lambda: _pairs(request))
    answer = _opened(portal, request, door.complete(pairs, attempt_cookie(portal, request, state)))
    forget_attempt(portal, answer, state)
    return answer


def _context(portal: Portal, request: Request) -> Response:
    door = _door(portal.contexts, request)
    pairs, product = door.arrivals.judged("", lambda: (_pairs(request), _product(portal, request)))
    return _opened(portal, request, door.open(pairs, product, request.headers))


def _opened(portal: Portal, request: Request, opening: Opening) -> Response:
    """The product or the patient's page, for the person; what they must know first is said on a page before it.

    What opens is asked for before any session is begun or ended: where that is refused, nothing has changed.
    """
    here = portal.desk.find(request)
    is_same = here is not None and _is_enough(here, opening)
    who = person(here.account if here is not None and is_same else opening.account)
    address, goes_to = _target(portal, who, opening)
    words = (*opening.words, *_goodbye(here, opening))
    answer: Response = RedirectResponse(address, 303)
    if words:
        values = {"name": who.name, "words": words, "address": address, "goes_to": goes_to}
        answer = page("changed.html", frame=bare(portal), **values)
    if not is_same:
        arrive(portal, request, answer, opening.account, opening.voucher)
    return answer


def _is_enough(here: Session, opening: Opening) -> bool:
    """Whether the session in this browser is the same person's, and may see patients already: then it goes on as it is."""
    return here.account.id == opening.account.id and CLINICIAN in person(here.account).roles


def _goodbye(here: Session | None, opening: Opening) -> tuple[str, ...]:
    if here is None or here.account.id == opening.account.id:
        return ()
    return (f"{here.account.name} was signed in here, and has been signed out with all that was open.",)


def _target(portal: Portal, who: Person, opening: Opening) -> tuple[str, str]:
    """Where to go, and what that is called. Raises NotOpened, Refused."""
    if not opening.product:
        return f"/patients/{opening.patient}", "the patient"
    install = portal.hospital.installs.checked(opening.product)
    context = _context_of(install.context, opening)
    try:
        return portal.launcher.launch(who, install.id, context), install.title
    except Refused as refused:
        told = stopped(portal.hospital.installs.get(install.id))
        if told is None:
            raise
        raise NotOpened("stopped", f"{install.title} is stopped at this hospital.", remedy=told.remedy) from refused


def _context_of(kind: str, opening: Opening) -> Context:
    match kind:
        case "patient":
            return PatientContext(opening.patient)
        case "encounter" if opening.encounter is not None:
            return EncounterContext(opening.encounter, opening.patient)
        case "encounter":
            raise NotOpened("no_visit", "This product is opened on a visit, and the record system named none.")
        case _:
            message = "This product is not opened on a patient."
            raise NotOpened("context", message, remedy=f"In the portal: {where(kind)}.")


def _door(doors: Mapping[str, _Door], request: Request) -> _Door:
    found = doors.get(request.path_params["link"])
    if found is None:
        raise NotFound("No record system opens this hospital by that address.")
    return found


def _product(portal: Portal, request: Request) -> str:
    product = str(request.path_params.get("product", ""))
    if product and portal.hospital.installs.find(product) is None:
        message = "No such product is installed here."
        raise NotOpened("no_product", message, status=404, remedy="Tell whoever runs Tabard here.")
    return product


def _pairs(request: Request) -> _Pairs:
    if len(request.url.query) > _MOST_QUERY:
        raise NotOpened("too_long", "The address that opened this page is too long.", status=414)
    return tuple(request.query_params.multi_items())


def _guarded(portal: Portal, request: Request, answer: Callable[[Portal, Request], Response]) -> Response:
    """The answer, or the page that says why nothing opened."""
    if request.method != "GET":  # a scanner of links that asks with HEAD must use nothing up
        return told(portal, 405)
    try:
        return answer(portal, request)
    except NotOpened as fault:
        return _not(portal, fault, fault.status)
    except Refused as fault:
        return _not(portal, fault, fault.status)
    except AuditUnavailable as fault:
        return _not(portal, fault, 503)
    except TabardError as fault:
        return fault_page(portal, fault)


def _not(portal: Portal, fault: TabardError, status: int) -> Response:
    return page("not_opened.html", status, frame=bare(portal), message=fault.message, remedy=fault.remedy or "")
