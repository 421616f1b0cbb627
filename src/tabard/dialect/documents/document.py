"""Documents: TXA and the OBX below it to DocumentReference; the trigger says what became of the document.

Source: HL7 v2.4, chapter 9 "MDM"; HL7 Version 2 to FHIR, "TXA to DocumentReference".
"""

from collections.abc import Mapping

from tabard.dialect.codes import coded, concept_in
from tabard.dialect.errors import Reason, Untranslatable
from tabard.dialect.extensions import absent, source_text
from tabard.dialect.model import Draft, Ids, PatientKey
from tabard.dialect.needs import required
from tabard.dialect.parts import first_of, lines_of
from tabard.dialect.people.identifiers import Known
from tabard.dialect.people.organizations import managing
from tabard.dialect.people.practitioners import practitioners
from tabard.dialect.reading import Drafting, Reading
from tabard.dialect.results.attachments import ATTACHED, attachments, text_attachment
from tabard.dialect.results.numbers import FILLER, PLACER, distinct, logical, number_in
from tabard.dialect.visits.about import About, about
from tabard.fhir.json import Resource
from tabard.hl7v2 import Segment

_TYPE, _ABOUT_AT, _PERFORMER, _WRITTEN_AT, _AUTHOR, _AUTHENTICATOR, _NUMBER, _PARENT = 2, 4, 5, 6, 9, 10, 12, 13
_FILE, _COMPLETION, _CONFIDENTIALITY, _AVAILABILITY, _SIGNED_BY, _TITLE = 16, 17, 18, 19, 22, 25
_RELATIONS = {"addendum": "appends", "replacement": "replaces", "edit": "replaces"}
_BRINGING = frozenset({"original", "addendum", "replacement"})
"""What makes a document: one without its content is told as such."""


def document(reading: Reading, known: Known, key: PatientKey) -> Ids:
    """The document, and the one it replaces. Raises Untranslatable when a change does not say of which document."""
    txa = required(reading.message, "TXA")
    act = _act(reading)
    whom = about(reading, known, key)
    number = number_in(reading.dialect.documents.system, txa, _NUMBER)
    draft = Drafting("DocumentReference", _id(reading, number, act))
    draft.put("masterIdentifier", number)
    draft.put("identifier", [number] if number else None)
    _standing(reading, draft, txa, act)
    draft.put("type", _type(reading, txa))
    draft.put("subject", whom.subject)
    _people(reading, draft, txa)
    _related(reading, draft, txa, act, whom)
    draft.put("description", lines_of(txa.field(_TITLE)).strip())
    label = concept_in(reading, reading.dialect.documents.confidentiality, txa, _CONFIDENTIALITY)
    draft.put("securityLabel", [label] if label else None)
    draft.put("content", _content(reading, txa, act))
    draft.put("context", _context(reading, txa, whom))
    reading.add(draft.done())
    return whom.ids


def _act(reading: Reading) -> str:
    triggers = reading.dialect.documents.triggers
    act = triggers.get(reading.message.header.trigger)
    if act is None:
        raise Untranslatable(
            Reason.unsupported_event,
            "The dialect does not say what this trigger makes of a document.",
            place="MSH-9",
            expected=f"one of {', '.join(triggers)}",
            remedy="Name the trigger under [documents.triggers] in the dialect.",
        )
    return act


def _id(reading: Reading, number: Resource | None, act: str) -> str:
    if number is not None:
        return reading.ids.other("DocumentReference", number["system"], number["value"])
    if act not in _BRINGING:
        raise Untranslatable(
            Reason.no_number,
            "A change does not say which document it is of.",
            place="TXA-12",
            expected="the document's number",
            remedy="Have the sender fill TXA-12.",
        )
    reading.flag("missing", "TXA-12", "the document's number, by which a change finds it")
    header = reading.message.header
    return reading.ids.other("DocumentReference", "MSH", header.sending_application, header.control_id)


def _standing(reading: Reading, draft: Drafting, txa: Segment, act: str) -> None:
    """Whether the document may be used, and how finished it is."""
    rules = reading.dialect.documents
    completion = _looked_up(reading, rules.completion, txa, _COMPLETION)
    availability = _looked_up(reading, rules.availability, txa, _AVAILABILITY)
    if act == "cancel":
        availability = completion = "entered-in-error"
    elif act == "edit" and completion == "final":
        completion = "amended"
    draft.put("status", availability or "current")
    draft.put("docStatus", completion)


def _looked_up(reading: Reading, table: Mapping[str, str], txa: Segment, n: int) -> str:
    sent = txa.field(n).text.strip()
    told = table.get(reading.word(sent), "")
    if sent and not told:
        reading.flag("unknown-code", f"TXA-{n}", "a code that the dialect knows")
    return told


def _type(reading: Reading, txa: Segment) -> Resource | None:
    """By the standard's table; a code that names a system of its own is of that."""
    parts = first_of(txa.field(_TYPE))
    if parts.part(3):
        return coded(reading, parts)
    return concept_in(reading, reading.dialect.documents.type, txa, _TYPE)


def _people(reading: Reading, draft: Drafting, txa: Segment) -> None:
    draft.put("author", practitioners(reading, txa.field(_AUTHOR)) or practitioners(reading, txa.field(_PERFORMER)))
    signed = practitioners(reading, txa.field(_SIGNED_BY)) or practitioners(reading, txa.field(_AUTHENTICATOR))
    draft.put("authenticator", signed[0] if signed else None)
    draft.put("custodian", managing(reading))
    written = reading.put_moment(draft, "date", txa.field(_WRITTEN_AT), "TXA-6")
    if written is not None and written.at is None:  # an instant needs a time of day
        draft.put("_date", source_text(draft.resource.pop("date")))


def _related(reading: Reading, draft: Drafting, txa: Segment, act: str, whom: About) -> None:
    """The document that this one replaces or adds to; what is replaced is no longer current."""
    relation = _RELATIONS.get(act)
    parent = number_in(reading.dialect.documents.system, txa, _PARENT)
    if parent is None or parent == draft.resource.get("masterIdentifier"):
        if relation and act != "edit" and parent is None:
            reading.flag("missing", "TXA-13", "the number of the document that this one is about")
        return
    id_ = reading.ids.other("DocumentReference", parent["system"], parent["value"])
    target = {"reference": f"DocumentReference/{id_}", "identifier": parent}
    if relation:
        draft.put("relatesTo", [{"code": relation, "target": target}])
    if relation == "replaces" and draft.resource["status"] == "current":
        told = {"masterIdentifier": parent, "identifier": [parent], "status": "superseded", "subject": whom.subject}
        reading.add(Draft({"resourceType": "DocumentReference", "id": id_, **told}))


def _content(reading: Reading, txa: Segment, act: str) -> list[Resource]:
    """The documents that the message holds or points to, and its lines of text as one."""
    texts, told = [], []
    file = lines_of(txa.field(_FILE)).strip()
    for obx in reading.message.all("OBX"):
        if obx.field(2).text.strip() in ATTACHED:
            code = first_of(obx.field(3))
            told += attachments(reading, obx, code.part(2) or code.part(1) or file)
        else:
            texts.append(lines_of(obx.field(5)))
    if any(texts):
        told.append(text_attachment(reading, "\n".join(texts)) | ({"title": file} if file else {}))
    if not told and act in _BRINGING:
        told.append(({"title": file} if file else {}) | {"_data": absent()})
    return [{"attachment": one} for one in told]


def _context(reading: Reading, txa: Segment, whom: About) -> Resource:
    context = Drafting()
    context.put("encounter", [whom.encounter] if whom.encounter else None)
    period = Drafting()
    reading.put_moment(period, "start", txa.field(_ABOUT_AT), "TXA-4")
    context.put("period", period.resource)
    system = reading.dialect.results.order_system
    orders = distinct([number_in(system, txa, 15, FILLER), number_in(system, txa, 14, PLACER)])
    context.put("related", [logical("ServiceRequest", one) for one in orders])
    return context.resource
