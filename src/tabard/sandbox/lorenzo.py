"""PretendLorenzo: a hospital's record system as the outside sees it, an ADT and results feed over MLLP."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from tabard.ground.time import Clock, system_clock
from tabard.sandbox.census import Census
from tabard.sandbox.delivery import Sent
from tabard.sandbox.events import Event
from tabard.sandbox.hospital import PretendHospital
from tabard.sandbox.laboratory import FULL_BLOOD_COUNT, Panel
from tabard.sandbox.layout import Layout, st_elsewhere
from tabard.sandbox.messages import render


class PretendLorenzo(PretendHospital[Sent]):
    """A pretend hospital that tells everything, results too, by HL7 v2.4; PretendHospital says how and how long.

    Its laboratory and its e-observations system report by ORU^R01. A merge is A40.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        seed: int = 1,
        layout: Layout | None = None,
        clock: Clock = system_clock,
        patience_s: float | None = 20.0,
        tell_trouble: Callable[[str], None] = lambda _: None,
    ) -> None:
        super().__init__(
            host,
            port,
            layout=layout or st_elsewhere(),
            seed=seed,
            clock=clock,
            patience_s=patience_s,
            tell_trouble=tell_trouble,
        )

    def result(
        self,
        mrn: str,
        panel: Panel = FULL_BLOOD_COUNT,
        values: Sequence[str] | None = None,
        at: datetime | None = None,
    ) -> Sent:
        """The laboratory, or with VITAL_SIGNS the ward's e-observations, reports: ORU^R01.

        `values`, when given, stand in the panel's order.
        """
        return self.tell(self.census.report(mrn, panel, at or self._clock(), values))

    def result_for_stranger(self, panel: Panel = FULL_BLOOD_COUNT) -> Sent:
        """The laboratory reports on somebody of whom this hospital never told: ORU^R01 for an unknown patient."""
        elsewhere = Census(self.layout, seed=0)
        stranger = replace(self.people.draw(), nhs_number=None, nhs_status="NSTS03")
        at = self._clock()
        elsewhere.register(stranger, at)
        return self.tell(elsewhere.report(stranger.mrn, panel, at))

    def _worded(self, event: Event, control_id: str, sequence: int, sent: datetime) -> bytes:
        return render(event, self.layout, control_id=control_id, sequence=sequence, sent=sent)

    def _live(self, event: Event) -> Sent:
        return self.tell(event)
