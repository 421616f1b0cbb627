"""What a person says about an app that asks: which patient, and which of its scopes. The portal's pages call this.

Source: SMART App Launch 2.2, "launch/patient", "Scopes"; RFC 6749, 3.3 and 4.1.1.
"""

from dataclasses import dataclass

from tabard.audit import AuditEvent, AuditLog, Outcome
from tabard.fhir.scopes import Scopes, parse
from tabard.gateway.contexts import check_choice
from tabard.gateway.errors import Refused, bad_request, forbidden
from tabard.gateway.model import CLINICIAN, Client, Context, EncounterContext, PatientContext, Person, told
from tabard.gateway.policy.subjects import subject_of
from tabard.gateway.ports import ClientRegistry, Record
from tabard.gateway.smart.approving import Approving
from tabard.gateway.smart.askings import Askings, Waiting
from tabard.gateway.smart.authorize import CONSENT, asking_at, asks_consent
from tabard.gateway.smart.grantable import LAUNCH, LAUNCH_ENCOUNTER, LAUNCH_PATIENT
from tabard.ground.time import Clock

KEPT = frozenset({LAUNCH, LAUNCH_PATIENT, LAUNCH_ENCOUNTER})
"""What nobody is asked about: an app that is opened for a patient is told which."""


@dataclass(frozen=True, slots=True)
class Asking:
    """An app that waits for a person: what it asks for, and the patient (None where one is still to be chosen)."""

    handle: str
    client: Client
    redirect_uri: str
    scopes: Scopes
    context: Context | None
    wants_encounter: bool


@dataclass(frozen=True, slots=True)
class Consenting:
    """Blocking: call it from a thread.

    Every method raises Refused (404 where nothing waits under the handle for this person) and AuditUnavailable.
    """

    clients: ClientRegistry
    record: Record
    askings: Askings
    approving: Approving
    audit: AuditLog
    clock: Clock

    def find(self, person: Person, handle: str) -> Asking:
        """What waits."""
        waiting = self._there(self.askings.find(person.id, handle))
        return Asking(
            handle,
            self._client(waiting),
            waiting.wish.redirect_uri,
            parse(waiting.wish.scopes),
            waiting.context,
            waiting.wish.wants_encounter,
        )

    def choose(self, person: Person, handle: str, context: PatientContext | EncounterContext) -> str:
        """Open the app for this patient; where the browser goes next."""
        asking = self.find(person, handle)
        self._check(person)
        if asking.context is not None:
            raise Refused(409, "conflict", "chosen", "The patient is chosen already.", remedy="Open the app anew.")
        if asking.wants_encounter and not isinstance(context, EncounterContext):
            raise bad_request("context", "This app wants one of the patient's visits.")
        check_choice(self.record, context)
        if not self.askings.place(person.id, handle, context):
            raise _gone()
        if asks_consent(asking.client):
            self._write(asking, person, context, Outcome.granted, "choose", None)
            return asking_at(CONSENT, handle)
        return self._finish(person, handle, None)

    def approve(self, person: Person, handle: str, chosen: Scopes) -> str:
        """Let the app have what was chosen of what it asks for; the app's address with a code."""
        self._check(person)
        return self._finish(person, handle, chosen)

    def decline(self, person: Person, handle: str) -> str:
        """Let the app have nothing; the app's address with the error."""
        waiting = self._there(self.askings.take(person.id, handle))
        self._write_about(waiting, person, Outcome.refused, "authorize", "declined")
        message = "The person did not let the app have this."
        error = {"error": "access_denied", "error_description": message}
        return self.approving.back(waiting.wish.redirect_uri, waiting.wish.state, error)

    def _finish(self, person: Person, handle: str, chosen: Scopes | None) -> str:
        """Once and for all: what waited is gone, whatever comes of it."""
        found = self._there(self.askings.find(person.id, handle))
        client, context = self._client(found), found.context
        if context is None:
            raise bad_request("context", "No patient is chosen yet.")
        if chosen is None and asks_consent(client):
            raise forbidden("consent", "This app is not opened without consent.")
        asked = parse(found.wish.scopes)
        granted = asked if chosen is None else _within(chosen, asked)
        if not granted.resources:
            raise bad_request("nothing", "Nothing was chosen: choose something, or do not let the app in.")
        waiting = self._there(self.askings.take(person.id, handle))
        location = self.approving.approve(person, waiting.wish, context, granted)
        self._write_about(waiting, person, Outcome.granted, "authorize", None)
        return location

    def _check(self, person: Person) -> None:
        if CLINICIAN not in person.roles:
            raise forbidden("role", "This person's roles do not let them open products on patients.")

    def _client(self, waiting: Waiting) -> Client:
        """The client as it is now: one that was removed meanwhile, or whose address was, gets nothing."""
        client = self.clients.client(waiting.wish.client)
        if client is None or waiting.wish.redirect_uri not in client.redirect_uris:
            raise _gone()
        return client

    def _there(self, waiting: Waiting | None) -> Waiting:
        if waiting is None:
            raise _gone()
        return waiting

    def _write_about(self, waiting: Waiting, person: Person, outcome: Outcome, action: str, reason: str | None) -> None:
        self._log(waiting.wish.client, person, waiting.context, outcome, action, reason)

    def _write(
        self, asking: Asking, person: Person, context: Context, outcome: Outcome, action: str, reason: str | None
    ) -> None:
        self._log(asking.client.id, person, context, outcome, action, reason)

    def _log(
        self, client: str, person: Person, context: Context | None, outcome: Outcome, action: str, reason: str | None
    ) -> None:
        event = AuditEvent(
            self.clock(),
            action,
            outcome,
            person=person.id,
            client=client,
            context=None if context is None else told(context),
            reason=reason,
            patients=() if context is None else subject_of(context),
        )
        self.audit.write(event).result()


def _within(chosen: Scopes, asked: Scopes) -> Scopes:
    """What was chosen, never more than was asked, with what goes without saying."""
    kept = tuple(word for word in asked.words if word in KEPT or word in chosen.words)
    return Scopes(chosen.narrow(asked).resources, kept)


def _gone() -> Refused:
    return Refused(
        404,
        "not-found",
        "asking",
        "Nothing waits for you here: it is used, too old, or somebody else's.",
        remedy="Open the app anew.",
    )
