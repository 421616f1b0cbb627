"""Products of this hospital, and launching one with the context in hand."""

from dataclasses import dataclass

from starlette.responses import RedirectResponse, Response

from tabard.gateway import Context, EncounterContext, PatientContext, WardContext
from tabard.ground.errors import CallerError
from tabard.hospital import Install
from tabard.web.design.times import When, when
from tabard.web.hospital.guard import Asked
from tabard.web.hospital.looking import Looking
from tabard.web.hospital.portal import Portal
from tabard.web.hospital.render import page
from tabard.web.hospital.views.fhir import id_of, of_type
from tabard.web.hospital.views.places import is_ward
from tabard.web.hospital.views.wards import Ward, wards

_WHERE = {
    "ward": "Launched from a ward",
    "patient": "Launched from a patient",
    "encounter": "Launched from a visit, on a patient's page",
    "none": "Launched from here",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A product in the list."""

    install: Install
    where: str
    installed: When
    is_changed: bool


def show(portal: Portal, asked: Asked) -> Response:
    """The list of products, with the wards to launch on for those that want one."""
    installs = portal.hospital.installs
    told = tuple(
        Shown(one, _WHERE.get(one.context, ""), when(one.installed), installs.is_changed(one)) for one in installs.all()
    )
    choices = _wards(asked.looking(portal, "launch")) if any(one.install.context == "ward" for one in told) else ()
    return page("products.html", frame=asked.frame, products=told, wards=choices)


def launchable(portal: Portal, context: str) -> tuple[Install, ...]:
    """The products that are launched with this kind of context."""
    return tuple(one for one in portal.hospital.installs.all() if one.context == context)


def launch(portal: Portal, asked: Asked) -> Response:
    """Send the browser to the product with a fresh launch. Raises NotFound, CallerError, Refused."""
    install = portal.hospital.installs.get(asked.request.path_params["product"])
    if asked.form.get("context") != install.context:
        raise CallerError("This product is not launched from here.", remedy=_WHERE.get(install.context, "") + ".")
    context = _context(asked.looking(portal, "launch"), install.context, asked.form.get("id", ""))
    return RedirectResponse(portal.launcher.launch(asked.person, install.id, context), 303)


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
