"""Clinic appointments and letters, and how both voices tell of them: SIU^S12 to S26, MDM^T02. Source: HL7 v2.4 chapters 9 and 10."""

from dataclasses import dataclass
from datetime import datetime

from tabard.sandbox.layout import Clinician
from tabard.sandbox.wording import local_time, text

_MINUTES = 20


@dataclass(frozen=True, slots=True)
class Appointment:
    """A place in a clinic: its number, when it begins, with whom and where; `state` is a word of HL7 table 0278."""

    number: str
    start: datetime
    clinic: str
    clinician: Clinician
    state: str = "Booked"


@dataclass(frozen=True, slots=True)
class Letter:
    """A document of plain text: `kind` is a word of HL7 table 0270, DS a discharge summary and CN a letter."""

    number: str
    kind: str
    title: str
    lines: tuple[str, ...]
    author: Clinician


def schedule_segments(appointment: Appointment, site: str) -> tuple[list[str], list[str]]:
    """SCH, which comes before the patient, and RGS, AIS, AIL and AIP, which come after."""
    begins, doctor = local_time(appointment.start), appointment.clinician
    who = f"{doctor.code}^{text(doctor.family)}^{text(doctor.given)}^^^{doctor.title}"
    timing = f"^^{_MINUTES}^{begins}"
    reason = "FOLLOWUP^Follow-up"
    head = (
        f"SCH|{appointment.number}|{appointment.number}||||{reason}|{reason}|{reason}|{_MINUTES}|min|{timing}"
        + "|" * 5
        + who
    )
    head += "|" * 9 + appointment.state
    rest = [
        "RGS|1|A",
        f"AIS|1|A|{reason}|{begins}|||{_MINUTES}|min",
        f"AIL|1|A|^{text(appointment.clinic)}^^{site}",
        f"AIP|1|A|{who}",
    ]
    return [head], rest


def letter_segments(letter: Letter, at: datetime) -> list[str]:
    """TXA and an OBX for each line."""
    author = f"{letter.author.code}^{text(letter.author.family)}^{text(letter.author.given)}^^^{letter.author.title}"
    when = local_time(at)
    head = f"TXA|1|{letter.kind}^{text(letter.title)}|TX|{when}|{author}|{when}|{when}||{author}|||{letter.number}|||||AU||AV"
    return [
        head,
        *(
            f"OBX|{n}|TX|{letter.kind}^{text(letter.title)}||{text(line)}||||||F"
            for n, line in enumerate(letter.lines, 1)
        ),
    ]
