"""The publisher's clinical safety officer is named, with the professional register they are on and their number there.

Source: DCB0129 4.2, 2.3 (clinical safety officer); DTAC 2.0, C1.2.5.
"""

from collections.abc import Iterator

from tabard.accreditation.found import failed, passed, sha256
from tabard.accreditation.model import Family, Found, Subject
from tabard.product import FILE_NAME

FAMILY = Family.safety
CRITERIA = ("dtac-2.0/C1.2.5", "dcb0129-4.2/2.3.1")

REGISTERS = ("GCC", "GDC", "GMC", "GOC", "GOsC", "GPhC", "HCPC", "NMC", "PSNI", "SWE")
"""Registers of health and care professionals in the United Kingdom, as they are written for short."""

_REMEDY = "name the officer under [safety_officer]: name, register, number"


def check(subject: Subject) -> Iterator[Found]:
    """Look at what is named; whether the officer is on the register today is for a person to look up."""
    officer = subject.package.manifest.safety_officer
    looked_at = sha256(subject.package.files[FILE_NAME])
    place = f"{FILE_NAME} safety_officer"
    if officer is None:
        yield failed(place, "name, register and number", "nobody", _REMEDY, looked_at)
    elif officer.register not in REGISTERS:
        yield failed(f"{place}.register", f"one of {', '.join(REGISTERS)}", officer.register, _REMEDY, looked_at)
    elif not any(mark.isdigit() for mark in officer.number):
        yield failed(f"{place}.number", "the number on that register", officer.number, _REMEDY, looked_at)
    else:
        yield passed(place, f"{officer.name}, {officer.register} {officer.number}", looked_at)
