"""Services: which function answers which hook, what it is asked, and what is made of its answer. Source: CDS Hooks 2.0."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tabard_kit.cards import Card
from tabard_kit.errors import BadCall
from tabard_kit.fhir import Fhir, Resource
from tabard_kit.listening import Hears, Listening


@dataclass(frozen=True, slots=True)
class Request:
    """What a service is asked: `context` as the hook defines it, `prefetch` what was read before by key (None: nothing).

    `fhir` reads more, within what the hospital lets this one call see; None where it lets it see nothing.
    """

    hook: str
    hook_instance: str
    context: Mapping[str, Any]
    prefetch: Mapping[str, Resource | None]
    fhir: Fhir | None = None

    @property
    def patient_id(self) -> str:
        """The patient's id in the record. Raises ValueError where the hook was asked about none."""
        found = self.context.get("patientId")
        if not isinstance(found, str) or not found:
            raise ValueError("the hook was asked about no patient")
        return found

    def resources(self, key: str) -> tuple[Resource, ...]:
        """What was prefetched under `key`: the resource, or those of a search's Bundle; () where there is nothing."""
        found = self.prefetch.get(key)
        if found is None:
            return ()
        if found.get("resourceType") != "Bundle":
            return (found,)
        return tuple(entry["resource"] for entry in found.get("entry", ()) if "resource" in entry)


Answers = Callable[[Request], Sequence[Card]]


@dataclass(frozen=True, slots=True)
class Service:
    """One service, as it is discovered, with the function that answers."""

    id: str
    hook: str
    title: str
    description: str
    prefetch: Mapping[str, str]
    answers: Answers

    def as_json(self) -> dict[str, Any]:
        """The service as discovery tells it."""
        told: dict[str, Any] = {"id": self.id, "hook": self.hook, "title": self.title, "description": self.description}
        return told | ({"prefetch": dict(self.prefetch)} if self.prefetch else {})


@dataclass(frozen=True, slots=True)
class Services:
    """The services of one product by id, and what of it listens to subscriptions."""

    by_id: dict[str, Service] = field(default_factory=dict)
    listening: Listening = field(default_factory=Listening)

    def hook(
        self,
        name: str,
        *,
        id: str,  # noqa: A002  the standard's word
        title: str,
        description: str = "",
        prefetch: Mapping[str, str] | None = None,
    ) -> Callable[[Answers], Answers]:
        """Make a function the service `id` of the hook `name`. Raises ValueError for an id that is taken.

        The hospital goes by the manifest; what is said here is what the service tells of itself to others.
        """

        def taken(answers: Answers) -> Answers:
            if id in self.by_id:
                raise ValueError(f"there is a service {id} already")
            self.by_id[id] = Service(id, name, title, description or title, dict(prefetch or {}), answers)
            return answers

        return taken

    def subscription(self, topic: str = "") -> Callable[[Hears], Hears]:
        """Make a function hear the notifications of a topic, whoever subscribed; without one, those that name none.

        With the content `empty` none is named. What the function has returned from is not told again; what it raised at,
        is. Raises ValueError for a topic that is taken.
        """

        def taken(hears: Hears) -> Hears:
            self.listening.listen(topic, hears)
            return hears

        return taken

    def discovery(self) -> dict[str, Any]:
        """What `GET /cds-services` answers."""
        return {"services": [service.as_json() for service in self.by_id.values()]}

    def answer(self, id_: str, told: Any, socket: str | None = None) -> dict[str, Any]:
        """What a service answers to the JSON of a call. Raises KeyError for no such service, BadCall for no such call."""
        service = self.by_id[id_]
        request = request_of(told, socket)
        if request.hook != service.hook:
            raise BadCall(f"this service answers {service.hook}, not {request.hook[:40]}")
        return {"cards": [card.as_json() for card in service.answers(request)]}


def request_of(told: Any, socket: str | None = None) -> Request:
    """The call that its JSON says; `socket` leads to the gateway. Raises BadCall where it is none."""
    if not isinstance(told, dict):
        raise BadCall("a call is a JSON object")
    hook_, instance, context = told.get("hook"), told.get("hookInstance"), told.get("context")
    prefetch, authorization = told.get("prefetch") or {}, told.get("fhirAuthorization") or {}
    if not (isinstance(hook_, str) and isinstance(instance, str) and isinstance(context, dict)):
        raise BadCall("a call has hook, hookInstance and context")
    if not isinstance(prefetch, dict) or not isinstance(authorization, dict):
        raise BadCall("prefetch and fhirAuthorization are JSON objects")
    token = authorization.get("access_token")
    fhir = Fhir(token, socket) if isinstance(token, str) and socket else None
    return Request(hook_, instance, context, prefetch, fhir)


services = Services()
"""The services of the product that this process is of."""

hook, subscription = services.hook, services.subscription
