"""What stands behind a stay, always the same for the same person: next of kin, reason, allergies, diagnoses; as segments.

Source: HL7 v2.4 chapters 3 (NK1, PV2, AL1) and 6 (DG1); ICD-10 codes with their English names.
"""

from datetime import timedelta
from zlib import crc32

from tabard.sandbox.events import Event
from tabard.sandbox.people import Person
from tabard.sandbox.wording import local_time, text

_KIN = (("SPO", "Spouse"), ("CHD", "Child"), ("PAR", "Parent"), ("SIB", "Sibling"))
_DIAGNOSES = (
    ("I50.0", "Congestive heart failure"),
    ("J18.1", "Lobar pneumonia"),
    ("N39.0", "Urinary tract infection"),
    ("S72.0", "Fracture of neck of femur"),
    ("K80.2", "Calculus of gallbladder"),
    ("E11.9", "Type 2 diabetes mellitus"),
)
_ALLERGIES = (("PEN", "Penicillin", "SV"), ("NUT", "Peanut", "SV"), ("LAT", "Latex", "MI"))
_ALLERGIC_ONE_IN = 5


def background_of(event: Event, wanted: frozenset[str]) -> list[str]:
    """The wanted segments of NK1, PV2, AL1 and DG1 for the event's person and stay, in the order of ADT_A01."""
    drawn = _drawn(event.person)
    told = {"NK1": _next_of_kin(event.person, drawn)}
    if event.stay is not None:
        code, name = _DIAGNOSES[drawn % len(_DIAGNOSES)]
        told["PV2"] = f"PV2|||^{name}" + "|" * 6 + local_time(event.stay.admitted + timedelta(days=1 + drawn % 9))
        told["DG1"] = f"DG1|1||{code}^{name}^I10|{name}|{local_time(event.stay.admitted)}|A"
    if drawn % _ALLERGIC_ONE_IN == 0:
        code, name, severity = _ALLERGIES[drawn // _ALLERGIC_ONE_IN % len(_ALLERGIES)]
        told["AL1"] = f"AL1|1|DA|{code}^{name}^LOCAL|{severity}"
    return [told[name] for name in ("NK1", "PV2", "AL1", "DG1") if name in wanted and name in told]


def _next_of_kin(person: Person, drawn: int) -> str:
    code, kin = _KIN[drawn % len(_KIN)]
    home = "^".join(text(line) for line in (*person.address, person.postcode))
    return f"NK1|1|{text(person.family)}^ALEX|{code}^{kin}|{home}|{person.mobile}"


def _drawn(person: Person) -> int:
    return crc32(f"{person.family}|{person.given}|{person.born}".encode())
