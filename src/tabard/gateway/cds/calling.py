"""Calling: the products' CDS services as a record system may call them. Its ids become the record's before anybody is asked.

Its token and its prefetch are never passed on: a product is given what its own rights let it see here, under the ids of the
record. Source: CDS Hooks 2.0, "Discovery", "Calling a CDS Service", "Feedback".
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

import msgspec

from tabard.audit import AuditEvent, Outcome
from tabard.gateway.cds.asking import Asking
from tabard.gateway.cds.callers import Caller, Callers
from tabard.gateway.cds.cards import Card
from tabard.gateway.cds.feedback import Feedback, Reaction
from tabard.gateway.cds.model import Hook, Occasion, Service
from tabard.gateway.errors import Refused, bad_request
from tabard.gateway.model import EncounterContext, PatientContext
from tabard.ground.errors import PeerError, ProductError

LARGEST_BYTES = 4 * 1024 * 1024
"""A call may bring a prefetch, which nobody reads; more than that is refused."""

_Id = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9\-.]{1,64}$")]
_PRACTITIONER = "Practitioner/"
_Told = TypeVar("_Told")


class _Context(msgspec.Struct, frozen=True, rename="camel"):
    user_id: Annotated[str, msgspec.Meta(max_length=200)]
    patient_id: _Id
    encounter_id: _Id | None = None


class _Call(msgspec.Struct, frozen=True, rename="camel"):
    hook: str
    hook_instance: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    context: _Context
    fhir_server: str | None = None


class _Reaction(msgspec.Struct, frozen=True, rename="camel"):
    card: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    outcome: str
    accepted_suggestions: Annotated[tuple[dict[str, Any], ...], msgspec.Meta(max_length=20)] = ()
    override_reason: dict[str, Any] | None = None


class _Feedback(msgspec.Struct, frozen=True):
    feedback: Annotated[tuple[_Reaction, ...], msgspec.Meta(max_length=50)]


@dataclass(frozen=True, slots=True)
class Calling:
    """Blocking; safe from any thread. `place` is the address of `/cds-services`. Every method raises Refused."""

    place: str
    callers: Callers
    asking: Asking
    feedback: Feedback

    def discovery(self) -> bytes:
        """What there is. No prefetch is asked for: what a product needs, it is given here."""
        told = [
            {"hook": one.hook, "id": one.name, "title": f"{one.product}: {one.title}", "description": one.description}
            for one in self.asking.services.all()
        ]
        return msgspec.json.encode({"services": told})

    def call(self, name: str, authorization: str | None, body: bytes) -> bytes:
        """The cards of one service, for a patient of the record system that calls."""
        caller, service, asked = self._audited("hook", lambda: self._understood(name, authorization, body))
        occasion = caller.arrivals.judged(service.client, lambda: _occasion(caller, service.hook, asked.context))
        advice = self.asking.ask(service, occasion)
        if advice.fault and not advice.cards:
            raise Refused(503, "transient", "no_advice", advice.fault, remedy="The chart itself is not affected.")
        return msgspec.json.encode({"cards": [_outward(card) for card in advice.cards]})

    def react(self, name: str, authorization: str | None, body: bytes) -> None:
        """Pass on what was done with a service's cards. Whom it was about is not said, and not asked."""
        for one in self._audited("hook-feedback", lambda: self._heard(name, authorization, body)):
            try:
                self.feedback.give(name, one, "record-system", "")
            except (PeerError, ProductError) as fault:
                raise Refused(503, "transient", "not_heard", fault.message, remedy="Try again later.") from fault

    def _understood(self, name: str, authorization: str | None, body: bytes) -> tuple[Caller, Service, _Call]:
        """Who calls which service with what."""
        caller = self.callers.proven(authorization, f"{self.place}/{name}")
        service, asked = self._service(name), _read(body, _Call)
        if asked.hook != service.hook:
            raise bad_request("hook", "This service is of another hook.", remedy="See the discovery document.")
        if asked.fhir_server not in (None, caller.base, f"{caller.base}/"):
            raise Refused(
                403, "forbidden", "fhir_server", "This is not the FHIR server that this hospital is linked to."
            )
        return caller, service, asked

    def _heard(self, name: str, authorization: str | None, body: bytes) -> tuple[Reaction, ...]:
        """What was done with which cards."""
        self.callers.proven(authorization, f"{self.place}/{name}/feedback")
        self._service(name)
        return tuple(map(_reaction, _read(body, _Feedback).feedback))

    def _audited(self, action: str, step: Callable[[], _Told]) -> _Told:
        """What a step came to; what is refused is in the audit before it is answered. Raises Refused, AuditUnavailable."""
        try:
            return step()
        except Refused as refused:
            event = AuditEvent(
                self.asking.clock(), action, Outcome.refused, status=refused.status, reason=refused.reason
            )
            self.asking.audit.write(event).result()
            raise

    def _service(self, name: str) -> Service:
        found = next((one for one in self.asking.services.all() if one.name == name), None)
        if found is None:
            raise Refused(
                404, "not-found", "service", "There is no such service here.", remedy="See the discovery document."
            )
        return found


def _occasion(caller: Caller, hook: Hook, context: _Context) -> Occasion:
    """Who is in front of whom, by the record's ids: exactly one patient, or nothing is asked. Raises NotOpened."""
    user = context.user_id.removeprefix(_PRACTITIONER)
    named = caller.people.get(user)
    account = caller.arrivals.person(() if named else caller.charts.staff_numbers(user), named)
    whom = caller.charts.whom(context.patient_id, context.encounter_id)
    caller.arrivals.must_be_current(whom.patient)
    about = PatientContext(whom.patient) if whom.encounter is None else EncounterContext(whom.encounter, whom.patient)
    return Occasion(hook, about, account.id, account.roles, f"{_PRACTITIONER}{account.practitioner}")


def _outward(card: Card) -> dict[str, Any]:
    """The card for a record system: no id of the record leaves, so that nothing is suggested that would name one."""
    links = tuple(one for one in card.links if one.type == "absolute")
    suggestions = tuple(one for one in card.suggestions if not one.actions)
    told: dict[str, Any] = msgspec.to_builtins(msgspec.structs.replace(card, links=links, suggestions=suggestions))
    return {name: value for name, value in told.items() if value not in ("", [], ())}


def _reaction(told: _Reaction) -> Reaction:
    if told.outcome == "accepted":
        chosen = told.accepted_suggestions[0].get("id", "") if told.accepted_suggestions else ""
        return Reaction(told.card, "accepted", str(chosen)[:200])
    if told.outcome != "overridden":
        raise bad_request("outcome", "The outcome is neither accepted nor overridden.")
    reason = (told.override_reason or {}).get("userComment", "")
    return Reaction(told.card, "overridden", reason=str(reason)[:500])


def _read(body: bytes, kind: type[Any]) -> Any:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError:
        raise bad_request(
            "body",
            "This is no call of a CDS service.",
            remedy="Send hook, hookInstance and context as the standard says.",
        ) from None
