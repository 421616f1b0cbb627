"""The pretend Lorenzo's own dialect: what its wards' e-observations call vital signs."""

from decimal import Decimal

from tabard.dialect import load, translate
from tabard.hl7v2 import parse
from unit.dialect.messages import PERSON, VISIT, ReadableIds, message, resources

ST_ELSEWHERE = load("st-elsewhere")
PULSE = "OBX|1|NM|PULSE^Pulse^EOBS^8867-4^^LN||92|/min|55-100|N|||F|||20260301070000"
PRESSURE = "OBX|2|NM|BPSYS^Systolic blood pressure^EOBS^8480-6^^LN||128|mmHg|100-140|N|||F|||20260301070000"


def order(panel: str) -> str:
    return f"OBR|1|P77^LOR|F88^EOBS|{panel}^Panel^EOBS|||20260301070000|||||||||||||||20260301070500|||F"


def test_the_panel_of_the_ward_is_vital_signs() -> None:
    """The order's code makes its results vital signs, in UCUM; any other order's are the laboratory's."""
    ids = ReadableIds()
    read = translate(parse(message("ORU^R01", PERSON, VISIT, order("VITALS"), PULSE, PRESSURE)), ST_ELSEWHERE, ids)
    observations = resources(read, "Observation")
    assert [one["category"][0]["coding"][0]["code"] for one in observations] == ["vital-signs"] * 2
    assert [(one["valueQuantity"]["value"], one["valueQuantity"]["code"]) for one in observations] == [
        (Decimal(92), "/min"),
        (Decimal(128), "mm[Hg]"),
    ]
    assert resources(read, "DiagnosticReport")[0]["category"][0]["coding"][0]["code"] == "vital-signs"
    other = translate(parse(message("ORU^R01", PERSON, VISIT, order("UE"), PULSE)), ST_ELSEWHERE, ids)
    assert resources(other, "Observation")[0]["category"][0]["coding"][0]["code"] == "laboratory"
