"""The desk: what the portal asks of CDS Hooks, for a person in front of a patient."""

from collections.abc import Sequence
from dataclasses import dataclass

from tabard.gateway.cds.advising import Advising
from tabard.gateway.cds.board import Board, Said
from tabard.gateway.cds.feedback import Feedback, Reaction
from tabard.gateway.cds.model import Advice, Hook, Occasion, Service
from tabard.gateway.cds.ports import Services
from tabard.gateway.errors import forbidden
from tabard.gateway.model import CLINICIAN, PatientContext, Person


@dataclass(frozen=True, slots=True)
class Desk:
    """Blocking; safe from any thread."""

    services: Services
    advising: Advising
    board: Board
    feedback: Feedback

    def has_services(self) -> bool:
        """Whether anything can be asked when a patient is opened."""
        return bool(self.services.all())

    def all(self) -> Sequence[Service]:
        """The services that are live."""
        return self.services.all()

    def advise(self, person: Person, patient: str) -> tuple[Advice, ...]:
        """What the services of patient-view say of a patient whom this person has opened."""
        user = "" if person.practitioner is None else f"Practitioner/{person.practitioner}"
        return self.advising.advise(Occasion(Hook.patient_view, PatientContext(patient), person.id, person.roles, user))

    def said(self, person: Person, patient: str) -> tuple[Said, ...]:
        """What was said at the last admission or discharge. Raises Refused to who may not see patients."""
        if CLINICIAN not in person.roles:
            raise forbidden("role", "This person's roles do not let them see patients.")
        return self.board.about(patient)

    def react(self, person: Person, patient: str, service: str, reaction: Reaction) -> None:
        """Tell a service what the person did with its card. Raises Refused, PeerError, ProductError."""
        if CLINICIAN not in person.roles:
            raise forbidden("role", "This person's roles do not let them see patients.")
        self.feedback.give(service, reaction, person.id, patient)
