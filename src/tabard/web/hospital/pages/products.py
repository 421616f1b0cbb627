"""Products of this hospital: what they are, what was verified of them, and launching one with the context in hand."""

from starlette.responses import RedirectResponse, Response

from tabard.catalogue import Recall
from tabard.gateway import Context, EncounterContext, PatientContext, Refused, WardContext
from tabard.ground.errors import CallerError, NotFound
from tabard.hospital import Evidence, Install, recalls_of
from tabard.web.hospital.guard import Asked
from tabard.web.hospital.looking import Looking
from tabard.web.hospital.pages.egress import hosts, may_decide
from tabard.web.hospital.portal import Portal
from tabard.web.hospital.render import page
from tabard.web.hospital.views.evidence import evidence_view, past
from tabard.web.hospital.views.fhir import id_of, of_type
from tabard.web.hospital.views.places import is_ward
from tabard.web.hospital.views.products import ProductLine, catalogue_line, product_line, stopped, where
from tabard.web.hospital.views.wards import Ward, wards


def show(portal: Portal, asked: Asked) -> Response:
    """The list of products, with the wards to launch on for those that want one."""
    installs = portal.hospital.installs
    told = tuple(_line(portal, one, installs.evidence(one)) for one in installs.all_checked())
    wants_ward = any(one.install.context == "ward" and one.install.is_active for one in told)
    choices = _wards(asked.looking(portal, "launch")) if wants_ward else ()
    catalogue = catalogue_line(portal.hospital.centre.state, portal.clock())
    return page("products.html", frame=asked.frame, products=told, wards=choices, catalogue=catalogue)


def show_one(portal: Portal, asked: Asked) -> Response:
    """One product: every step that was verified, what was decided, what the hospital took on. Raises NotFound."""
    installs, product = portal.hospital.installs, asked.request.path_params["product"]
    history = installs.history(product)
    if installs.find(product) is None and not history:
        raise NotFound("No such product is installed here.", remedy="Look at the list of products.")
    install = None if installs.find(product) is None else installs.checked(product)
    evidence = None if install is None else installs.evidence(install)
    return page(
        "product.html",
        frame=asked.frame,
        product=None if install is None else _line(portal, install, evidence),
        id=product,
        may_audit=asked.may_audit,
        hosts=hosts(portal, product),
        may_decide=may_decide(asked),
        evidence=None if evidence is None else evidence_view(evidence, _recalls(portal, evidence)),
        history=tuple(past(one) for one in history if one.ended),
        catalogue=catalogue_line(portal.hospital.centre.state, portal.clock()),
    )


def launchable(portal: Portal, context: str) -> tuple[Install, ...]:
    """The products that are launched with this kind of context, stopped ones too: where a button would be, they say why."""
    return tuple(one for one in portal.hospital.installs.all_checked() if one.context == context)


def launch(portal: Portal, asked: Asked) -> Response:
    """Send the browser to the product with a fresh launch, or say why it is stopped. Raises NotFound, CallerError, Refused."""
    installs = portal.hospital.installs
    install = installs.checked(asked.request.path_params["product"])
    if asked.form.get("context") != install.context:
        raise CallerError("This product is not launched from here.", remedy=where(install.context) + ".")
    context = _context(asked.looking(portal, "launch"), install.context, asked.form.get("id", ""))
    try:
        return RedirectResponse(portal.launcher.launch(asked.person, install.id, context), 303)
    except Refused:  # the gateway refuses a stopped product, and its audit says so; here the reader is told why
        told = stopped(installs.get(install.id))
        if told is None:
            raise
        return page("stopped.html", 403, frame=asked.frame, product=told)


def _line(portal: Portal, install: Install, evidence: Evidence | None) -> ProductLine:
    recalls = () if evidence is None else _recalls(portal, evidence)
    is_changed = portal.hospital.installs.is_changed(install)
    return product_line(install, evidence, recalls, portal.clock(), is_changed=is_changed)


def _recalls(portal: Portal, evidence: Evidence) -> tuple[Recall, ...]:
    return recalls_of(portal.hospital.centre.recalls, evidence.product, evidence.sha256)


def _context(door: Looking, kind: str, id_: str) -> Context:
    """The context, of something that this person may see."""
    if not id_:
        raise CallerError("Nothing was chosen to launch the product with.", remedy="Choose a ward or a patient first.")
    match kind:
        case "ward":
            return WardContext(_ward_id(door, id_))
        case "patient":
            return PatientContext(door.read("Patient", id_)["id"])
        case "encounter":
            visit = door.read("Encounter", id_)
            return EncounterContext(visit["id"], id_of(visit["subject"]))
        case _:
            raise CallerError("This product wants a context that cannot be given yet.", remedy="Ask its publisher.")


def _ward_id(door: Looking, id_: str) -> str:
    location = door.read("Location", id_)
    if not is_ward(location):
        raise CallerError("This place is not a ward.", remedy="Choose a ward from the list of wards.")
    return str(location["id"])


def _wards(door: Looking) -> tuple[Ward, ...]:
    return wards(of_type(door.find_all("Location").matches, "Location"), ())
