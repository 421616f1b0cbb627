"""Messages as an ITK sender writes them, HL7 v2.4, from plain fields: no builder, escaper or clock of the house is asked."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from soak.truth import Person, Visit

_LOCAL = ZoneInfo("Europe/London")
_STRUCTURES = {
    **dict.fromkeys(("A01", "A04", "A08", "A13"), "ADT_A01"),
    **dict.fromkeys(("A06", "A07"), "ADT_A06"),
    **dict.fromkeys(("A11", "A12"), "ADT_A09"),
    **dict.fromkeys(("A05", "A14", "A28", "A31"), "ADT_A05"),
    **dict.fromkeys(("A21", "A22", "A23", "A25", "A26", "A27"), "ADT_A21"),
    **dict.fromkeys(("A34", "A35", "A42", "A44", "A45", "A47"), "ADT_A30"),
    "A40": "ADT_A39",
}


def local(at: int) -> str:
    """The wall clock in England, without an offset, as senders write it."""
    return f"{datetime.fromtimestamp(at, UTC).astimezone(_LOCAL):%Y%m%d%H%M%S}"


def is_ambiguous(at: int) -> bool:
    """Whether the wall clock shows that time twice."""
    there = datetime.fromtimestamp(at, UTC).astimezone(_LOCAL)
    return there.replace(fold=0).utcoffset() != there.replace(fold=1).utcoffset()


def segment(name: str, fields: dict[int, str]) -> str:
    """A segment with the fields of those numbers."""
    return "|".join([name, *(fields.get(n, "") for n in range(1, max(fields) + 1))])


def adt(trigger: str, control_id: str, at: int, *segments: str) -> bytes:
    """An ADT that was recorded `at` and sent a second later."""
    event = f"ADT^{trigger}^{_STRUCTURES.get(trigger, f'ADT_{trigger}')}"
    happened = segment("EVN", {2: local(at), 6: local(at)})
    return "".join(f"{one}\r" for one in (header(event, control_id, at + 1), happened, *segments)).encode()


def header(event: str, control_id: str, sent: int) -> str:
    """MSH."""
    when = local(sent)
    return (
        f"MSH|^~\\&|LORENZO|RXX|ROUTE|ROUTE|{when}||{event}|{control_id}|P|2.4||{when}|||GBR|UNICODE UTF-8|EN||ITKv1.0"
    )


def pid(person: Person) -> str:
    """PID of somebody, with what is known now."""
    numbers = f"{person.mrn}^^^RXX" + (f"~{person.nhs}^^^NHS" if person.nhs else "")
    return segment(
        "PID",
        {
            1: "1",
            3: numbers,
            5: f"{person.family}^{person.given}^^^^^L",
            7: person.born,
            8: person.sex,
            11: f"{person.house} ROAD^^TOWN^^ZZ99 1AA^GBR^H",
            32: "NSTS01" if person.nhs else "NSTS03",
        },
    )


def pv1(
    visit: Visit,
    *,
    left: tuple[str, str] | None = None,
    to_be: tuple[str, str] | None = None,
    kind: str = "",
    is_over: bool = False,
) -> str:
    """PV1 of a visit as it stands, `left` the bed named as prior, `to_be` the one to come."""
    fields = {
        1: "1",
        2: kind or visit.kind,
        3: place(visit.place),
        4: "21",
        7: "C9999991^DOCTOR^ANN^^^Dr",
        10: "300",
        14: "19",
        19: f"{visit.number}^^^VISITID",
    }
    if visit.since:
        fields[44] = local(visit.since)
    if to_be is not None:
        fields[42] = place(to_be)
    if left is not None:
        fields[6] = place(left)
    if is_over and visit.until is not None:
        fields |= {36: "1", 37: "19", 45: local(visit.until)}
    return segment("PV1", fields)


def place(where: tuple[str, str]) -> str:
    """A ward and bed as PL."""
    ward, bed = where
    return f"^{ward}^{bed}^RXX01"


def mrg(prior: Person, visit: Visit | None = None) -> str:
    """MRG: the number given up, or the visit of theirs that is."""
    return segment("MRG", {1: f"{prior.mrn}^^^RXX"} | ({5: f"{visit.number}^^^VISITID"} if visit else {}))


def result(control_id: str, at: int, person: Person, number: str, value: str, status: str) -> bytes:
    """A laboratory's report of one value: ORU^R01, reported `at`."""
    order = segment(
        "OBR", {1: "1", 2: f"P{number}", 3: number, 4: "CREA^Creatinine^LAB", 7: local(at), 22: local(at), 25: status}
    )
    seen = segment("OBX", {1: "1", 2: "NM", 3: "CREA^Creatinine^LAB", 5: value, 6: "umol/L", 11: status, 14: local(at)})
    lines = (header("ORU^R01^ORU_R01", control_id, at + 1), pid(person), order, seen)
    return "".join(f"{one}\r" for one in lines).encode()
