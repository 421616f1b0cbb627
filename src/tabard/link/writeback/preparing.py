"""Preparing a write: all that can be refused is refused here, before anything is kept."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import uuid4

from tabard.dialect import SHIELDED, Dialect
from tabard.dialect.writing import Known
from tabard.fhir import Resource, canonical, decode, encode
from tabard.ground.time import Clock
from tabard.link.identity import replaced_by
from tabard.link.settings import LinkSettings
from tabard.link.write_settings import WriteSettings
from tabard.link.writeback.book import Intent
from tabard.link.writeback.errors import NotTaken, Outdated, TooLarge
from tabard.link.writeback.marks import marked
from tabard.link.writeback.model import QUEUED, Author, WriteState
from tabard.link.writeback.ports import Reads
from tabard.link.writeback.saying import Said, check_numbers, envelope_of, fhir_identifier, numbered, say
from tabard.link.writeback.shape import check_depth, check_references, check_shape, tidied, wrong

_CHANGEABLE = frozenset({"telecom", "address", "maritalStatus"})
"""What of a Patient a product may change."""

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""None that are mistaken for one another when they are read out."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a product offers: a resource for the patient (the record's id) whom it was launched with.

    `visit` is the visit that it was launched in, where it was in one. `if_none_exist` is the product's own identifier,
    system and value, by which it asks whether it wrote this before. `version` is what a change was made on.
    """

    kind: str
    resource: Resource
    patient: str
    author: Author
    visit: str | None = None
    if_none_exist: tuple[str, str] | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A write that can be carried out, to be taken once it is audited. `resource` is what it will be, such as Observation/1."""

    intent: Intent
    is_conditional: bool

    @property
    def resource(self) -> str:
        """Its reference."""
        return self.intent.resource


class Preparing:
    """Pure but for what it looks up; any thread."""

    def __init__(
        self,
        links: Sequence[LinkSettings],
        record: Reads,
        dialects: Callable[[str], Dialect | None],
        limit_of: Callable[[str], int],
        clock: Clock,
    ) -> None:
        self._links = {f"urn:tabard:link:{one.name}": one for one in links}
        self._record = record
        self._dialects = dialects
        self._limit_of = limit_of
        self._clock = clock

    def prepare(self, offer: Offer) -> Prepared:
        """What is to be written down. Raises NotTaken, Misshapen, TooLarge, Outdated and Unsayable."""
        patient = self._patient(offer.patient)
        link, settings = self._taking(patient, offer.kind)
        check_depth(offer.kind, offer.resource)
        if len(encode(offer.resource)) > settings.limit_bytes:
            raise _too_large(settings.limit_bytes)
        dialect = self._dialects(link.name)
        if dialect is None:
            raise _not_taken("The link of this patient has no dialect.")
        if offer.kind == "Patient":
            return self._change(offer, patient, link, settings, dialect)
        return self._new(offer, patient, link, settings, dialect)

    def _new(
        self, offer: Offer, patient: Resource, link: LinkSettings, settings: WriteSettings, dialect: Dialect
    ) -> Prepared:
        told = tidied(offer.resource)
        check_shape(told, offer.kind)
        check_numbers(told, dialect)
        named = check_references(told, offer.kind, offer.patient, self._find)
        visit = _visit(offer, told)
        key = _key(offer, told)
        digest = sha256(canonical(told)).digest()
        id_, control_id = _new_id(), _control_id()
        whole = _with_parent({"resourceType": offer.kind, "id": id_, **told}, named)
        if not settings.is_over_fhir:
            whole = numbered(whole, control_id, settings.sending_application, dialect)
        known = Known(patient, named.get(visit) if visit else None, named)
        said = self._said(settings, whole, known, control_id, dialect)
        body = encode(marked(whole, WriteState.pending, QUEUED))
        return Prepared(
            Intent(
                f"{offer.kind}/{id_}", offer.patient, link.name, settings.destination, control_id, key, digest, body,
                said.message, said.numbers, offer.author,
            ),
            is_conditional=offer.if_none_exist is not None,
        )  # fmt: skip

    def _change(
        self, offer: Offer, patient: Resource, link: LinkSettings, settings: WriteSettings, dialect: Dialect
    ) -> Prepared:
        """A change of a Patient goes out as a message; the record keeps what the record system said until that changes."""
        if offer.version is None or str(offer.version) != patient["meta"]["versionId"]:
            raise Outdated(
                "The patient has another version now.",
                where="If-Match",
                expected="the version that the change was made on",
                remedy="Read the patient, and make the change on that.",
            )
        told = offer.resource
        for name in {*told, *patient} - _CHANGEABLE - {"meta", "text"}:
            if told.get(name) != patient.get(name):
                remedy = "Send everything else as it was read."
                raise wrong("Patient", f"a change of {', '.join(sorted(_CHANGEABLE))} alone", remedy)
        if any(one.get("url") == SHIELDED for one in patient.get("extension", ())) or patient["meta"].get("security"):
            raise _not_taken("What is hidden of this patient is not changed from here.")
        control_id = _control_id()
        # Only whom and what changes: whatever else is told again could undo what was changed there meanwhile.
        names = {"resourceType", "id", "identifier", "name", "birthDate", "gender", *_CHANGEABLE}
        whole = {name: value for name, value in told.items() if name in names}
        said = self._said(settings, whole, Known(patient), control_id, dialect)
        key = sha256(
            canonical({"of": [offer.author.client, offer.patient, offer.version], "told": whole})
        ).digest()  # the same change of the same version again is the same
        digest = sha256(canonical(whole)).digest()
        reference = f"Patient/{offer.patient}"
        return Prepared(
            Intent(
                reference, offer.patient, link.name, settings.destination, control_id, key, digest, None,
                said.message, (), offer.author,
            ),
            is_conditional=False,
        )  # fmt: skip

    def _said(self, settings: WriteSettings, whole: Resource, known: Known, control_id: str, dialect: Dialect) -> Said:
        """The message, in the dialect's words; over FHIR none, and the number by which it is looked for. Raises Unsayable."""
        if settings.is_over_fhir:
            identifier = fhir_identifier(whole["id"])
            return Said(None, (f"{identifier['system']}|{identifier['value']}",))
        said = say(whole, known, envelope_of(settings, control_id, self._clock()), dialect)
        limit = self._limit_of(settings.destination)
        if said.message is not None and len(said.message) > limit:
            raise _too_large(limit)
        return said

    def _patient(self, id_: str) -> Resource:
        patient = self._find("Patient", id_)
        if patient is None:
            raise _not_taken("This patient is not known here.")
        if replaced_by(patient) is not None:
            raise _not_taken(
                "This patient was merged into another.", "Open the patient who took the place, and write there."
            )
        return patient

    def _taking(self, patient: Resource, kind: str) -> tuple[LinkSettings, WriteSettings]:
        link = self._links.get(patient.get("meta", {}).get("source", ""))
        settings = None if link is None else link.write
        is_taken = settings is not None and (settings.updates_patients if kind == "Patient" else kind in settings.types)
        if link is None or settings is None or not is_taken:
            raise _not_taken(f"The link that this patient came by takes no {kind} back.")
        return link, settings

    def _find(self, kind: str, id_: str) -> Resource | None:
        stored = self._record.read(kind, id_)
        return None if stored is None else decode(stored.body)


def _visit(offer: Offer, told: Resource) -> str | None:
    """The reference of the visit that the resource names. Raises Misshapen where it is not that of the launch."""
    if offer.kind == "DocumentReference":
        references = [one.get("reference") for one in told.get("context", {}).get("encounter", ())]
    else:
        references = [told["encounter"].get("reference")] if "encounter" in told else []
    place = "DocumentReference.context.encounter" if offer.kind == "DocumentReference" else f"{offer.kind}.encounter"
    if len(references) > 1:
        raise wrong(place, "one visit at most", "Write one for each visit.")
    if offer.kind != "Appointment" and offer.visit is not None and references != [f"Encounter/{offer.visit}"]:
        raise wrong(place, "the visit of the launch", "Name this visit by reference, or launch on the patient.")
    return str(references[0]) if references and references[0] else None


def _with_parent(resource: Resource, named: Mapping[str, Resource]) -> Resource:
    """What a document replaces is told by the number that it has in the record, never by one that a product gives."""
    relations = []
    for one in resource.get("relatesTo", ()):
        parent = named.get(one.get("target", {}).get("reference", ""), {})
        if one.get("code") != "replaces" or parent.get("resourceType") != "DocumentReference":
            raise wrong("DocumentReference.relatesTo", "a document of this patient that it replaces", "Refer to it.")
        number = {"identifier": parent["masterIdentifier"]} if "masterIdentifier" in parent else {}
        relations.append({"code": "replaces", "target": {"reference": one["target"]["reference"], **number}})
    return {**resource, "relatesTo": relations} if relations else resource


def _key(offer: Offer, told: Resource) -> bytes | None:
    """What makes a product's write the same write: the product, the patient, the type and the product's identifier."""
    own = [(one["system"], one["value"]) for one in told.get("identifier", ())]
    asked = offer.if_none_exist
    if asked is not None and asked not in own:
        raise wrong(
            "If-None-Exist", "an identifier that stands in the resource too", "Give the resource the same identifier."
        )
    chosen = asked or next(iter(own), None)
    if chosen is None:
        return None
    return sha256(canonical({"of": [offer.author.client, offer.patient, offer.kind, *chosen]})).digest()


def _new_id() -> str:
    return str(uuid4())


def _control_id() -> str:
    """Of 60 bits: MSH-10, and the number too, which some systems cut off where the standard lets them.

    Source: HL7 v2.4, 2.16.9.10 (20 characters), 7.4.1.3 (22 with the application's name).
    """
    return f"T{''.join(secrets.choice(_LETTERS) for _ in range(12))}"


def _not_taken(message: str, remedy: str = "Write in the hospital's own system.") -> NotTaken:
    return NotTaken(message, remedy=remedy)


def _too_large(limit: int) -> TooLarge:
    return TooLarge("This is too large to be sent.", expected=f"at most {limit} bytes", remedy="Send less at once.")


__all__ = ["Offer", "Prepared", "Preparing"]
