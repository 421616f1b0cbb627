"""The gateway of one hospital, put together from its parts."""

from importlib.metadata import version
from types import MappingProxyType
from urllib.parse import urlsplit

from sqlalchemy import Engine

from tabard.audit import AuditLog
from tabard.gateway.api.app import FhirApp
from tabard.gateway.api.cursors import Cursors
from tabard.gateway.api.reading import Reading
from tabard.gateway.api.waiting import Waiting
from tabard.gateway.api.writing import Writing
from tabard.gateway.app import GatewayApp
from tabard.gateway.door import Door
from tabard.gateway.launching import Launching
from tabard.gateway.model import Context, Person
from tabard.gateway.policy import ReachMemory, Shield
from tabard.gateway.ports import ClientRegistry, Elsewhere, Feeds, Record, Sessions, Waits, Writes
from tabard.gateway.public import Public
from tabard.gateway.smart.authorize import Authorize
from tabard.gateway.smart.codes import Codes
from tabard.gateway.smart.endpoints import Endpoints
from tabard.gateway.smart.grants import Grants
from tabard.gateway.smart.launches import Launches
from tabard.gateway.smart.lifetimes import Lifetimes
from tabard.gateway.smart.tables import METADATA
from tabard.gateway.smart.token import Token
from tabard.ground.ids import MakeToken, new_key, unguessable
from tabard.ground.time import Clock, system_clock

_AUTH = "/auth"


class Gateway:
    """The only door to the information. `base_url` is the FHIR base as products see it, such as http://localhost:8000/fhir.

    `engine` is of gateway.db. `elsewhere` are the types for which `record` asks another system; `writes` is the
    way of what products write, None where nothing is taken. `waits` tells about whom messages are held. Links to further pages are
    good for as long as this process runs.
    """

    def __init__(  # noqa: PLR0913  each is a part of the world outside, named by wiring
        self,
        *,
        base_url: str,
        record: Record,
        feeds: Feeds,
        clients: ClientRegistry,
        sessions: Sessions,
        audit: AuditLog,
        engine: Engine,
        elsewhere: Elsewhere = MappingProxyType({}),
        writes: Writes | None = None,
        waits: Waits | None = None,
        clock: Clock = system_clock,
        make_token: MakeToken = unguessable,
        lifetimes: Lifetimes | None = None,
    ) -> None:
        METADATA.create_all(engine)
        base, lives = base_url.rstrip("/"), lifetimes or Lifetimes()
        place = urlsplit(base)
        self._grants = Grants(engine, clients, clock, make_token, lives)
        launches = Launches(engine, clock, make_token, lives)
        codes = Codes(engine, self._grants, clock, make_token, lives)
        reach = ReachMemory(record, elsewhere)
        waiting, shield = Waiting(waits, reach), Shield(record)
        reading = Reading(base, record, reach, feeds, Cursors(new_key()), elsewhere, writes, waiting, shield)
        authorize = Authorize(base, clients, sessions, launches, codes)
        endpoints = Endpoints(authorize, Token(clients, codes, self._grants), self._grants, audit, clock)
        auth = f"{place.scheme}://{place.netloc}{_AUTH}"
        public = Public(base, auth, version("tabard"), clock().date().isoformat(), feeds, elsewhere, writes)
        writing = None if writes is None else Writing(base, writes)
        fhir = FhirApp(reading, self._grants, feeds, audit, clock, writing)
        self._launching = Launching(base, clients, record, launches, audit, clock)
        self.door = Door(reading, audit, clock)
        """The portal's own way to patients, audited as the products' is."""
        self.app = GatewayApp(place.path, _AUTH, fhir, endpoints, public, sessions)
        """The ASGI app for the FHIR base and for /auth; it reads whole paths."""

    def launch(self, person: Person, client_id: str, context: Context) -> str:
        """The address that opens a product in a context for this person: good once, for five minutes. Blocking.

        Raises Refused (its `status` 403 or 404) and AuditUnavailable.
        """
        return self._launching.launch(person, client_id, context)

    def revoke(self, *, client_id: str | None = None, person_id: str | None = None) -> None:
        """End at once every token of a product, of a person, or of that person with that product. Blocking."""
        self._grants.revoke_where(client=client_id, person=person_id)
