"""Launching a product from the portal: the context is looked up before it is promised to anybody.

Source: SMART App Launch 2.2, "App Launch: EHR Launch".
"""

from dataclasses import dataclass

from tabard.audit import AuditEvent, AuditLog, Outcome
from tabard.gateway.contexts import check_context
from tabard.gateway.errors import Refused, forbidden
from tabard.gateway.model import CLINICIAN, Client, Context, Person, told
from tabard.gateway.policy.subjects import subject_of
from tabard.gateway.ports import ClientRegistry, Record
from tabard.gateway.smart.authorize import asks_consent
from tabard.gateway.smart.launches import ANYBODY, Launch, Launches
from tabard.gateway.smart.requests import with_parameters
from tabard.ground.time import Clock


@dataclass(frozen=True, slots=True)
class Launching:
    """Blocking: call it from a thread."""

    base: str
    clients: ClientRegistry
    record: Record
    launches: Launches
    audit: AuditLog
    clock: Clock

    def launch(self, person: Person, client_id: str, context: Context) -> str:
        """The address to send the browser to. Raises Refused (`status` 403, 404) and AuditUnavailable."""
        try:
            client = self._check(person, client_id, context)
        except Refused as refused:
            self._write(person, client_id, context, Outcome.refused, refused.reason)
            raise
        handle = self.launches.give(Launch(client.id, person.id, context))
        self._write(person, client_id, context, Outcome.granted, None)
        return with_parameters(client.launch_uri, (("iss", self.base), ("launch", handle)))

    def launch_for_anybody(self, client_id: str, context: Context) -> str:
        """The same for whoever opens it first, signed in: for somebody who rules the machine, to try an app.

        Only for an app that then asks its user for consent, on a page that names the patient.
        """
        try:
            client = self._client(client_id)
            if not asks_consent(client):
                raise forbidden("person", "This product asks nobody anything: say for whom it is to be opened.")
            check_context(self.record, context)
        except Refused as refused:
            self._write(None, client_id, context, Outcome.refused, refused.reason)
            raise
        handle = self.launches.give(Launch(client.id, ANYBODY, context))
        self._write(None, client_id, context, Outcome.granted, None)
        return with_parameters(client.launch_uri, (("iss", self.base), ("launch", handle)))

    def _client(self, client_id: str) -> Client:
        client = self.clients.client(client_id)
        if client is None:
            raise Refused(404, "not-found", "client", "No product of this id is installed and live here.")
        if not client.launch_uri:
            raise Refused(404, "not-found", "launch_uri", "This client is registered without a launch address.")
        return client

    def _check(self, person: Person, client_id: str, context: Context) -> Client:
        client = self._client(client_id)
        if CLINICIAN not in person.roles:
            raise forbidden("role", "This person's roles do not let them open products on patients.")
        check_context(self.record, context)
        return client

    def _write(
        self, person: Person | None, client_id: str, context: Context, outcome: Outcome, reason: str | None
    ) -> None:
        event = AuditEvent(
            self.clock(),
            "launch",
            outcome,
            person=None if person is None else person.id,
            client=client_id,
            context=told(context),
            reason=reason,
            patients=subject_of(context),
        )
        self.audit.write(event).result()
