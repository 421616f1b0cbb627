"""All of CDS Hooks at one hospital, put together from its parts."""

from dataclasses import dataclass

from joserfc.jwk import ECKey
from sqlalchemy import Engine

from tabard.audit import AuditLog
from tabard.gateway.api.reading import Reading
from tabard.gateway.cds.advising import Advising
from tabard.gateway.cds.app import PATH
from tabard.gateway.cds.asking import Asking
from tabard.gateway.cds.board import Board
from tabard.gateway.cds.callers import Callers
from tabard.gateway.cds.calling import Calling
from tabard.gateway.cds.desk import Desk
from tabard.gateway.cds.feedback import Feedback
from tabard.gateway.cds.firing import Firing, Versions
from tabard.gateway.cds.lending import Lending
from tabard.gateway.cds.ports import Services
from tabard.gateway.cds.proofs import Proofs
from tabard.gateway.cds.publishing import JWKS
from tabard.gateway.ports import ClientRegistry
from tabard.gateway.smart.grants import Grants
from tabard.ground.ids import MakeToken
from tabard.ground.time import Clock

_CURVE = "P-384"


@dataclass(frozen=True, slots=True)
class Hooks:
    """What asks products: `desk` for people, `firing` for what the record system tells."""

    desk: Desk
    firing: Firing
    proofs: Proofs
    asking: Asking
    feedback: Feedback

    def calling(self, origin: str, callers: Callers) -> Calling:
        """The same services for record systems that may call them."""
        return Calling(origin + PATH, callers, self.asking, self.feedback)

    def close(self) -> None:
        """Ask nothing any more."""
        self.firing.stop()
        self.desk.advising.close()


@dataclass(frozen=True, slots=True)
class Hospital:
    """The parts of the hospital that asking needs."""

    base: str
    reading: Reading
    clients: ClientRegistry
    grants: Grants
    audit: AuditLog
    engine: Engine
    clock: Clock
    make_token: MakeToken


def hooks_of(here: Hospital, services: Services, versions: Versions) -> Hooks:
    """CDS Hooks of a hospital. The key that signs its calls is of this process alone, and is published while that runs."""
    origin = here.base.rpartition("/")[0]
    proofs = Proofs(origin, origin + JWKS, ECKey.generate_key(_CURVE), here.clock, here.make_token)
    lending = Lending(here.clients, here.grants, here.make_token)
    asking = Asking(here.base, services, here.reading, lending, proofs, here.audit, here.clock)
    advising, board = Advising(asking), Board(here.engine, here.clock)
    feedback = Feedback(services, proofs, here.audit, here.clock)
    desk = Desk(services, advising, board, feedback)
    firing = Firing(versions, advising.advise, lambda occasion, told: board.keep(occasion, tuple(told)))
    return Hooks(desk, firing, proofs, asking, feedback)
