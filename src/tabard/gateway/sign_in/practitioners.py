"""Who somebody is among the record's Practitioners, by their numbers: exactly one, or it is not known who they are."""

from collections.abc import Iterable
from dataclasses import dataclass

from tabard.fhir import decode
from tabard.fhir.search_values import escape
from tabard.gateway.ports import Record, Stored
from tabard.gateway.sign_in.errors import NotSignedIn

Number = tuple[str, str]
"""An identifier system, and a value."""

_TELL = "Tell whoever runs Tabard at this hospital: your numbers in the record must be the ones that sign-in knows."


@dataclass(frozen=True, slots=True)
class Staff:
    """Finds Practitioners. Blocking; safe from any thread."""

    record: Record

    def one(self, numbers: Iterable[Number]) -> str | None:
        """The id of the one Practitioner who holds these numbers; None where nobody does.

        Raises NotSignedIn (`several_practitioners`) where they lead to two, and (`practitioner_inactive`) where the one is
        not in use any more.
        """
        found = {one.id: one for number in dict.fromkeys(numbers) for one in self._holders(number)}
        if len(found) > 1:
            raise NotSignedIn(
                "several_practitioners", "Your numbers are those of more than one person in the record.", remedy=_TELL
            )
        for stored in found.values():
            return _in_use(stored)
        return None

    def known(self, id_: str) -> str | None:
        """The Practitioner of that id, named by a table of the hospital's own; None where there is none."""
        stored = self.record.read("Practitioner", id_)
        return None if stored is None else _in_use(stored)

    def name(self, id_: str) -> str:
        """What the Practitioner is called; empty where the record does not say."""
        stored = self.record.read("Practitioner", id_)
        names = [] if stored is None else decode(stored.body).get("name", [])
        for one in names:
            parts = (*one.get("prefix", ()), *one.get("given", ()), one.get("family", ""))
            return " ".join(part for part in parts if part) or str(one.get("text", ""))
        return ""

    def _holders(self, number: Number) -> tuple[Stored, ...]:
        token = f"{escape(number[0])}|{escape(number[1])}"
        return tuple(self.record.search("Practitioner", (("identifier", token),)).matches)


def _in_use(stored: Stored) -> str:
    if decode(stored.body).get("active", True) is not True:
        raise NotSignedIn(
            "practitioner_inactive", "You are not in use as a member of staff in the record.", remedy=_TELL
        )
    return stored.id
