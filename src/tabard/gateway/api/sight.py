"""Sight: what a product may see, for keeping: by the very policy of reading and searching."""

from collections.abc import Sequence
from dataclasses import dataclass

from tabard.fhir.scopes import Letter
from tabard.gateway.api.looking import Looking
from tabard.gateway.api.reading import Reading
from tabard.gateway.api.request import Pairs
from tabard.gateway.errors import Refused
from tabard.gateway.model import Rights
from tabard.gateway.peers import refused_search
from tabard.gateway.policy import Limit
from tabard.gateway.ports import Stored
from tabard.ground.errors import CallerError

_ENOUGH = 2


@dataclass(frozen=True, slots=True)
class ReadingSight:
    """The sight that reading gives."""

    looking: Looking
    reading: Reading

    def limit(self, rights: Rights, resource_type: str, letter: Letter) -> Limit:
        """What the context and finer scopes leave of a type, for `letter`."""
        return self.looking.limit(rights, resource_type, letter)

    def matching(self, rights: Rights, resource_type: str, parameters: Pairs) -> Sequence[Stored]:
        """What matches and may be seen, as it may be shown, two at most."""
        try:
            found = self.reading.matching(rights, resource_type, parameters, _ENOUGH)
            return [self.looking.shown(rights, one) for one in found]
        except CallerError as error:
            raise refused_search(error) from error

    def may_reach(self, rights: Rights, resource_type: str, resource_id: str) -> bool:
        """Whether a resource is there and may be read."""
        try:
            self.looking.read(rights, resource_type, resource_id)
        except Refused:
            return False
        return True

    def current(self, resource_type: str, resource_id: str) -> Stored | None:
        """The resource as last committed, also one that is no more."""
        return self.looking.record.read(resource_type, resource_id)
