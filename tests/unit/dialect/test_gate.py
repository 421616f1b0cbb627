"""What does not belong on a feed is parked with its reason before anything in it is read as a patient's."""

import pytest

from tabard.dialect import Dialect, Untranslatable, gate
from tabard.dialect.table.loader import read_dialect
from tabard.hl7v2 import parse
from unit.dialect.messages import EVENT, HEADER, ITK, PERSON, VISIT, message, with_field


def dialect(sender: str) -> Dialect:
    return read_dialect(f'base = "itk-2.4"\n{sender}'.encode(), "site.toml")


def gated(raw: bytes, rules: str) -> tuple[str, str] | None:
    told = gate(parse(raw), dialect(rules))
    if told is None:
        return None
    assert isinstance(told, Untranslatable)
    assert told.remedy
    return told.reason.value, told.place


def sent(event: str = "ADT^A01", person: str = PERSON, visit: str = VISIT, extra: str = "") -> bytes:
    return message(event, EVENT, person, visit, *([extra] if extra else []))


def test_without_rules_all_belongs() -> None:
    """A dialect that names no sender lets every application and facility in."""
    assert gate(parse(sent()), ITK) is None


@pytest.mark.parametrize(
    ("rules", "place"),
    [
        ('[sender]\napplications = ["PAS"]', "MSH-3"),
        ('[sender]\nfacilities = ["RYY"]', "MSH-4"),
        ('[sender]\napplications = ["LORENZO"]\nfacilities = ["RYY"]', "MSH-4"),
        ('[sender]\napplications = ["LORENZO", "PAS"]\nfacilities = ["RXX"]', None),
    ],
)
def test_a_sender_that_is_not_named_is_foreign(rules: str, place: str | None) -> None:
    """MSH-3 and MSH-4 must both be among those that the dialect names."""
    assert gated(sent(), rules) == (None if place is None else ("foreign_sender", place))


NOT_SHOWN = "a name that is not shown: it may tell of a patient"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("PAS-2", "PAS-2"),
        ("RXX", "RXX"),  # whose the patient's numbers are as well
        ("2.16.840.1.113883.3.2540", "2.16.840.1.113883.3.2540"),
        ("", "nothing"),
        ("OKAFOR", NOT_SHOWN),
        ("okafor", NOT_SHOWN),
        ("M42", NOT_SHOWN),
        ("9990000018", NOT_SHOWN),
        ("14 QUARRY LANE", NOT_SHOWN),
        ("O'NEIL", NOT_SHOWN),
        ("A" * 65, NOT_SHOWN),
    ],
)
def test_a_foreign_sender_is_named_where_that_is_a_name_of_nobody(name: str, told: str) -> None:
    """What stands in MSH-3 is told, unless it stands among what is told of people too, or has not the shape of a name."""
    raw = sent().replace(b"|LORENZO|", f"|{name}|".encode(), 1)
    refusal = gate(parse(raw), dialect('[sender]\napplications = ["HIS"]'))
    assert refusal is not None
    assert refusal.got == told


@pytest.mark.parametrize(
    ("told", "is_let_in"), [("P", True), ("", True), ("T", False), ("D", False), ("T^A", False), ("t", False)]
)
def test_a_test_message_is_no_patient_s(told: str, *, is_let_in: bool) -> None:
    """MSH-11 of T or D is kept out, unless the dialect is one for trials."""
    raw = "\r".join((HEADER.format(event="ADT^A01").replace("|P|", f"|{told}|"), EVENT, PERSON, VISIT)).encode()
    assert gated(raw, "") == (None if is_let_in else ("test_message", "MSH-11"))
    assert gated(raw, "[sender]\nallows_test = true") is None


KEPT = '[sender.kept_out.newham]\nplace = "{place}"\npattern = "NEWHAM.*"\nreason = "a patient of Newham"'


@pytest.mark.parametrize(
    ("place", "changed"),
    [
        ("PV1-39", {"visit": with_field(VISIT, 39, "NEWHAM GENERAL")}),
        ("PV1-3.4", {"visit": with_field(VISIT, 3, "W1^^B1^NEWHAM")}),
        ("PV1-3.4", {"visit": with_field(VISIT, 3, "W1^^B1^NEWHAM&1.2&ISO")}),
        ("PID-18.4", {"person": with_field(PERSON, 18, "1^^^RXX~2^^^NEWHAM FIN")}),
        ("MRG-5.4", {"extra": "MRG|1^^^RXX||||9^^^NEWHAM FIN"}),
    ],
)
def test_another_hospital_s_patients_are_kept_out(place: str, changed: dict[str, str]) -> None:
    """Any repetition of the place that has the shape keeps the message out; without it the same message is let in."""
    rules = KEPT.format(place=place)
    assert gated(sent(**changed), rules) == ("kept_out", place)
    assert gated(sent(), rules) is None
    assert gated(sent(visit=with_field(VISIT, 39, "OLD NEWHAM")), rules) is None


def refusal(keys: str) -> str:
    return f'[sender.refusals.one]\nreason = "r"\nremedy = "m"\n{keys}'


@pytest.mark.parametrize(
    ("rule", "refused", "let_in"),
    [
        ('place = "MRG-5"\nevents = ["ADT^A01"]', sent(), sent(extra="MRG|1||||9")),
        ('place = "MRG-5"\nevents = ["ADT^A44"]', None, sent()),
        (
            'place = "PID-18.4"',
            sent(person=with_field(PERSON, 18, "1")),
            sent(person=with_field(PERSON, 18, "1^^^FIN")),
        ),
        (
            'place = "PID-18.4"',
            sent(person=with_field(PERSON, 18, '1^^^""')),
            sent(person=with_field(PERSON, 18, "1^^^F")),
        ),
        ('place = "PV1-50"\nunless = "PV1-19.1"', sent(visit=with_field(VISIT, 19, "")), sent()),
        (
            'place = "PV1-7.1"\nmost = 1',
            sent(visit=with_field(VISIT, 7, "A^X~B^Y")),
            sent(visit=with_field(VISIT, 7, "A^X")),
        ),
        ('place = "PV1-10"\npattern = "[0-9]*"', sent(), sent(visit=with_field(VISIT, 10, "MED"))),
        (
            'place = "PID-3.1"\namong = { component = 5, pattern = "CNN" }',
            sent(person=with_field(PERSON, 3, "1^^^RXX^MRN~^^^RXX^CNN")),
            sent(person=with_field(PERSON, 3, "1^^^RXX^MRN~2^^^RXX^CNN")),
        ),
    ],
)
def test_what_cannot_be_filed_is_refused_with_the_dialect_s_words(
    rule: str, refused: bytes | None, let_in: bytes
) -> None:
    """Nothing where there must be something, too many, the wrong shape: each for the events it is for, with reason and remedy."""
    assert gated(let_in, refusal(rule)) is None
    if refused is not None:
        told = gate(parse(refused), dialect(refusal(rule)))
        assert told is not None
        assert (told.reason.value, told.remedy) == ("refused_by_dialect", "m")
        assert "(one): r" in told.message


def test_no_refusal_tells_of_the_patient() -> None:
    """Place and rule are told; what stands there is not."""
    told = gate(parse(sent(visit=with_field(VISIT, 39, "NEWHAM OKAFOR"))), dialect(KEPT.format(place="PV1-39")))
    assert told is not None
    assert "OKAFOR" not in str(told)
