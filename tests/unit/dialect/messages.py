"""Messages that the dialect tests hold themselves, and ids that can be read."""

from typing import Any

from tabard.dialect import Draft, PatientKey, Translation, load, translate
from tabard.hl7v2 import parse

ITK = load("itk-2.4")
SIMHOSPITAL = load("simhospital")

HEADER = r"MSH|^~\&|LORENZO|RXX|ROUTE|ROUTE|20260301083000||{event}|T0001|P|2.4|1||||GBR|UNICODE UTF-8|EN||ITKv1.0"
EVENT = "EVN||20260301083000|||U1^CLERK|20260301082500"
PERSON = "PID|1||M42^^^RXX~9990000018^^^NHS||OKAFOR^ADAEZE^RUTH^^MRS^^L||19710604|2|||14 QUARRY LANE^UPPER STOWE^ELMFORD^DERBYSHIRE^DE1 1AA^GBR^H||01632960011||EN|M||||||N||||||||||NSTS01"
PRACTICE = "PD1|||QUARRY LANE SURGERY^^Y00001|G9999981^HOLT^MIRIAM^^^Dr^^^GMP"
VISIT = "PV1|1|I|^WARD7^BAY2-3^RXX01|21|||C9999991^MBEKI^THOMAS^^^Mr^^^GMC|||300||||19|||||70042^^^VISITID|||||||||||||||||||||||||20260301082500"
ORDER = "OBR|1|P77^LOR|F88^PATH|UE^Urea and electrolytes^PATH|||20260301070000|||||||||||||||20260301080000|||F"
RESULT = "OBX|1|NM|NA^Sodium^PATH||140.0|mmol/L|133 - 146|||F|F|||20260301070000"


class ReadableIds:
    """Ids that say what they were made from; remembers the keys it was asked for."""

    def __init__(self) -> None:
        self.key = PatientKey()
        self.prior_key = PatientKey()

    def patient(self, key: PatientKey) -> str:
        """The id of the first number."""
        self.key = key
        return "patient-" + (key.local[0][1] if key.local else str(key.nhs_number))

    def prior_patient(self, key: PatientKey) -> str:
        """The id of the first number."""
        self.prior_key = key
        return "patient-" + (key.local[0][1] if key.local else str(key.nhs_number))

    def other(self, type: str, *parts: str) -> str:  # noqa: A002  FHIR's word
        """The parts, joined."""
        return ":".join((type.lower(), *parts))


def with_field(segment: str, n: int, value: str) -> str:
    """The segment with field `n` set."""
    fields = segment.split("|")
    fields += [""] * (n + 1 - len(fields))
    fields[n] = value
    return "|".join(fields)


def message(event: str, *segments: str) -> bytes:
    """An ITK message of these segments."""
    return "\r".join((HEADER.format(event=event), *segments, "")).encode()


def admission(*, person: str = PERSON, practice: str = PRACTICE, visit: str = VISIT, event: str = "ADT^A01") -> bytes:
    return message(event, EVENT, person, practice, visit)


def read(raw: bytes, ids: ReadableIds | None = None) -> Translation:
    return translate(parse(raw), ITK, ids or ReadableIds())


def draft(translation: Translation, kind: str) -> Draft:
    """The first draft of this type."""
    return next(draft for draft in translation.drafts if draft.resource["resourceType"] == kind)


def resource(translation: Translation, kind: str) -> dict[str, Any]:
    return draft(translation, kind).resource


def resources(translation: Translation, kind: str) -> list[dict[str, Any]]:
    return [draft.resource for draft in translation.drafts if draft.resource["resourceType"] == kind]


def flags(translation: Translation) -> set[tuple[str, str]]:
    return {(flag.code, flag.place) for flag in translation.flags}
