"""Opened by a signed context address, at `/context/<link>`: the steps in the order in which they are safe."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from tabard.gateway.ehr_launch.address import must_be_now, must_be_sealed, read_address
from tabard.gateway.ehr_launch.arrivals import Arrivals
from tabard.gateway.ehr_launch.errors import NotOpened
from tabard.gateway.ehr_launch.finding import Finding
from tabard.gateway.ehr_launch.model import MERGED, Opening
from tabard.gateway.ehr_launch.origins import must_come_from
from tabard.gateway.sign_in import Once
from tabard.gateway.smart.requests import once_each
from tabard.link import ContextSettings

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ContextDoor:
    """One link's. `place` is the address of `/context/<link>`; `secrets` are of those two that a change may need. Blocking."""

    place: str
    settings: ContextSettings
    secrets: tuple[bytes, ...] = field(repr=False)
    once: Once
    finding: Finding
    arrivals: Arrivals

    def open(self, pairs: Pairs, product: str, headers: Mapping[str, str]) -> Opening:
        """Whom it is about, and who comes. Raises NotOpened, AuditUnavailable."""
        return self.arrivals.opened(product, lambda: self._open(pairs, product, headers))

    def _open(self, pairs: Pairs, product: str, headers: Mapping[str, str]) -> Opening:
        settings, clock = self.settings, self.arrivals.clock
        parameters, repeated = once_each(pairs)
        place = f"{self.place}/{product}" if product else self.place
        signed, seal = read_address(place, parameters, is_odd=bool(repeated))
        must_be_sealed(signed, seal, self.secrets)  # nothing is kept, and nothing looked up, for whoever has no secret
        must_come_from(headers, settings.origins)
        until = must_be_now(signed, clock(), timedelta(seconds=settings.lifetime_s), timedelta(seconds=settings.skew_s))
        if not self.once.spend(f"context {self.arrivals.link}", signed.nonce, until):
            raise NotOpened("replayed", "The address that opened this page was used before: it is good once.")
        if signed.visit and not settings.visit_system:
            raise NotOpened("visit_system", "This hospital is not set up to be opened on a visit.", status=400)
        named = settings.people.get(signed.user)
        account = self.arrivals.person(((settings.user_system, signed.user),), named)
        visit = (settings.visit_system, signed.visit) if signed.visit else None
        with self.arrivals.by(account):
            found = self.finding.whom((settings.patient_system, signed.patient), visit)
            self.arrivals.must_be_current(found.patient)
        words = (MERGED,) if found.is_merged else ()
        return Opening(account, self.arrivals.voucher(), found.patient, found.encounter, product, words)
