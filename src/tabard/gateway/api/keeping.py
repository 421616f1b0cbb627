"""Keeping: what a product wants to keep becomes changes, and what became of them an answer.

Source: FHIR R4 3.1.0.4 (update, conditional update), 3.1.0.5 (patch), 3.1.0.7 (delete), 3.1.0.8 (create, conditional create).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tabard.gateway.api.bodies import patch_in, resource_in, version_in
from tabard.gateway.api.found import Found, one
from tabard.gateway.api.request import Pairs, Request
from tabard.gateway.errors import bad_request
from tabard.gateway.http import parameters_of
from tabard.gateway.kept import Audit, Change, Done, Keeper
from tabard.gateway.model import Rights

_FORMS = frozenset({"_format", "_pretty", "_summary", "_elements"})


@dataclass(frozen=True, slots=True)
class Keeping:
    """Blocking; safe from any thread. Every method raises Refused."""

    keeper: Keeper

    def takes(self, request: Request) -> bool:
        """Whether this hospital takes such a change from anybody."""
        return (
            request.route.action in {"create", "update", "patch", "delete"} and request.route.type in self.keeper.types
        )

    def carry_out(self, rights: Rights, requests: Sequence[Request], audit: Audit) -> tuple[Found, ...]:
        """All of it or nothing; an answer for each, in the same order."""
        changes = [change_of(request, place) for place, request in enumerate(requests)]
        return tuple(self._found(done) for done in self.keeper.carry_out(rights, changes, audit))

    def _found(self, done: Done) -> Found:
        if done.change.action == "delete" or done.stored is None:
            return Found(b"", (done.reference,), status=204)
        location = f"{self.keeper.base}/{done.reference}/_history/{done.stored.version}"
        return one(done.stored)._replace(status=201 if done.is_new else 200, location=location)


def change_of(request: Request, place: int = 0) -> Change:
    """The change that a request asks for. Raises Refused."""
    wanted, version = request.route, version_in(request)
    match wanted.action:
        case "create":
            condition = request.headers.get(b"if-none-exist")
            asked = None if condition is None else _condition(condition.removeprefix("?").encode("latin-1"))
            return Change("create", wanted.type, "", resource_in(request), None, None, asked, request.name, place)
        case "update":
            asked = None if wanted.id else _condition(request.query)
            if wanted.id:
                _plain(request)
            return Change(
                "update", wanted.type, wanted.id, resource_in(request), None, version, asked, request.name, place
            )
        case "patch":
            _plain(request)
            return Change("patch", wanted.type, wanted.id, None, patch_in(request), version, place=place)
        case _:
            _plain(request)
            return Change("delete", wanted.type, wanted.id, version=version, place=place)


def _condition(query: bytes) -> Pairs:
    """What a condition searches by. Raises Refused for none, as anything would match."""
    pairs = tuple(pair for pair in parameters_of(query) if pair[0] not in _FORMS)
    if not pairs or any(name.startswith("_") and name not in {"_id", "_tag", "_profile"} for name, _ in pairs):
        raise bad_request(
            "condition", "A condition names what to search by, and nothing else.",
            remedy="Give search parameters of the type, such as identifier=SYSTEM|VALUE.",
        )  # fmt: skip
    return pairs


def _plain(request: Request) -> None:
    if any(name not in _FORMS for name, _ in parameters_of(request.query)):
        raise bad_request("parameters", "This takes no parameters.", remedy="Leave them out.")
