"""What a search must name: Millennium's own rules, type by type, as a table.

Source: Oracle Health's R4 CapabilityStatement of 2026-08-14 (secure end) and the notes of its R4 documentation.
What is inference is said in docs/decisions/0024-what-the-pretend-millennium-enforces.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """How a parameter is compared."""

    id = "id"
    token = "token"  # noqa: S105  the standard's word for a coded value
    string = "string"
    date = "date"
    reference = "reference"
    count = "count"


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule of one type.

    `needs`: one of these groups must be there whole; empty when a search may name nothing. `only_with`: a parameter
    that may be named only beside one of others. `never_together`: pairs. `once`: parameters that take one value, once.
    `ranged`: dates that must have a prefix. `values`: all that a parameter may say. `count_ignored_with`: beside these
    `_count` is let pass and does nothing.
    """

    parameters: Mapping[str, Kind]
    needs: tuple[tuple[str, ...], ...]
    count: int
    most: int
    only_with: Mapping[str, tuple[str, ...]]
    never_together: tuple[tuple[str, str], ...] = ()
    once: frozenset[str] = frozenset()
    ranged: frozenset[str] = frozenset()
    with_system: frozenset[str] = frozenset()
    values: Mapping[str, frozenset[str]] | None = None
    count_ignored_with: frozenset[str] = frozenset()
    page_words: tuple[str, str] = ("-pageContext", "-pageDirection")


_ID, _TOKEN, _STRING, _DATE, _REFERENCE, _COUNT = (
    Kind.id,
    Kind.token,
    Kind.string,
    Kind.date,
    Kind.reference,
    Kind.count,
)
_OF_PATIENT = {"_id": _ID, "patient": _REFERENCE}
_EITHER_DATE = (("date", "_lastUpdated"),)
_DEMOGRAPHICS = ("identifier", "name", "family", "given", "birthdate", "phone", "email", "address-postalcode")

RULES: Mapping[str, Rule] = {
    "Patient": Rule(
        parameters={
            "_id": _ID,
            "identifier": _TOKEN,
            "name": _STRING,
            "family": _STRING,
            "given": _STRING,
            "birthdate": _DATE,
            "phone": _TOKEN,
            "email": _TOKEN,
            "address-postalcode": _STRING,
            "gender": _TOKEN,
            "_count": _COUNT,
        },
        needs=(("_id",), *((name,) for name in _DEMOGRAPHICS)),
        count=20,
        most=100,
        only_with={"gender": _DEMOGRAPHICS},
        once=frozenset({*_DEMOGRAPHICS, "gender"} - {"birthdate"}),
        count_ignored_with=frozenset({"_id", "identifier"}),
    ),
    "Encounter": Rule(
        parameters={
            **_OF_PATIENT,
            "subject": _REFERENCE,
            "account": _REFERENCE,
            "identifier": _TOKEN,
            "status": _TOKEN,
            "date": _DATE,
            "_lastUpdated": _DATE,
            "_count": _COUNT,
        },
        needs=(("_id",), ("patient",), ("subject",), ("account",), ("identifier",)),
        count=20,
        most=100,
        only_with={"status": ("patient",), "_count": ("patient", "_id"), "date": ("patient", "subject")},
        never_together=_EITHER_DATE,
        ranged=frozenset({"date"}),
        values={"status": frozenset({"planned", "in-progress", "finished", "cancelled"})},
        count_ignored_with=frozenset({"_id"}),
    ),
    "Observation": Rule(
        parameters={
            **_OF_PATIENT,
            "subject": _REFERENCE,
            "category": _TOKEN,
            "code": _TOKEN,
            "date": _DATE,
            "_lastUpdated": _DATE,
            "_count": _COUNT,
        },
        needs=(("_id",), ("patient",), ("subject",)),
        count=50,
        most=200,
        only_with={},
        never_together=_EITHER_DATE,
        page_words=("pageContext", "direction"),
    ),
    "DiagnosticReport": Rule(
        parameters={
            **_OF_PATIENT,
            "category": _TOKEN,
            "code": _TOKEN,
            "encounter": _REFERENCE,
            "date": _DATE,
            "_lastUpdated": _DATE,
            "_count": _COUNT,
        },
        needs=(("_id",), ("patient",)),
        count=10,
        most=100,
        only_with={"date": ("patient",)},
        never_together=_EITHER_DATE,
    ),
    "DocumentReference": Rule(
        parameters={
            **_OF_PATIENT,
            "encounter": _REFERENCE,
            "type": _TOKEN,
            "_lastUpdated": _DATE,
            "_count": _COUNT,
        },
        needs=(("_id",), ("patient",)),
        count=10,
        most=100,
        only_with={},
    ),
    "Appointment": Rule(
        parameters={
            **_OF_PATIENT,
            "date": _DATE,
            "-date-or-req-period": _DATE,
            "status": _TOKEN,
            "_count": _COUNT,
        },
        needs=(("_id",), ("patient", "date"), ("patient", "-date-or-req-period")),
        count=20,
        most=100,
        only_with={},
        never_together=(("date", "-date-or-req-period"),),
        once=frozenset({"patient"}),
        ranged=frozenset({"date", "-date-or-req-period"}),
    ),
    "AllergyIntolerance": Rule(
        parameters={**_OF_PATIENT, "clinical-status": _TOKEN, "_lastUpdated": _DATE},
        needs=(("_id",), ("patient",)),
        count=50,
        most=50,
        only_with={},
    ),
    "Practitioner": Rule(
        parameters={
            "_id": _ID,
            "identifier": _TOKEN,
            "name": _STRING,
            "family": _STRING,
            "given": _STRING,
            "active": _TOKEN,
            "_count": _COUNT,
        },
        needs=(("_id",), ("identifier",), ("name",), ("active",), ("family",)),
        count=20,
        most=100,
        only_with={"given": ("family",)},
        with_system=frozenset({"identifier"}),
        values={"active": frozenset({"true", "false"})},
        count_ignored_with=frozenset({"_id"}),
    ),
    "Location": Rule(
        parameters={
            "_id": _ID,
            "-physicalType": _TOKEN,
            "identifier": _TOKEN,
            "name": _STRING,
            "organization": _REFERENCE,
            "_count": _COUNT,
        },
        needs=(("_id",), ("-physicalType",)),
        count=100,
        most=100,
        only_with={"name": ("-physicalType", "identifier"), "organization": ("-physicalType", "identifier")},
    ),
    "Organization": Rule(
        parameters={"_id": _ID, "identifier": _TOKEN, "type": _TOKEN, "name": _STRING, "_count": _COUNT},
        needs=(),
        count=100,
        most=100,
        only_with={},
    ),
}
"""The types that are served, and how each may be searched."""
