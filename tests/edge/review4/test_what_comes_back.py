"""What a product wrote comes back over the feed: for whom it was written, or it is no confirmation."""

from datetime import UTC, datetime

import pytest

from tabard.dialect import load
from tabard.ground.ids import KeyedIds
from tabard.journal import Waiting
from tabard.link.applier import Applier
from tabard.link.writeback.echo import note_number
from unit.link.itk import Who, adt, message, pid
from unit.link.pretend_record import PretendRecord

NOW = datetime(2026, 3, 1, 20, tzinfo=UTC)
JONES = Who("2002", family="JONES", born="19700101")
OURS = "T23456789ABCD"


def lines(*codes: str) -> str:
    """One result of ours as the record system tells it: a line for each code."""
    told = [f"OBX|{n}|NM|{code}^{code}^L||7|mmol/L|||||F" for n, code in enumerate(codes, 1)]
    return "\r".join(
        ["ORC|RE", f"OBR|1||{OURS}^LAB|PR^Pressure^L|||202603011000|||||||||||||||202603011000||BS|F", *told]
    )


def applier_of(record: PretendRecord) -> Applier:
    """An applier of the link `pas`."""
    return Applier(record, lambda _link: load("itk-2.4"), KeyedIds(b"k"), lambda: NOW)


def filed(*raws: bytes) -> PretendRecord:
    """A record of these messages."""
    record = PretendRecord()
    applier_of(record).apply([Waiting(seq, "pas", NOW, raw) for seq, raw in enumerate(raws, 1)])
    return record


def number_of_ours() -> str:
    """Our number, as a report has it."""
    (report,) = filed(adt("A01"), message("R01", pid(), lines("SYS"))).all("DiagnosticReport")
    number = report["identifier"][0]
    return f"{number['system']}|{number['value']}"


@pytest.mark.parametrize("codes", [("SYS", "DIA"), ("NEW",), ("NEW", "OTHER")])
def test_on_another_patient_s_chart_it_confirms_nothing(codes: tuple[str, ...]) -> None:
    """Whatever codes it has there: the message is parked for a person, and the write of the first patient stays as it was."""
    record, number = filed(adt("A01"), adt("A01", JONES, "502")), number_of_ours()
    (smith,) = [one for one in record.all("Patient") if one["name"][0]["family"] == "SMITH"]
    mine = {
        "resourceType": "Observation",
        "id": "mine",
        "status": "final",
        "subject": {"reference": f"Patient/{smith['id']}"},
        "code": {"coding": [{"system": "urn:x", "code": "PR"}]},
        "component": [{"code": {"coding": [{"system": "urn:x", "code": code}]}} for code in ("SYS", "DIA")],
    }
    with record.transaction() as writing:
        writing.put(mine, "urn:tabard:product:p")
        note_number(writing, number, "Observation/mine")
    source = record.sources["Observation", "mine"]
    (mark,) = applier_of(record).apply([Waiting(9, "pas", NOW, message("R01", pid(JONES), lines(*codes)))])
    assert mark.outcome.reason == "result_of_another_patient"
    assert record.sources["Observation", "mine"] == source
