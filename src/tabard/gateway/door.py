"""The portal's own door: the same policy with a person's role instead of scopes, and the same audit."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from tabard.audit import AuditEvent, AuditLog, Outcome
from tabard.fhir import Resource, decode
from tabard.fhir.scopes import parse
from tabard.gateway.api.found import Found
from tabard.gateway.api.reading import PAGE, Reading
from tabard.gateway.api.routes import Route, parameter_names
from tabard.gateway.glass import Glasses
from tabard.gateway.model import Person, Rights, WholeHospital
from tabard.gateway.peers import failed_peer, refused_search
from tabard.ground.errors import CallerError, PeerError
from tabard.ground.time import Clock
from tabard.link import Doubtful

_READ_ALL = parse("user/*.rs")


@dataclass(frozen=True, slots=True)
class Door:
    """Blocking: call it from a thread. `purpose` is a word or two for the audit, such as `ward list`; no patient data."""

    reading: Reading
    audit: AuditLog
    clock: Clock
    glass: Glasses | None = None

    def read(self, person: Person, resource_type: str, resource_id: str, purpose: str) -> Resource:
        """The resource as it is now. Raises Refused (its `status` 403, 404 or 409), PeerError, AuditUnavailable."""
        event = self._event(person, "read", Route("read", resource_type, resource_id), purpose)
        return self._audited(person, event, lambda: self.reading.read(_rights(person), resource_type, resource_id))

    def search(
        self, person: Person, resource_type: str, parameters: tuple[tuple[str, str], ...], purpose: str
    ) -> dict[str, Any]:
        """A searchset Bundle; its `next` link's `_page` goes to `search_on`. Raises Refused, CallerError, PeerError, AuditUnavailable."""
        event = replace(
            self._event(person, "search", Route("search", resource_type), purpose),
            parameters=parameter_names(resource_type, parameters),
        )
        return self._audited(person, event, lambda: self.reading.search(_rights(person), resource_type, parameters))

    def search_on(self, person: Person, resource_type: str, page: str, purpose: str) -> dict[str, Any]:
        """The page that an earlier page's `next` link named with `_page`."""
        return self.search(person, resource_type, ((PAGE, page),), purpose)

    def _event(self, person: Person, action: str, named: Route, purpose: str) -> AuditEvent:
        resource = named.told(is_known=False)
        return AuditEvent(
            self.clock(),
            action,
            Outcome.granted,
            person=person.id,
            context="hospital",
            resource=resource,
            purpose=purpose,
        )

    def _glass(self, person: Person, found: Found) -> str | None:
        """The break under which something was seen; None where nothing of that patient's was."""
        if self.glass is None or person.session is None:
            return None
        named = (one.removeprefix("Patient/") for one in found.seen if one.startswith("Patient/"))
        standing = (self.glass.standing(person, one) for one in (*found.patients, *named))
        return next((one.id for one in standing if one is not None), None)

    def _audited(self, person: Person, event: AuditEvent, interaction: Callable[[], Found]) -> Resource:
        """What the interaction found, once the audit is durable; a refusal is audited too."""
        try:
            found = interaction()
        except CallerError as error:
            refused = refused_search(error)
            self.audit.write(replace(event, outcome=Outcome.refused, reason=refused.reason)).result()
            if isinstance(error, Doubtful):
                raise refused from error
            raise
        except PeerError as error:
            self.audit.write(replace(event, outcome=Outcome.failed, reason=failed_peer(error).reason)).result()
            raise
        except Exception as error:
            self.audit.write(replace(event, outcome=Outcome.failed, reason=type(error).__name__)).result()
            raise
        shown: dict[str, Any] = {"seen": found.seen} if found.stored is None else {"resource": found.seen[0]}
        if (glass := self._glass(person, found)) is not None:
            shown["glass"] = glass
        patients = tuple(one for one in found.patients if f"Patient/{one}" not in found.seen)
        self.audit.write(replace(event, patients=patients, **shown)).result()
        return decode(found.body)


def _rights(person: Person) -> Rights:
    return Rights(person.id, person.roles, _READ_ALL, WholeHospital(), session=person.session)
