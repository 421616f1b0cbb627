"""Ids for trials: each says what it was made of, so that one that changes shows by what."""

from tabard.dialect.model import PatientKey


class ReadableIds:
    """An IdMaker that knows no record and keeps nothing."""

    def patient(self, key: PatientKey) -> str:
        """All that may find the patient."""
        return f"{key.local}{key.nhs_number}"

    def prior_patient(self, key: PatientKey) -> str:
        """As for the patient."""
        return self.patient(key)

    def other(self, type: str, *parts: str) -> str:  # noqa: A002  FHIR's own word
        """The parts, each as it is."""
        return f"{type}{parts}"
