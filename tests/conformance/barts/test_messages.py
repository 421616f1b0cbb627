"""Messages of the shape that Barts is known to send, against values read from them by eye. No message of its feed is public."""

from tabard.dialect import Event, Translation, load, translate
from tabard.hl7v2 import parse
from unit.dialect.messages import ReadableIds, flags, resource, resources

BARTS = load("millennium-barts")
MRN = "urn:oid:2.16.840.1.113883.3.2540.1"

HEADER = r"MSH|^~\&|MILLENNIUM|2.16.840.1.113883.3.2540|BLT_TIE|BLT|20260301083000||ADT^{0}|1||2.3"
FIRST = r"PID|1||700401^^^2.16.840.1.113883.3.2540.1~9990000018^^^NHSNBR^NHSNMBR||Holt^Miriam^^^Mrs^^Current||19710604|Female|||4 Quay^^Elmford^^ZZ99 1AA^GBR^Home||||||||5501^^^FIN"
SECOND = r"PID|2||700402^^^2.16.840.1.113883.3.2540.1||Ito^Ken^^^Mr^^Current||19600102|Male"
DOCTORS = "C9999101^Ito^Ken^^^^^^NHSPRSNLID~8950^Ito^Ken^^^^^^DRNBR"
VISIT = rf"PV1|1|RECURRING|Heron^Bay A^A4^MAIN||||{DOCTORS}||||||||||||8101^^^VISITID|||||||||||||||||||||||||20260301082500"


def read(event: str, *segments: str, ids: ReadableIds | None = None) -> Translation:
    raw = "\r".join((HEADER.format(event), f"EVN|{event}|20260301083000", *segments, ""))
    return translate(parse(raw.encode()), BARTS, ids or ReadableIds())


def test_an_admission() -> None:
    """The patient by OID, the doctor as one by two authorities, the visit as VISITID, the reason behind an empty code."""
    ids = ReadableIds()
    told = read("A01", FIRST, VISIT, "PV2|||^SHORT OF BREATH", ids=ids)
    assert ids.key.local == ((MRN, "700401"),)
    assert ids.key.nhs_number == "9990000018"
    visit = resource(told, "Encounter")
    assert (visit["class"]["code"], visit["status"]) == ("AMB", "in-progress")
    assert visit["reasonCode"] == [{"text": "SHORT OF BREATH"}]
    assert (visit["identifier"][0]["system"], visit["identifier"][0]["value"]) == ("urn:tabard:visit:VISITID", "8101")
    (doctor,) = [one for one in resources(told, "Practitioner") if one["name"][0]["family"] == "Ito"]
    assert [(one["system"], one["value"]) for one in doctor["identifier"]] == [
        ("https://fhir.hl7.org.uk/Id/consultant-code", "C9999101"),
        ("urn:tabard:practitioner:DRNBR", "8950"),
    ]
    assert resource(told, "Patient")["managingOrganization"]["identifier"]["value"] == "R1H"
    assert flags(told) == set()


def test_a_patient_on_a_waiting_list_has_not_come() -> None:
    """WAITLIST is a class of visits that have not begun."""
    visit = resource(read("A08", FIRST, VISIT.replace("RECURRING", "WAITLIST")), "Encounter")
    assert (visit["class"]["code"], visit["status"]) == ("PRENC", "planned")


def test_a34_merges_patients() -> None:
    """The registration in MRG-1 goes, the one in PID-3 stays."""
    told = read("A34", FIRST, "MRG|700409^^^2.16.840.1.113883.3.2540.1")
    assert (told.event, told.patient_id, told.prior_patient_id) == (Event.merge, "patient-700401", "patient-700409")


def test_a35_merges_visits_of_one_patient() -> None:
    """The visit in MRG-5 is given up for the one in PV1-19; the patient stays."""
    told = read("A35", FIRST, VISIT, "MRG|700401^^^2.16.840.1.113883.3.2540.1||||8109^^^VISITID")
    assert told.event is Event.merge_visits
    assert (told.visit_id, told.prior_visit_ids) == (
        "encounter:urn:tabard:visit:VISITID:8101",
        ("encounter:urn:tabard:visit:VISITID:8109",),
    )


def test_a44_moves_a_visit_to_another_patient() -> None:
    """The visit in MRG-5 was the patient's in MRG-1 and is now the one's in PID."""
    told = read("A44", FIRST, VISIT, "MRG|700409^^^2.16.840.1.113883.3.2540.1||||8101^^^VISITID")
    assert (told.event, told.patient_id, told.prior_patient_id) == (
        Event.move_visits,
        "patient-700401",
        "patient-700409",
    )
    assert told.prior_visit_ids == ("encounter:urn:tabard:visit:VISITID:8101",)


def test_a17_swaps_the_beds_of_two() -> None:
    """Two PID with a PV1 each: each patient is told at the place that was the other's."""
    theirs = VISIT.replace("8101", "8102").replace("A4", "A5")
    told = read("A17", FIRST, VISIT, SECOND, theirs)
    (other,) = told.also
    assert (told.event, told.patient_id, other.patient_id) == (Event.swap, "patient-700401", "patient-700402")
    assert [one["name"] for one in resources(told, "Location")] == ["Heron", "Bay A, A4"]
    assert [one["name"] for one in resources(other, "Location")] == ["Heron", "Bay A, A5"]
