"""Offering: which interactions this hospital offers for which type. The CapabilityStatement tells it and requests are held to it."""

from collections.abc import Collection

from tabard.fhir.scopes import Letter
from tabard.gateway.api.routes import AUDIT, CHANGES, Route
from tabard.gateway.errors import Refused
from tabard.gateway.kept import read_only
from tabard.gateway.model import Rights
from tabard.gateway.policy import SERVED, require_scope
from tabard.gateway.ports import Writes

_WHOLE = ("read", "vread", "history-instance", "history-type", "search-type")
_ELSEWHERE = ("read", "search-type")
_KEPT = ("create", "update", "patch", "delete")
_NAMED = {"read": "read", "vread": "vread", "search": "search-type"}
_WRITING = {"create": "c", "update": "u", "delete": "d"}
_LETTERS: dict[str, Letter] = {"search-type": "s", "history-type": "s"}


class Offering:
    """What is asked `elsewhere`, what goes back by links, which types products `keep`, and whether the audit is told."""

    def __init__(
        self,
        elsewhere: Collection[str] = (),
        writes: Writes | None = None,
        keep: Collection[str] = (),
        *,
        has_audit: bool = False,
    ) -> None:
        self.elsewhere = elsewhere
        self.writes = writes
        self.keep = keep
        self.has_audit = has_audit
        self._offered = {kind: (*self._looking(kind), *self._changing(kind)) for kind in self.types()}
        if has_audit:
            self._offered[AUDIT] = _ELSEWHERE

    def types(self) -> tuple[str, ...]:
        """The types for which anything is offered."""
        return SERVED

    def of(self, kind: str) -> tuple[str, ...]:
        """The interactions of a type, as the CapabilityStatement names them."""
        return self._offered.get(kind, ())

    def scopes(self) -> tuple[str, ...]:
        """The scopes by which this hospital can be written, by links or to be kept, and those of its audit where that is told."""
        told = (
            (kind, "".join(_WRITING[code] for code in codes if code in _WRITING))
            for kind, codes in self._offered.items()
        )
        own = tuple(f"{level}/{AUDIT}.rs" for level in ("user", "system")) if self.has_audit else ()
        return (*(f"patient/{kind}.{letters}" for kind, letters in sorted(told) if letters), *own)

    def require(self, rights: Rights, wanted: Route) -> None:
        """Refuse what is not offered, always with the same words; of looking the scope comes first."""
        if wanted.action in CHANGES:
            if wanted.action not in self.of(wanted.type):
                raise read_only()
            return
        named = interaction_of(wanted)
        if wanted.type and named is not None and named not in self.of(wanted.type):
            require_scope(rights, wanted.type, _LETTERS.get(named, "r"))
            raise not_offered()

    def is_sent_back(self, kind: str) -> bool:
        """Whether new ones of a type go to the record system."""
        return self.writes is not None and kind in self.writes.types

    def _looking(self, kind: str) -> tuple[str, ...]:
        if kind in self.elsewhere:
            return _ELSEWHERE
        return _WHOLE if kind in SERVED else ()

    def _changing(self, kind: str) -> tuple[str, ...]:
        if self.is_sent_back(kind):
            return ("create",)
        if self.writes is not None and kind == "Patient" and self.writes.updates_patients:
            return ("update",)
        return _KEPT if kind in self.keep else ()


def interaction_of(wanted: Route) -> str | None:
    """The FHIR name of what is asked; None for what is no interaction of one type."""
    action = wanted.action
    if action == "history":
        return "history-instance" if wanted.id else "history-type"
    return _NAMED.get(action)


def not_offered() -> Refused:
    """404: not declared, whatever the reason."""
    return Refused(
        404, "not-supported", "not_offered", "This interaction is not offered here for this type.",
        remedy="See the CapabilityStatement at metadata.",
    )  # fmt: skip
