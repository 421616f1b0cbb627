"""The gateway of one hospital, put together from its parts."""

from dataclasses import replace
from importlib.metadata import version
from types import MappingProxyType
from urllib.parse import urlsplit

from sqlalchemy import Engine

from tabard.audit import AuditLog
from tabard.gateway.api.audited import Audited
from tabard.gateway.api.fhir_api import fhir_api
from tabard.gateway.app import GatewayApp
from tabard.gateway.cds.building import Hooks, Hospital, hooks_of
from tabard.gateway.cds.ports import Services
from tabard.gateway.door import Door
from tabard.gateway.egress import Approvals, Caller, EgressApp
from tabard.gateway.egress.approvals import Declared
from tabard.gateway.export import Bulk, ExportApp, Exporting, Jobs
from tabard.gateway.glass import Glasses
from tabard.gateway.kept import Keep
from tabard.gateway.launching import Launching
from tabard.gateway.model import Context, Person
from tabard.gateway.ports import ClientRegistry, Directory, Elsewhere, Feeds, Record, Sessions, Waits, Writes
from tabard.gateway.product_socket import ProductSocket, TokensOf
from tabard.gateway.public import Public
from tabard.gateway.smart.jwks_fetching import JwkSets
from tabard.gateway.smart.lifetimes import Lifetimes
from tabard.gateway.smart.server import Outside, SmartServer
from tabard.gateway.smart.signing_keys import SigningKeys
from tabard.gateway.subscriptions import Here, Notices, subscriptions_of
from tabard.ground.ids import MakeToken, unguessable
from tabard.ground.time import Clock, system_clock

_AUTH = "/auth"


class Gateway:
    """The only door to the information. `base_url` is the FHIR base as products see it, such as http://localhost:8000/fhir.

    `engine` is of gateway.db. `directory` knows what people are who are not there: without it no app has offline access.
    `signing_keys` are of id_tokens, in memory alone where none are given; `jwk_sets` are clients' own. `elsewhere` are the types for which `record` asks another system; `writes` is the
    way of what products write, None where nothing is taken; `keep` opens transactions for what they keep here. `waits` tells about whom messages are held. `notices` is what
    subscriptions need, None where there are none. Links to further pages are good for as long as this process runs.
    `outside` tells which hosts a product declares, and `caller` calls those that are approved.
    `audited` is the audit as it is told over the API, None where it is not.
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
        keep: Keep | None = None,
        bulk: Bulk | None = None,
        notices: Notices | None = None,
        waits: Waits | None = None,
        clock: Clock = system_clock,
        make_token: MakeToken = unguessable,
        lifetimes: Lifetimes | None = None,
        directory: Directory | None = None,
        signing_keys: SigningKeys | None = None,
        jwk_sets: JwkSets | None = None,
        outside: Declared = lambda _: (),
        caller: Caller | None = None,
        audited: Audited | None = None,
    ) -> None:
        base = base_url.rstrip("/")
        place = urlsplit(base)
        auth = f"{place.scheme}://{place.netloc}{_AUTH}"
        keys = signing_keys or SigningKeys(clock)
        fetched = jwk_sets or JwkSets(clock)
        lives = lifetimes or Lifetimes()
        smart = SmartServer(
            Outside(
                base, auth, record, clients, sessions, audit, engine, clock, make_token, lives, keys, fetched, directory
            )
        )
        self._grants, self._record = smart.grants, record
        self.glass = Glasses(engine, record, audit, clock)
        """Where the glass is broken, and breaks are reviewed."""
        api = fhir_api(
            base,
            record,
            feeds,
            self._grants,
            audit,
            clock,
            elsewhere=elsewhere,
            writes=writes,
            waits=waits,
            keep=keep,
            glass=self.glass,
            audited=audited,
        )
        self._launching = Launching(base, clients, record, smart.launches, audit, clock)
        self.door = Door(api.reading, audit, clock, self.glass)
        """The portal's own way to patients, audited as the products' is."""
        self._here = Hospital(base, api.reading, clients, smart.grants, audit, engine, clock, make_token)
        self.consenting = smart.consenting
        """What the portal's pages call where an app asks for a patient or for consent."""
        self.egress = Approvals(engine, outside, audit, clock)
        """Which hosts outside its products may call."""
        out = caller or Caller()
        egress = EgressApp(self.egress, out, self._grants, audit, clock)
        here = Here(base, api.reading.looking, clients, self._grants, self.egress, out, engine, audit, clock, feeds)
        self.subscriptions = None if notices is None else subscriptions_of(here, notices)
        """What tells subscribers, once it is begun; None where nobody can subscribe."""
        topics = None if self.subscriptions is None else self.subscriptions.offered
        public = Public(
            base,
            auth,
            version("tabard"),
            clock().date().isoformat(),
            feeds,
            elsewhere,
            api.offering,
            keys=keys,
            topics=topics,
        )
        self._jobs = (
            None if bulk is None else Jobs(bulk.folder, Exporting(api.reading.looking, bulk.scan, audit, clock), clock)
        )
        exports = None if self._jobs is None else ExportApp(base, self._jobs, self._grants, audit, clock)
        told = None if self.subscriptions is None else self.subscriptions.app
        self.app = GatewayApp(place.path, _AUTH, api.app, smart.endpoints, public, sessions, egress, exports, told)
        """The ASGI app for the FHIR base and for /auth; it reads whole paths."""
        self._socket = ProductSocket(place.path, api.app, public, egress, told)

    def close(self) -> None:
        """End what goes on in the background."""
        if self.subscriptions is not None:
            self.subscriptions.service.close()
        if self._jobs is not None:
            self._jobs.close()

    def socket_of(self, product: str) -> ProductSocket:
        """The ASGI app for the Unix socket of one product's server: the FHIR API, for tokens that are that product's."""
        tokens = TokensOf(product, self._grants)
        return replace(
            self._socket,
            fhir=replace(self._socket.fhir, grants=tokens),
            egress=replace(self._socket.egress, tokens=tokens, product=product),
            told=None if self._socket.told is None else replace(self._socket.told, tokens=tokens),
        )

    def hooks(self, services: Services) -> Hooks:
        """CDS Hooks over the products' `services`: begin its firing, hand it what the links write, and close it in the end."""
        return hooks_of(self._here, services, self._record)

    def launch(self, person: Person, client_id: str, context: Context) -> str:
        """The address that opens a product in a context for this person: good once, for five minutes. Blocking.

        Raises Refused (its `status` 403 or 404) and AuditUnavailable.
        """
        return self._launching.launch(person, client_id, self.glass.carried(person, context))

    def revoke(self, *, client_id: str | None = None, person_id: str | None = None) -> None:
        """End at once every token of a product, of a person, or of that person with that product. Blocking."""
        self._grants.revoke_where(client=client_id, person=person_id)
        if client_id is None and person_id is not None:
            self.glass.end(person_id)

    def signed_out(self, *, person_id: str) -> None:
        """End every token that a person's apps hold for as long as they are there: all but those with offline_access. Blocking."""
        self._grants.revoke_where(person=person_id, keeps_offline=True)
        self.glass.end(person_id)
