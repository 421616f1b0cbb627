"""Millennium's dialect: what all English sites have in common; the two public messages are tried in tests/conformance/cerner."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tabard.dialect import Event, Reason, Translation, Untranslatable, load, translate
from tabard.hl7v2 import parse
from unit.dialect.messages import ReadableIds, flags, resource, resources, with_field

MILLENNIUM = load("millennium-uk")

PERSON = "PID|1|77^^^Weir MRN^MRN^|77^^^Weir MRN^MRN^CD:529~9990000018^^^NHSNBR^NHSNMBR||Holt^Miriam^^^Mrs^^CURRENT||19710604|2|||4 Quay^^Elmford^^ZZ99 1AA^GBR^HOME||01632960041^HOME^CD:407|||||5501^^^Weir FIN^FINNBR^||||N"
VISIT = "PV1|1|INPATIENT|Heron^Bay A^A4^WEI^^BED^WEI|21|||C9999101^Ito^Ken^^^^^^NHSCSLTNBR~8950^Ito^Ken^^^^^^DRNBR|||320||||19||||INPATIENT|8101^^^VISITID||||||||||||||||||||WEI||ACTIVE|||20260301082500"


def message(event: str, *segments: str, noted: str | None = None) -> bytes:
    header = rf"MSH|^~\&|MILLENNIUM|RZY|TIE|RZY|20260301083000||ADT^{event}|1|P|2.3|||AL||44|8859/1"
    return "\r".join((header, f"EVN|{noted or event}|20260301083000", *segments, "")).encode("latin-1")


def read(raw: bytes, ids: ReadableIds | None = None) -> Translation:
    return translate(parse(raw), MILLENNIUM, ids or ReadableIds())


def visit(n: int, value: str, event: str = "A01") -> Translation:
    return read(message(event, PERSON, with_field(VISIT, n, value)))


def person(n: int, value: str) -> Translation:
    return read(message("A31", with_field(PERSON, n, value)))


def codes(doctor: dict[str, Any]) -> list[str]:
    return [one["value"] for one in doctor["identifier"]]


def doctors(*repeats: str) -> Iterable[list[str]]:
    return [codes(one) for one in resources(visit(7, "~".join(repeats)), "Practitioner")]


def test_a_plain_message_leaves_nothing_to_look_at() -> None:
    """Person, visit by number and FIN, ward, bay and bed, and one consultant: read without a flag."""
    ids = ReadableIds()
    translation = read(message("A01", PERSON, VISIT), ids)
    assert translation.flags == ()
    assert ids.key.local == (("urn:tabard:authority:Weir%20MRN", "77"),)
    assert ids.key.nhs_number == "9990000018"
    assert [one["name"] for one in resources(translation, "Location")] == ["Heron", "Bay A, A4"]
    assert [codes(one) for one in resources(translation, "Practitioner")] == [["C9999101", "8950"]]
    told = resource(translation, "Encounter")
    assert [(one["system"], one["value"]) for one in told["identifier"]] == [
        ("urn:tabard:visit:VISITID", "8101"),
        ("urn:tabard:visit:Weir%20FIN", "5501"),
    ]
    assert told["id"] == "encounter:urn:tabard:visit:VISITID:8101"


@pytest.mark.parametrize(
    ("trigger", "event"),
    [
        ("A01", Event.admit),
        ("A02", Event.transfer),
        ("A03", Event.discharge),
        ("A04", Event.register_visit),
        ("A06", Event.to_inpatient),
        ("A07", Event.to_outpatient),
        ("A08", Event.update),
        ("A11", Event.cancel_admit),
        ("A12", Event.cancel_transfer),
        ("A13", Event.cancel_discharge),
        ("A28", Event.register),
        ("A31", Event.update_person),
    ],
)
def test_the_header_says_what_happened(trigger: str, event: Event) -> None:
    """MSH-9 is believed, whatever EVN-1 says."""
    assert read(message(trigger, PERSON, VISIT, noted="R01")).event is event


@pytest.mark.parametrize("trigger", ["A34", "A40"])
def test_two_triggers_merge(trigger: str) -> None:
    """The patient in MRG-1 is given up for the one in PID-3, by the older trigger too."""
    ids = ReadableIds()
    translation = read(message(trigger, PERSON, "MRG|76^^^Weir MRN^MRN^CD:529"), ids)
    assert (translation.event, translation.prior_patient_id) == (Event.merge, "patient-76")
    assert ids.prior_key.local == (("urn:tabard:authority:Weir%20MRN", "76"),)


@pytest.mark.parametrize(
    ("trigger", "reason"),
    [
        ("A17", Reason.missing_segment),  # one patient: a swap is of two
        ("A35", Reason.several_patients),  # MRG-1 names another than PID-3
        ("A44", Reason.no_visit_number),  # no MRG-5: which visit?
    ],
)
def test_what_moves_visits_and_says_too_little_is_parked(trigger: str, reason: Reason) -> None:
    """A swap, a merge of visits and a move of them are refused where it is not plain who and what is meant."""
    with pytest.raises(Untranslatable) as refusal:
        read(message(trigger, PERSON, VISIT, "MRG|76^^^Weir MRN^MRN"))
    assert refusal.value.reason is reason


@pytest.mark.parametrize(("prior", "is_parked"), [("8100^^^VISITID", True), ("8101^^^VISITID", False), ("", False)])
def test_a_visit_keeps_its_number(prior: str, is_parked: bool) -> None:  # noqa: FBT001  a parameter
    """An outpatient who is admitted under another number would lie in two places: it is parked."""
    raw = message("A06", PERSON, VISIT, f"MRG|77^^^Weir MRN^MRN||||{prior}")
    if not is_parked:
        assert read(raw).event is Event.to_inpatient
        return
    with pytest.raises(Untranslatable) as refusal:
        read(raw)
    assert (refusal.value.reason, refusal.value.place) == (Reason.unsupported_event, "MRG-5")


def test_null_says_nothing() -> None:
    """`""` empties nothing, be it a whole field or a component."""
    cleared = [
        person(8, '""').drafts[0].cleared,
        person(11, '""').drafts[0].cleared,
        visit(3, 'Heron^""^""').drafts[-1].cleared,
    ]
    assert cleared == [frozenset()] * 3
    assert [one["name"] for one in resources(visit(3, 'Heron^""^""'), "Location")] == ["Heron"]


@pytest.mark.parametrize(
    ("account", "event", "status", "noted"),
    [
        ("Active", "A08", "in-progress", None),
        ("PREADMIT", "A08", "planned", None),
        ("Pending Arrival", "A08", "planned", None),
        ("DISCHARGED", "A08", "finished", ("missing", "PV1-45")),
        ("DISCHARGED", "A01", "in-progress", ("contradiction", "PV1-41")),
        ("DISCHARGED", "A03", "finished", None),
        ("PREADMIT", "A01", "in-progress", None),
        ("Whatever", "A08", "in-progress", None),
    ],
)
def test_an_update_tells_of_the_account(account: str, event: str, status: str, noted: tuple[str, str] | None) -> None:
    """PV1-41 says of an update whether the visit is to come, is on or is over; what an event says outranks it."""
    translation = visit(41, account, event)
    assert resource(translation, "Encounter")["status"] == status
    assert flags(translation) == ({noted} if noted else set())


def test_repeats_of_one_name_are_one_doctor() -> None:
    """Codes of different authorities under one name are one Practitioner, the consultant code first, with the title sent."""
    translation = visit(7, "8950^Ito^Ken^^^Dr^^^DRNBR~C9999101^Ito^Ken^^^^^^NHSCSLTNBR")
    (doctor,) = resources(translation, "Practitioner")
    assert codes(doctor) == ["C9999101", "8950"]
    assert doctor["name"] == [{"family": "Ito", "given": ["Ken"], "prefix": ["Dr"]}]
    assert len(resource(translation, "Encounter")["participant"]) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("8950^Ito^Ken^^^^^^DRNBR", "8951^Ito^Ken^^^^^^DRNBR"),
        ("8950^Ito^Ken^^^Dr^^^DRNBR", "C9999101^Ito^Ken^^^Miss^^^NHSCSLTNBR"),
        ("8950^Ito^Ken^^^^^^DRNBR", "C9999101^Ito^Kei^^^^^^NHSCSLTNBR"),
        ("8950^Ito^^^^^^^DRNBR", "C9999101^Ito^^^^^^^NHSCSLTNBR"),
        ("8950^^^^^^^^DRNBR", "C9999101^^^^^^^^NHSCSLTNBR"),
    ],
)
def test_who_may_be_two_doctors_stay_two(one: str, other: str) -> None:
    """Two codes of one authority, another title or given name, or no given name: nobody is joined."""
    assert [*doctors(one, other)] == [[text.partition("^")[0]] for text in (one, other)]


def test_an_unresolved_code_is_never_text() -> None:
    """`CD:nnn` where a value should be is left out and flagged; behind a value it goes in silence."""
    for n, place in ((10, "PV1-10"), (4, "PV1-4"), (14, "PV1-14"), (2, "PV1-2")):
        translation = visit(n, "CD:5591")
        assert ("unresolved-code", place) in flags(translation)
        assert "CD:" not in str(translation.drafts)
    assert not flags(read(message("A31", PERSON)))


def test_text_around_an_unresolved_code_stays() -> None:
    """Only a whole component of that shape goes: a name or a note that holds it is left alone."""
    patient = resource(person(11, "CD:5 Mill^CD:99^Elmford^^ZZ99 1AA"), "Patient")
    assert patient["address"] == [{"line": ["CD:5 Mill"], "city": "Elmford", "postalCode": "ZZ99 1AA"}]


@pytest.mark.parametrize("point", ["07700900041^CD:4580206", "07700900041"])
def test_a_number_of_unknown_use_has_none(point: str) -> None:
    """A mobile stands in PID-13 too: without a readable word on its use none is claimed."""
    assert resource(person(13, point), "Patient")["telecom"] == [{"system": "phone", "value": "07700900041"}]


def test_words_are_read_in_any_case() -> None:
    """Display texts stand for codes, the standard's own among them, and are kept as the text of the code."""
    for sent, code in (("Inpatient", "IMP"), ("INPATIENT", "IMP"), ("outpatient", "AMB"), ("EMERGENCY", "EMER")):
        assert resource(visit(2, sent), "Encounter")["class"]["code"] == code
    service = resource(visit(10, "RENAL MEDICINE"), "Encounter")["serviceType"]
    assert (service["coding"][0]["code"], service["text"]) == ("361", "RENAL MEDICINE")
    assert resource(person(8, "MALE"), "Patient")["gender"] == "male"
    assert resource(person(16, "divorced"), "Patient")["maritalStatus"]["coding"][0]["code"] == "D"
    number = resource(person(32, "Number Present and Verified"), "Patient")["identifier"][1]
    assert number["extension"][0]["valueCodeableConcept"]["coding"][0]["code"] == "01"


def test_a_word_without_a_code_is_text() -> None:
    """No code is made of a word that no table holds: a specialty's code has three digits."""
    translation = visit(10, "Tropical Diseases")
    assert resource(translation, "Encounter")["serviceType"] == {"text": "Tropical Diseases"}
    assert ("unknown-code", "PV1-10") in flags(translation)
    assert resource(visit(10, "560"), "Encounter")["serviceType"]["coding"][0]["code"] == "560"


def test_numbers_may_be_told_by_an_oid() -> None:
    """A site whose authorities are OIDs is read by them, and an OID in MSH-4 is no organisation code."""
    ids = ReadableIds()
    raw = message("A31", with_field(PERSON, 3, "77^^^2.16.840.1.113883.3.2540.1~78^^^&2.16.840.1.113883.3.2540.2&ISO"))
    translation = read(raw.replace(b"|RZY|", b"|2.16.840.1.113883.3.2540|"), ids)
    assert ids.key.local == (
        ("urn:tabard:authority:2.16.840.1.113883.3.2540.1", "77"),
        ("urn:tabard:authority:2.16.840.1.113883.3.2540.2", "78"),
    )
    assert "managingOrganization" not in resource(translation, "Patient")


def test_what_is_said_twice_is_told_once() -> None:
    """One name in two fields, and one number of a known and an unknown use, are each one."""
    twice = with_field(with_field(PERSON, 9, "Holt^Miriam^^^Mrs^^CURRENT"), 13, "01632960041^HOME~01632960041^CD:458")
    patient = resource(read(message("A31", twice)), "Patient")
    assert patient["name"] == [{"use": "official", "family": "Holt", "given": ["Miriam"], "prefix": ["Mrs"]}]
    assert patient["telecom"] == [{"system": "phone", "value": "01632960041", "use": "home"}]


def test_a_result_notes_no_segment_that_it_reads() -> None:
    """OBX is noted in an admission, where it is left out, and not in a result."""
    result = ("OBR|1|1^X|2^X|UE^Urea^X|||202603010700||||||||||||||||||F", "OBX|1|NM|NA^Sodium^X||140|mmol/L|||||F")
    raw = message("A01", PERSON, *result).replace(b"ADT^A01", b"ORU^R01")
    assert not flags(read(raw))
    assert flags(read(message("A01", PERSON, VISIT, result[1]))) == {("not-mapped", "OBX")}


def homerton(n: int, value: str, trigger: str = "A01") -> Translation:
    """As `visit`, but from Homerton, with a case note number."""
    raw = message(trigger, PERSON.replace("^MRN^CD:529", "^CNN"), with_field(VISIT, n, value))
    return translate(parse(raw.replace(b"|RZY|TIE", b"|HOMERTON|TIE")), load("millennium-homerton"), ReadableIds())


def test_a_consultant_code_may_be_told_by_its_type() -> None:
    """Where every doctor has several codes of one shape, the type says which is the national one; a type tells others apart too."""
    repeats = ('C9999102^Ito^Ken^^^^^^""^Personnel^^^PRSNLID', 'C9999101^Ito^Ken^^^^^^""^Personnel^^^COMMUNITY DR NBR')
    (doctor,) = resources(homerton(7, "~".join(repeats)), "Practitioner")
    assert [(one["system"], one["value"]) for one in doctor["identifier"]] == [
        ("https://fhir.hl7.org.uk/Id/consultant-code", "C9999101"),
        ("urn:tabard:practitioner:PRSNLID", "C9999102"),
    ]


def test_a_word_known_to_have_no_code_is_nothing_to_look_at() -> None:
    """It is text, and only a word that nobody knows is flagged."""
    for word, noted in (("ADMITTED AS INPATIENT", set()), ("Sent Elsewhere", {("unknown-code", "PV1-36")})):
        translation = homerton(36, word, "A03")
        (method, *_) = resource(translation, "Encounter")["hospitalization"]["extension"][1:]
        assert method["valueCodeableConcept"] == {"text": word}
        assert flags(translation) == noted


def test_which_number_keys_a_visit_is_the_dialects_word(tmp_path: Path) -> None:
    """A site whose visits are known by their FIN says so, and keeps the other number beside it."""
    file = tmp_path / "site.toml"
    file.write_text(
        'base = "millennium-uk"\n[visits]\nnumber = "PID-18"\nothers = [{ field = "PV1-19", type = "VN" }]\n'
    )
    told = resource(translate(parse(message("A01", PERSON, VISIT)), load(str(file)), ReadableIds()), "Encounter")
    assert told["id"] == "encounter:urn:tabard:visit:Weir%20FIN:5501"
    assert [one["value"] for one in told["identifier"]] == ["5501", "8101"]
    without_fin = message("A01", with_field(PERSON, 18, ""), VISIT)
    with pytest.raises(Untranslatable) as refusal:
        translate(parse(without_fin), load(str(file)), ReadableIds())
    assert (refusal.value.reason, refusal.value.place) == (Reason.no_visit_number, "PID-18")
