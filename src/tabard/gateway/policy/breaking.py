"""Breaking the glass: what is restricted is withheld from everybody, until a person breaks the glass for that patient.

Withheld are resources labelled R or V, all that is about a patient labelled V, and the elements that `shielding` hides.
Never withheld is that somebody is here: who they are and a visit that goes on are shown, since a patient in a bed whom nobody
sees is in danger. Source: FHIR R4, security labels; v3 Confidentiality R (restricted), V (very restricted); ActReason BTG.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from tabard.fhir import Resource, decode, operation_outcome
from tabard.gateway.errors import Refused, forbidden
from tabard.gateway.model import EncounterContext, PatientContext, Rights, WardContext
from tabard.gateway.policy.limit import Limit
from tabard.gateway.policy.references import patients_named
from tabard.gateway.policy.referrers import Shield
from tabard.gateway.policy.stays import IN_PROGRESS
from tabard.gateway.policy.types import SURROUNDINGS
from tabard.gateway.ports import Record, Stored

_RESTRICTED = frozenset({"R", "V"})
_VERY_RESTRICTED = frozenset({"V"})
_MARK = b'"security"'
_WITHHELD = "Something that is asked for is restricted and not shown."
_REMEDY = "Who must see it for a patient's care breaks the glass at the portal, with a reason, and opens the product from there."


class Glass(Protocol):
    """For whom the glass is broken."""

    def opened(self, rights: Rights, /) -> frozenset[str]:
        """The ids of the patients whose glass is broken for these rights now."""


class Unbroken:
    """Glass that nobody can break."""

    def opened(self, rights: Rights, /) -> frozenset[str]:
        """Nobody's."""
        del rights
        return frozenset()


@dataclass(frozen=True, slots=True)
class Breaking:
    """Withholds what is restricted; whether a patient is so, is looked up in `record`."""

    record: Record
    glass: Glass
    elsewhere: Collection[str] = ()

    def closed(self, within: Limit, rights: Rights, resource_type: str, *, is_search: bool = False) -> Limit:
        """The limit, without what is restricted; it notes in `withheld` whose something was that it alone kept back.

        For a search that is noted beforehand, of all that lies within the limit: were it told of what matched, or counted,
        whoever asks for a code would learn by the answer whether a restricted result has it. The portal asks only what its own
        pages ask, of the whole hospital: there it is told of what matched, or every page would say so.
        """
        if resource_type == "Patient" or resource_type in SURROUNDINGS:
            return within
        opened = self.glass.opened(rights)
        is_known = is_search and resource_type not in self.elsewhere and rights.client is not None
        withheld = self._withheld(within, rights, resource_type, opened) if is_known else set[str]()
        before: dict[str, bool] = {}

        def permits(found: Resource) -> bool:
            if within.check is not None and not within.check(found):
                return False
            closed = [one for one in self._whose(found, before) if one not in opened]
            if not is_known:
                withheld.update(closed)
            return not closed

        return within._replace(check=permits, withheld=withheld)

    def shown(self, shield: Shield, rights: Rights, stored: Stored, now: Stored | None = None) -> Stored:
        """A version as it may be shown: behind the shield, unless the glass is broken for all whom it is about."""
        opened = self.glass.opened(rights)
        if opened and (about := frozenset(_about(stored))) and about <= opened:
            return stored
        return shield.shown(stored, now)

    def _withheld(self, within: Limit, rights: Rights, resource_type: str, opened: frozenset[str]) -> set[str]:
        """Whether anything of the type within a limit is withheld, whatever is searched for; "?" for somebody's."""
        match rights.context:
            case PatientContext(patient) | EncounterContext(_, patient):
                if patient in opened:
                    return set()
                if self._is_very_restricted(patient):
                    return {patient}
            case WardContext():
                return set()  # of a ward only visits that go on are searched, which are never withheld
            case _ if resource_type != "Encounter" and self._is_any("Patient", (), "V"):
                return {"?"}
        bounds = (("_id", ",".join(sorted(within.ids))),) if within.ids else within.parameters
        return {"?"} if self._is_any(resource_type, bounds, "R,V") else set()

    def _is_any(self, resource_type: str, bounds: Sequence[tuple[str, str]], codes: str) -> bool:
        asked = (("_security", codes), ("_total", "none"))
        return bool(self.record.search(resource_type, asked, count=1, within=bounds).matches)

    def _whose(self, found: Resource, known: dict[str, bool]) -> Iterable[str]:
        """Whose glass keeps a resource back; "?" where it is restricted and about nobody known. None where nothing does."""
        if _is_going_on(found):
            return ()
        patients = _patients_in(found)
        if _is_labelled(found, _RESTRICTED):
            return patients or ("?",)
        for patient in patients:
            if patient not in known:
                known[patient] = self._is_very_restricted(patient)
        return [patient for patient in patients if known[patient]]

    def _is_very_restricted(self, patient: str) -> bool:
        stored = self.record.read("Patient", patient)
        return stored is not None and _MARK in stored.body and _is_labelled(decode(stored.body), _VERY_RESTRICTED)


def restricted() -> Refused:
    """403: restricted, and the glass was not broken."""
    return forbidden("restricted", _WITHHELD, remedy=_REMEDY)


def notices_of(within: Limit) -> list[Resource]:
    """A word to the reader where something was withheld: what is not shown must not look as if it were not there."""
    return [operation_outcome("warning", "suppressed", f"{_WITHHELD} {_REMEDY}")] if within.withheld else []


def glass_of(rights: Rights) -> str | None:
    """The break under which a product was launched, for the audit."""
    return rights.context.glass if isinstance(rights.context, PatientContext | EncounterContext) else None


def _is_labelled(resource: Resource, codes: frozenset[str]) -> bool:
    labels = resource.get("meta", {}).get("security", ())
    return any(one.get("code") in codes for one in labels)


def _is_going_on(resource: Resource) -> bool:
    return resource.get("resourceType") == "Encounter" and resource.get("status") == IN_PROGRESS


def _patients_in(resource: Resource) -> tuple[str, ...]:
    return tuple(sorted(patients_named(resource)))


def _about(stored: Stored) -> Iterable[str]:
    """Of whom a resource tells: a Patient of itself, any other of whom it names."""
    return (stored.id,) if stored.type == "Patient" else _patients_in(decode(stored.body))
