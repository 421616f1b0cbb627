"""Merge: which registration is given up (MRG), and for which (PID). Source: HL7 v2.4, 3.3.40 "A40", 3.3.47 "A47"."""

from collections.abc import Sequence

from tabard.dialect.errors import Reason, Untranslatable
from tabard.dialect.events.registrations import drafted
from tabard.dialect.model import Ids, PatientKey
from tabard.dialect.needs import findable, required
from tabard.dialect.people.identifiers import Known, read_identifiers
from tabard.dialect.people.patient import family_of, key_of
from tabard.dialect.reading import Reading
from tabard.fhir import nhs_number
from tabard.fhir.json import Resource
from tabard.hl7v2 import Segment

_NUMBERS, _NAME = ("MRG-1",), 7


def merge(reading: Reading, known: Known, key: PatientKey) -> Ids:
    """The one who stays, with the numbers that are given up as old ones.

    Of two registrations one is given up (A34, A40); or one person goes on under another number (A46, A47).
    """
    prior_key, old = prior(reading, required(reading, "MRG"))
    check_apart(key, findable(reading, prior_key, "MRG-1"))
    patient_id, prior_id = reading.ids.patient(key), reading.ids.prior_patient(prior_key)
    now = {(one.get("system"), one["value"]) for one in known.identifiers}
    aliases = [one for one in old if (one["system"], one["value"]) not in now]
    return Ids(drafted(reading, patient_id, [*known.identifiers, *aliases]), prior_id)


def prior(reading: Reading, mrg: Segment) -> tuple[PatientKey, Sequence[Resource]]:
    """What finds the registration that is given up, and its local numbers as old ones, which the survivor takes on."""
    known = read_identifiers(reading, mrg, _NUMBERS)
    old = [{**one, "use": "old"} for one in known.identifiers if one.get("system") not in {None, nhs_number.SYSTEM}]
    return key_of(known, family=family_of(mrg, _NAME)), old


def check_apart(survivor: PatientKey, given_up: PatientKey) -> None:
    """Raises Untranslatable when nothing tells the two registrations apart: to merge them would end the only one."""
    is_same = (
        set(given_up.local) <= set(survivor.local) if given_up.local else given_up.nhs_number == survivor.nhs_number
    )
    if not is_same:
        return
    raise Untranslatable(
        Reason.merge_with_itself,
        "A merge names the same registration as the one that stays and the one that goes.",
        place="MRG-1",
        expected="an identifier that is not in PID-3",
        remedy="Ask the sender which two registrations are meant.",
    )
