"""An authorize request to which nothing is wanting becomes a code."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tabard.fhir.scopes import Scopes, parse
from tabard.gateway.model import Context, Person
from tabard.gateway.ports import Directory, Record
from tabard.gateway.smart.codes import Approval, Codes
from tabard.gateway.smart.grantable import FHIR_USER, OFFLINE, PROFILE
from tabard.gateway.smart.requests import with_parameters
from tabard.gateway.smart.wishes import Wish


@dataclass(frozen=True, slots=True)
class Approving:
    """Gives codes. What cannot be kept of a scope's promise is not granted, and so not told to the client as if it were."""

    base: str
    record: Record
    codes: Codes
    directory: Directory | None = None

    def approve(self, person: Person, wish: Wish, context: Context, scopes: Scopes) -> str:
        """The address to send the browser back to, with a code for `scopes`."""
        lacking = set()
        fhir_user = self._practitioner(person)
        if fhir_user is None:
            lacking |= {FHIR_USER, PROFILE}
        if self.directory is None or not self.directory.roles_of(person.id):
            lacking |= {OFFLINE}
        granted = replace(scopes, words=tuple(word for word in scopes.words if word not in lacking))
        is_told = not {FHIR_USER, PROFILE}.isdisjoint(granted.words)
        approval = Approval(
            client=wish.client,
            person=person,
            context=context,
            scopes=str(granted),
            redirect_uri=wish.redirect_uri,
            challenge=wish.challenge,
            fhir_user=fhir_user if is_told else None,
            nonce=wish.nonce,
            auth_time=wish.auth_time,
        )
        return self.back(wish.redirect_uri, wish.state, {"code": self.codes.give(approval)})

    def whole(self, person: Person, wish: Wish, context: Context) -> str:
        """The same with all that could be granted: for a client that nobody is asked about."""
        return self.approve(person, wish, context, parse(wish.scopes))

    def back(self, redirect_uri: str, state: str | None, told: Mapping[str, str]) -> str:
        """Where the browser goes, with the client's state and in whose name we answer. Source: RFC 6749, 4.1.2; RFC 9207, 2."""
        said = {**told, **({} if state is None else {"state": state}), "iss": self.base}
        return with_parameters(redirect_uri, tuple(said.items()))

    def _practitioner(self, person: Person) -> str | None:
        """The person's Practitioner, where the record has one."""
        if person.practitioner is None or self.record.read("Practitioner", person.practitioner) is None:
            return None
        return person.practitioner
