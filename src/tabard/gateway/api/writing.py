"""Writing: what a product sends is refused with place and remedy, or kept and answered as it then stands.

Source: FHIR R4 3.1.0.8 (create, conditional create), 3.1.0.4 (update).
"""

from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import unquote

from tabard.dialect.writing import Unsayable
from tabard.fhir import NotJson, decode, encode, operation_outcome
from tabard.gateway.api.answers import answer_found
from tabard.gateway.api.found import Found, one
from tabard.gateway.api.routes import Route
from tabard.gateway.errors import Refused, bad_request, forbidden
from tabard.gateway.http import Answer
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

_JSON = frozenset({"application/fhir+json", "application/json"})
_STATUS: dict[type[CallerError], tuple[int, str, str]] = {
    NotTaken: (403, "forbidden", "not_taken"),
    Misshapen: (422, "invalid", "misshapen"),
    Unsayable: (422, "not-supported", "unsayable"),
    TooLarge: (413, "too-long", "too_large"),
    Outdated: (412, "conflict", "outdated"),
    AlreadyWritten: (409, "duplicate", "already_written"),
}
_SENT = "The change is kept and sent to the record system. What is read here changes when the record system says so."


class Sent(NamedTuple):
    """What came with a write: its body, what the body is, and its conditions."""

    body: bytes = b""
    content_type: str | None = None
    if_none_exist: str | None = None
    if_match: str | None = None


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

    def prepare(self, rights: Rights, wanted: Route, sent: Sent) -> Prepared:
        """What is to be kept, once it is audited: nothing of it is kept yet."""
        if not self.takes(wanted):
            raise read_only()
        patient, visit = require_write_scope(rights, wanted.type, "c" if wanted.action == "create" else "u")
        if wanted.action == "update" and wanted.id != patient:
            raise forbidden("context", "This is outside the context that the product was launched with.")
        if (sent.content_type or "").partition(";")[0].strip().lower() not in _JSON:
            raise Refused(415, "not-supported", "content_type", "Send application/fhir+json.")
        try:
            resource = decode(sent.body)
        except NotJson as error:
            raise bad_request("json", error.message, remedy=error.remedy) from error
        author = Author(rights.client or "", rights.person)
        offer = Offer(wanted.type, resource, patient, author, visit, _identifier(wanted, sent), _version(wanted, sent))
        try:
            return self.writes.prepare(offer)
        except CallerError as error:
            raise refused_write(error) from error

    def take(self, prepared: Prepared) -> Answer:
        """201 with the resource and its state, 200 where it was written before; 202 for a change of a Patient."""
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
            found = operation_outcome("information", "informational", _SENT)
            return answer_found(Found(encode(found), ()), None)._replace(status=202)
        answer = answer_found(one(taken.stored), None)
        location = f"{self.base}/{taken.write.resource}/_history/{taken.stored.version}".encode()
        return Answer(201 if taken.is_new else 200, (*answer.headers, (b"location", location)), answer.body)


def read_only() -> Refused:
    """403: nothing of the kind is written here."""
    return forbidden(
        "read_only",
        "What came by a link is read-only to products.",
        remedy="Write in the hospital's own system.",
    )


def refused_write(error: CallerError) -> Refused:
    """What is wrong with a write: where, what was expected, what to do."""
    if isinstance(error, Refused):
        return error
    status, code, reason = _STATUS.get(type(error), (422, "invalid", type(error).__name__))
    expected = None if error.expected is None else f"Expected: {error.expected}."
    where = None if error.where is None else f"{error.where}:"
    told = " ".join(filter(None, (where, error.message, expected)))
    return Refused(status, code, reason, told, remedy=error.remedy)


def _identifier(wanted: Route, sent: Sent) -> tuple[str, str] | None:
    if sent.if_none_exist is None:
        return None
    name, _, token = sent.if_none_exist.removeprefix("?").partition("=")
    system, bar, value = unquote(token).partition("|")
    if wanted.action != "create" or name != "identifier" or not (system and bar and value) or "&" in token:
        raise bad_request(
            "if_none_exist",
            "This condition is not supported here.",
            remedy="Give one identifier: If-None-Exist: identifier=SYSTEM|VALUE.",
        )
    return system, value


def _version(wanted: Route, sent: Sent) -> int | None:
    if wanted.action != "update" or sent.if_match is None:
        return None
    bare = sent.if_match.strip().removeprefix("W/").strip('"')
    return int(bare[:9]) if bare.isascii() and bare.isdigit() else None
