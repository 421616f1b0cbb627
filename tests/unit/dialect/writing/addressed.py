"""Whom the written messages are about and between whom they go, for the tests of writing."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from tabard.dialect import Dialect, Translation, translate
from tabard.dialect.writing import Envelope, Known
from tabard.hl7v2 import parse
from unit.dialect.messages import ReadableIds, admission, read, resource

ENVELOPE = Envelope("TABARD", "RXX", "LORENZO", "RXX", "C0001", datetime(2026, 7, 1, 9, tzinfo=UTC))
ADMITTED = read(admission())
PATIENT, VISIT = resource(ADMITTED, "Patient"), resource(ADMITTED, "Encounter")
SUBJECT = {"reference": "Patient/patient-M42", "identifier": {"system": "urn:tabard:authority:RXX", "value": "M42"}}


def known(*translations: Translation) -> Known:
    """The patient, the visit, and whatever else these translations drafted."""
    return Known(PATIENT, VISIT, others_of(*translations))


def others_of(*translations: Translation) -> Mapping[str, dict[str, Any]]:
    drafts = [draft.resource for translation in translations for draft in translation.drafts]
    return {f"{one['resourceType']}/{one['id']}": one for one in drafts}


def read_in(dialect: Dialect, raw: bytes) -> Translation:
    return translate(parse(raw), dialect, ReadableIds())


def lines(raw: bytes) -> list[str]:
    return raw.decode().rstrip("\r").split("\r")
