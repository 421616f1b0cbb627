"""Results: whom they are about, and which visit. What a laboratory holds of the person changes neither patient nor visit."""

from tabard.dialect.model import Ids, PatientKey
from tabard.dialect.people.identifiers import Known
from tabard.dialect.reading import Reading
from tabard.dialect.results.report import reports
from tabard.dialect.visits.about import about


def result(reading: Reading, known: Known, key: PatientKey) -> Ids:
    """Every report of the message and its results. Raises Untranslatable when there is none."""
    whom = about(reading, known, key)
    reports(reading, whom)
    return whom.ids
