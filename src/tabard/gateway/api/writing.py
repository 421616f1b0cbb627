"""Writing: what a product sends is refused with place and remedy, or kept and answered as it then stands.

Source: FHIR R4 3.1.0.8 (create, conditional create), 3.1.0.4 (update).
"""

from dataclasses import dataclass
from urllib.parse import unquote

from tabard.dialect.writing import Unsayable
from tabard.fhir import encode, operation_outcome
from tabard.gateway.api.bodies import resource_in, version_in
from tabard.gateway.api.found import Found, one
from tabard.gateway.api.request import Request
from tabard.gateway.api.routes import Route
from tabard.gateway.errors import Refused, bad_request, forbidden
from tabard.gateway.kept import read_only
from tabard.gateway.model import Rights
from tabard.gateway.policy import require_write_scope
from tabard.gateway.ports import Writes
from tabard.ground.errors import CallerError, InternalError
from tabard.link.writeback import (
    AlreadyWritten,
    Author,
    Misshapen,
    NotTaken,
    Offer,
    Outdated,
    Prepared,
    TooLarge,
)

_STATUS: dict[type[CallerError], tuple[int, str, str]] = {
    NotTaken: (403, "forbidden", "not_taken"),
    Misshapen: (422, "invalid", "misshapen"),
    Unsayable: (422, "not-supported", "unsayable"),
    TooLarge: (413, "too-long", "too_large"),
    Outdated: (412, "conflict", "outdated"),
    AlreadyWritten: (409, "duplicate", "already_written"),
}
_SENT = "The change is kept and sent to the record system. What is read here changes when the record system says so."


@dataclass(frozen=True, slots=True)
class Writing:
    """Blocking; safe from any thread. Every method raises Refused."""

    base: str
    writes: Writes

    def takes(self, wanted: Route) -> bool:
        """Whether this hospital takes such a write from anybody."""
        if wanted.action == "update":
            return wanted.type == "Patient" and self.writes.updates_patients
        return wanted.action == "create" and wanted.type in self.writes.types

    def prepare(self, rights: Rights, request: Request) -> Prepared:
        """What is to be kept, once it is audited: nothing of it is kept yet."""
        wanted = request.route
        if not self.takes(wanted):
            raise read_only()
        patient, visit = require_write_scope(rights, wanted.type, "c" if wanted.action == "create" else "u")
        if wanted.action == "update" and wanted.id != patient:
            raise forbidden("context", "This is outside the context that the product was launched with.")
        resource = resource_in(request)
        author = Author(rights.client or "", rights.person)
        offer = Offer(wanted.type, resource, patient, author, visit, _identifier(request), version_in(request))
        try:
            return self.writes.prepare(offer)
        except CallerError as error:
            raise refused_write(error) from error

    def take(self, prepared: Prepared) -> Found:
        """The resource and its state (201, or 200 where it was written before); of a change of a Patient that it is on its way (202)."""
        try:
            taken = self.writes.take(prepared)
        except CallerError as error:
            raise refused_write(error) from error
        except InternalError as error:
            raise Refused(
                503,
                "transient",
                "not_yet_kept",
                "It could not be kept in the record; it may be, later.",
                remedy="Send the same again under the same identifier: it is written once.",
            ) from error
        if taken.stored is None:
            return Found(encode(operation_outcome("information", "informational", _SENT)), (), status=202)
        location = f"{self.base}/{taken.write.resource}/_history/{taken.stored.version}"
        return one(taken.stored)._replace(status=201 if taken.is_new else 200, location=location)


def refused_write(error: CallerError) -> Refused:
    """What is wrong with a write: where, what was expected, what to do."""
    if isinstance(error, Refused):
        return error
    status, code, reason = _STATUS.get(type(error), (422, "invalid", type(error).__name__))
    expected = None if error.expected is None else f"Expected: {error.expected}."
    where = None if error.where is None else f"{error.where}:"
    told = " ".join(filter(None, (where, error.message, expected)))
    return Refused(status, code, reason, told, remedy=error.remedy)


def _identifier(request: Request) -> tuple[str, str] | None:
    asked = request.headers.get(b"if-none-exist")
    if asked is None:
        return None
    name, _, token = asked.removeprefix("?").partition("=")
    system, bar, value = unquote(token).partition("|")
    if request.route.action != "create" or name != "identifier" or not (system and bar and value) or "&" in token:
        raise bad_request(
            "if_none_exist",
            "This condition is not supported here.",
            remedy="Give one identifier: If-None-Exist: identifier=SYSTEM|VALUE.",
        )
    return system, value
