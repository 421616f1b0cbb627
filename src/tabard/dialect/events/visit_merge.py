"""Visits given up for another, and visits moved to another patient. Source: HL7 v2.4, 3.3.35 "A35" to 3.3.45 "A45".

What is not plainly said is refused: a visit on the wrong patient is worse than a message that waits for a person.
"""

from tabard.dialect.errors import Reason, Untranslatable
from tabard.dialect.events.merge import check_apart, prior
from tabard.dialect.events.registrations import drafted
from tabard.dialect.model import Ids, PatientKey
from tabard.dialect.needs import findable, required
from tabard.dialect.people.identifiers import Known
from tabard.dialect.reading import Reading
from tabard.dialect.visits.encounter import encounter_id, number_in, required_visit, visit_identifier
from tabard.fhir.json import Resource
from tabard.hl7v2 import Segment

PRIOR = {"PID-18": 3, "PV1-19": 5, "PV1-50": 6}
"""The field of the visit number, and that of MRG with the number it had. Source: HL7 v2.4, 3.4.9 "MRG"."""


def merge_visits(reading: Reading, known: Known, key: PatientKey) -> Ids:
    """Two visits of one patient were one: that of MRG is given up for the other."""
    mrg = required(reading, "MRG")
    prior_key, _ = prior(reading, mrg)
    if prior_key.local and not set(prior_key.local) & set(key.local):
        raise Untranslatable(
            Reason.several_patients,
            "A merge of two visits names two patients.",
            place="MRG-1",
            expected="a number of the patient in PID, or nothing",
            remedy="Have the sender move the visit to the other patient first (A44 or A45).",
        )
    visit = required_visit(reading, reading.first("PV1"))
    old = _prior_visit(reading, mrg)
    if old is None:
        raise _no_visit(reading)
    if _is_one(old, visit):
        raise Untranslatable(
            Reason.merge_with_itself,
            "A merge names the same visit as the one that stays and the one that goes.",
            place=_place(reading),
            expected="the number of another visit",
            remedy="Ask the sender which two visits are meant.",
        )
    patient_id = drafted(reading, reading.ids.patient(key), known.identifiers)
    return Ids(patient_id, visit_id=encounter_id(reading, visit), prior_visit_ids=(encounter_id(reading, old),))


def move_visits(reading: Reading, known: Known, key: PatientKey) -> Ids:
    """Visits of the patient in MRG are moved to the one in PID; each keeps its number."""
    segments = reading.all("MRG") or (required(reading, "MRG"),)
    priors = {prior(reading, mrg)[0] for mrg in segments}
    if len(priors) > 1:
        raise Untranslatable(
            Reason.several_patients,
            "A move of visits takes them from more than one patient.",
            place="MRG-1",
            expected="the same patient in every MRG",
            remedy="Have the sender send a message for each patient that visits are taken from.",
        )
    (prior_key,) = priors
    check_apart(key, findable(reading, prior_key, "MRG-1"))
    moved = [_moved(reading, mrg) for mrg in segments]
    visits = tuple(dict.fromkeys(encounter_id(reading, one) for one in moved if one is not None))
    patient_id, prior_id = reading.ids.patient(key), reading.ids.prior_patient(prior_key)
    drafted(reading, patient_id, known.identifiers)
    return Ids(patient_id, prior_id, visits[0] if len(visits) == 1 else None, visits)


def _moved(reading: Reading, mrg: Segment) -> Resource | None:
    """The visit that an MRG moves. Raises Untranslatable where it names none, unless the dialect says that this means all."""
    old = _prior_visit(reading, mrg)
    if old is None and not reading.dialect.visits.may_move_all:
        raise _no_visit(reading)
    now = [visit_identifier(reading, pv1) for pv1 in reading.all("PV1")]
    if old is not None and any(now) and not any(one is not None and _is_one(old, one) for one in now):
        raise Untranslatable(
            Reason.unsupported_event,
            "A move gives a visit another number.",
            place=_place(reading),
            expected=f"the number in {reading.dialect.visits.number}",
            remedy="Have the sender keep a visit's number when it moves.",
        )
    return old


def _prior_visit(reading: Reading, mrg: Segment) -> Resource | None:
    n = PRIOR.get(reading.dialect.visits.number)
    return number_in(reading, mrg.field(n)) if n is not None else None


def _is_one(a: Resource, b: Resource) -> bool:
    return bool(a["system"] == b["system"] and a["value"] == b["value"])


def _place(reading: Reading) -> str:
    return f"MRG-{PRIOR.get(reading.dialect.visits.number, 5)}"


def _no_visit(reading: Reading) -> Untranslatable:
    return Untranslatable(
        Reason.no_visit_number,
        "The message does not say which visit is given up or moved.",
        place=_place(reading),
        expected="the number that the visit had",
        remedy="Have the sender fill it; a dialect may say that a move without it means every visit (`may_move_all`).",
    )
