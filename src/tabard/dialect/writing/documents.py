"""Documents written: a DocumentReference as an MDM, T02 for a new one, T10 for one that replaces another, T11 for one taken back.

Source: HL7 v2.4, chapter 9 "MDM"; FHIR R4, DocumentReference.
"""

from base64 import b64decode

from tabard.dialect.schema import Dialect
from tabard.dialect.writing.envelope import Envelope, Known, event, message
from tabard.dialect.writing.errors import Unsayable
from tabard.dialect.writing.numbers import own_number
from tabard.dialect.writing.patients import pid, pv1
from tabard.dialect.writing.reverse import code_for, word_for
from tabard.dialect.writing.values import coded, doctor, moment, number, repeated
from tabard.fhir.json import Resource
from tabard.hl7v2 import FieldValue, SegmentValue

_TEXT = "text/plain"


def write_document(document: Resource, known: Known, envelope: Envelope, dialect: Dialect) -> bytes:
    """The message. Raises Unsayable where the dialect has no word for what the document says, Unwritable for a wrong charset."""
    parent = _parent(document)
    trigger = _trigger(dialect, document, parent)
    contents = [content["attachment"] for content in document.get("content", ())]
    obxs = [] if trigger == _of(dialect, "cancel") else [
        _obx(dialect, one, place) for place, one in enumerate(contents, start=1)
    ]  # fmt: skip
    if not obxs and trigger != _of(dialect, "cancel"):
        raise Unsayable("OBX", "A document has no content.", expected="an attachment", remedy="Attach it first.")
    titles = [one["title"] for one in contents if _is_text(one) and "title" in one]
    txa = _txa(dialect, document, known, envelope, parent) | {16: titles[0] if titles else ""}
    body: list[SegmentValue] = [
        event(envelope, dialect, trigger), pid(dialect, known.patient), *pv1(dialect, known.encounter), ("TXA", txa), *obxs,
    ]  # fmt: skip
    return message(envelope, dialect, ("MDM", trigger, "MDM_T01" if not obxs else "MDM_T02"), body)


def _parent(document: Resource) -> Resource | None:
    """The identifier of the document that this one replaces."""
    for relation in document.get("relatesTo", ()):
        if relation.get("code") == "replaces":
            target = relation.get("target", {})
            if "identifier" not in target:
                raise Unsayable(
                    "TXA-13",
                    "What the document replaces has no number.",
                    expected="relatesTo.target.identifier",
                    remedy="Name the replaced document by the number that the record system knows.",
                )
            identifier: Resource = target["identifier"]
            return identifier
    return None


def _of(dialect: Dialect, act: str) -> str:
    """The trigger of an act: the one of even number, which brings the document."""
    triggers = [trigger for trigger, told in dialect.documents.triggers.items() if told == act]
    if not triggers:
        word_for(dialect.documents.triggers, act, "MSH-9", "documents.triggers")
    return triggers[-1]


def _trigger(dialect: Dialect, document: Resource, parent: Resource | None) -> str:
    if document["status"] == "entered-in-error":
        return _of(dialect, "cancel")
    return _of(dialect, "replacement" if parent else "original")


def _txa(
    dialect: Dialect, document: Resource, known: Known, envelope: Envelope, parent: Resource | None
) -> dict[int, FieldValue]:
    rules = dialect.documents
    master = document.get("masterIdentifier")
    told: dict[int, FieldValue] = {
        1: "1",
        2: _type(dialect, document),
        3: "TX" if all(_is_text(content["attachment"]) for content in document.get("content", ())) else "AP",
        4: _moment(dialect, document.get("context", {}).get("period", {}).get("start"), "TXA-4"),
        6: _moment(dialect, document.get("date"), "TXA-6"),
        9: repeated(
            [person for one in document.get("author", ()) if (person := doctor(dialect, one, known.named(one)))]
        ),
        12: number(rules.system, master, "TXA-12")
        if master
        else own_number(document, rules.system, "", envelope.sending_application),
        13: number(rules.system, parent, "TXA-13") if parent else None,
        25: document.get("description", ""),
    }
    if "authenticator" in document:
        told[22] = doctor(dialect, document["authenticator"], known.named(document["authenticator"]))
    if "docStatus" in document and document["status"] != "entered-in-error":
        told[17] = word_for(rules.completion, document["docStatus"], "TXA-17", "documents.completion")
    if document.get("securityLabel"):
        told[18] = code_for(
            dialect, rules.confidentiality, document["securityLabel"][0], "TXA-18", "documents.confidentiality"
        )
    told[19] = word_for(rules.availability, document["status"], "TXA-19", "documents.availability")
    return told


def _type(dialect: Dialect, document: Resource) -> FieldValue:
    """TXA-2: by the dialect's table where that has it, else as coded."""
    told = document.get("type", {})
    table = dialect.documents.type
    if any(coding.get("system") == table.system for coding in told.get("coding", ())):
        return code_for(dialect, table, told, "TXA-2", "documents.type")
    return coded(dialect, told, "TXA-2") if told else None


def _moment(dialect: Dialect, text: str | None, place: str) -> str:
    return moment(dialect, text, place) if text else ""


def _is_text(attachment: Resource) -> bool:
    return attachment.get("contentType", "").partition(";")[0] == _TEXT and "data" in attachment


def _obx(dialect: Dialect, attachment: Resource, place: int) -> SegmentValue:
    fields: dict[int, FieldValue] = {
        1: str(place),
        11: word_for(dialect.results.observation_status, "final", "OBX-11", "results.observation_status"),
    }
    if _is_text(attachment):
        return "OBX", fields | {2: "TX", 5: b64decode(attachment["data"]).decode("utf-8", "replace")}
    main, sub = _content_type(dialect, attachment.get("contentType", ""))
    title = ("", attachment["title"]) if "title" in attachment else None
    if "data" in attachment:
        return "OBX", fields | {2: "ED", 3: title, 5: ("", main, sub, "Base64", attachment["data"])}
    if "url" in attachment:
        return "OBX", fields | {2: "RP", 3: title, 5: (attachment["url"], "", main, sub)}
    raise Unsayable("OBX-5", "An attachment holds nothing.", expected="data or a url", remedy="Attach the document.")


def _content_type(dialect: Dialect, told: str) -> tuple[str, str]:
    """The type and subtype that the dialect reads to the same MIME type."""
    known = dialect.documents.content_types
    main, _, sub = told.casefold().partition("/")
    if sub and known.get(sub, told) == told:
        return main, sub
    return "", word_for(known, told, "OBX-5.3", "documents.content_types")
