"""ITK 2.4 messages as a test needs them: plain text, so that the builder of the house is not its own judge."""

from dataclasses import dataclass

TRIGGERS = {
    "A01": "ADT^A01^ADT_A01",
    "A02": "ADT^A02^ADT_A02",
    "A03": "ADT^A03^ADT_A03",
    "A08": "ADT^A08^ADT_A01",
    "A11": "ADT^A11^ADT_A09",
    "A12": "ADT^A12^ADT_A09",
    "A13": "ADT^A13^ADT_A01",
    "A28": "ADT^A28^ADT_A05",
    "A31": "ADT^A31^ADT_A05",
    "A40": "ADT^A40^ADT_A39",
    "R01": "ORU^R01^ORU_R01",
}


@dataclass(frozen=True, slots=True)
class Who:
    """A pretend patient as PID tells them; an empty number is not sent."""

    mrn: str = "1001"
    nhs: str = ""
    family: str = "SMITH"
    born: str = "19651213"


SMITH = Who()


def message(trigger: str, *segments: str, at: str = "202603011000") -> bytes:
    """A message of the given segments after MSH and EVN; `at` is EVN-6."""
    head = f"MSH|^~\\&|LORENZO|RXX|ROUTE|ROUTE|{at}||{TRIGGERS.get(trigger, trigger)}|{trigger}{at}|P|2.4|||||GBR|UNICODE|EN||ITKv1.0"
    return "\r".join([head, f"EVN||{at}||||{at}", *segments, ""]).encode()


def pid(who: Who = SMITH, sex: str = "2") -> str:
    """PID of somebody."""
    numbers = [f"{who.mrn}^^^RXX"] if who.mrn else []
    numbers += [f"{who.nhs}^^^NHS"] if who.nhs else []
    return f"PID|1||{'~'.join(numbers)}||{who.family}^ANNA^^^MRS^^L||{who.born}|{sex}"


def pv1(visit: str = "501", place: str = "WARD1^BED1", end: str = "", doctor: str = "") -> str:
    """PV1 with a visit number, a ward and bed (empty: not told; `""`: nulled)."""
    location = place if place in {"", '""'} else f"^{place}^RXX01"
    fields = {2: "I", 3: location, 9: doctor, 19: f"{visit}^^^VISITID", 45: end}
    return "PV1|" + "|".join(fields.get(n, "") for n in range(1, 46)).rstrip("|")


def adt(
    trigger: str, who: Who = SMITH, visit: str = "501", place: str = "WARD1^BED1", at: str = "202603011000"
) -> bytes:
    """An event of a visit."""
    return message(trigger, pid(who), pv1(visit, place), at=at)


def merge(survivor: Who, prior: Who, at: str = "202603011000") -> bytes:
    """A40."""
    return message("A40", pid(survivor), f"MRG|{prior.mrn}^^^RXX", at=at)


def result(who: Who = SMITH, filler: str = "F1", value: str = "98.00", visit: str = "", status: str = "F") -> bytes:
    """A laboratory result of one value."""
    segments = [pid(who), *([pv1(visit)] if visit else [])]
    order = f"OBR|1|P1|{filler}|UE^UREA AND ELECTROLYTES^LAB|||20260301090000|||||||||||||||20260301093000|||{status}"
    return message("R01", *segments, order, f"OBX|1|NM|CREA^Creatinine^LAB||{value}|umol/L|49 - 92|H|||{status}")
