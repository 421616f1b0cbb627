"""What an ADT message says of the patient's health: allergies, diagnoses, procedures; each kind it holds is told whole.

Allergies are the patient's list; diagnoses and procedures are the visit's, and of no list where there is no visit. A kind that
is not in the message is not spoken of, and stays; so is one of which a segment could not be read.
Source: HL7 v2.4, 3.3.1 "ADT/ACK - Admit/visit notification", in the snapshot way of sending.
"""

from tabard.dialect.clinical.allergies import put_allergies
from tabard.dialect.clinical.diagnoses import put_diagnoses
from tabard.dialect.clinical.procedures import put_procedures
from tabard.dialect.model import Whole
from tabard.dialect.reading import Reading
from tabard.fhir.json import Resource


def put_clinical(reading: Reading, patient_id: str, visit_id: str | None) -> list[Resource]:
    """Draft what the message says of the patient's health; gives the visit's diagnoses as Encounter.diagnosis."""
    subject: Resource = {"reference": f"Patient/{patient_id}"}
    visit: Resource | None = {"reference": f"Encounter/{visit_id}"} if visit_id is not None else None
    allergies = reading.all(reading.dialect.clinical.allergies.segment)
    if allergies and put_allergies(reading, allergies, subject):
        reading.wholes.append(Whole("AllergyIntolerance", subject["reference"]))
    procedures = reading.all("PR1")
    if procedures and put_procedures(reading, procedures, subject, visit) and visit is not None:
        reading.wholes.append(Whole("Procedure", visit["reference"]))
    diagnoses = reading.all("DG1")
    told, is_whole = put_diagnoses(reading, diagnoses, subject, visit) if diagnoses else ([], False)
    if is_whole and visit is not None:
        reading.wholes.append(Whole("Condition", visit["reference"]))
    return told
