"""PretendMillennium: a hospital's record system as the outside sees it, an ADT feed over MLLP and a FHIR server."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from tabard.ground.ids import unguessable
from tabard.ground.time import Clock, system_clock
from tabard.sandbox.delivery import Sent
from tabard.sandbox.events import Event, Kind
from tabard.sandbox.hospital import PretendHospital
from tabard.sandbox.laboratory import FULL_BLOOD_COUNT, PANELS, VITAL_SIGNS, Panel
from tabard.sandbox.layout import Layout, millpond_royal
from tabard.sandbox.millennium.address import Address
from tabard.sandbox.millennium.adt import render_adt
from tabard.sandbox.millennium.authority import Authority
from tabard.sandbox.millennium.chart import Chart
from tabard.sandbox.millennium.charting import Charting
from tabard.sandbox.millennium.coding import Codes
from tabard.sandbox.millennium.door import Door
from tabard.sandbox.millennium.launches import App, Launches
from tabard.sandbox.millennium.numbers import Numbers
from tabard.sandbox.millennium.refusals import Refusals, Refused
from tabard.sandbox.millennium.screen import Screen
from tabard.sandbox.millennium.shelf import Shelf
from tabard.sandbox.millennium.trouble import Ordered, Trouble, Troubles
from tabard.sandbox.serving import Serving

_EVERY = timedelta(hours=4)
_LOOK_BACK = timedelta(hours=48)
_OTHER_PEOPLE = 700_001


@dataclass(frozen=True, slots=True)
class Charted:
    """An event that went into the chart and is told by no message; the Observations' ids in the panel's order."""

    event: Event
    ids: tuple[str, ...]


class PretendMillennium(PretendHospital[Sent | Charted]):
    """A pretend hospital that tells its census by HL7 v2.3 and all else by FHIR; a merge is A34.

    The chart knows of an event before the feed tells it. The FHIR server has its address from the beginning
    (`fhir_base`), answers after `start`, and is safe beside the thread that lives the day. `fhir_port` 0 takes a free one.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        fhir_port: int = 0,
        seed: int = 1,
        layout: Layout | None = None,
        clock: Clock = system_clock,
        patience_s: float | None = 20.0,
        tell_trouble: Callable[[str], None] = lambda _: None,
    ) -> None:
        super().__init__(
            host,
            port,
            layout=layout or millpond_royal(),
            seed=seed + _OTHER_PEOPLE,
            clock=clock,
            patience_s=patience_s,
            tell_trouble=tell_trouble,
            is_at_bedside=True,
        )
        self._serving = Serving(fhir_port, "pretend Millennium")
        self.tenant = str(uuid5(NAMESPACE_URL, f"tabard pretend millennium {self.layout.ods} {seed}"))
        self._address = Address(f"http://localhost:{self._serving.port}", self.tenant)
        self._chart = Chart()
        self._charting = Charting(self._chart, self.layout, Codes(self.tenant), seed=seed, base=self._address.base)
        self._authority = Authority(clock, unguessable)
        self._launches = Launches(self._address, self._authority, clock, unguessable)
        self._refusals = Refusals()
        self._troubles = Troubles()
        self._numbers = Numbers(seed)
        self._behind: list[Event] | None = None

    @property
    def fhir_base(self) -> str:
        """The FHIR server's base address, such as `http://localhost:8123/r4/<tenant>`."""
        return self._address.base

    @property
    def token_url(self) -> str:
        """Where tokens are given."""
        return self._address.token_url

    @property
    def refused(self) -> tuple[Refused, ...]:
        """What was asked and Millennium would not have answered: searches, writes and token requests, the oldest first."""
        return self._refusals.all()

    def start(self, tell_refused: Callable[[Refused], None] = lambda _: None) -> None:
        """Answer FHIR requests from now on; comes back when it does.

        `tell_refused` hears each request that Millennium would not have answered, on the server's thread.
        """
        self._refusals.tell = tell_refused
        shelf = Shelf(self._chart, self._address.base, self._clock, self._refusals, self._numbers)
        door = Door(self._address, shelf, self._authority, self._refusals, self._troubles, self._clock, self._launches)
        screen = Screen(self._launches, self._charting)
        self._serving.start(door.app(self._serving.cut, screen.routes()))

    def close(self) -> None:
        """Hang up and answer no more."""
        super().close()
        self._serving.close()

    def register_client(self, client_id: str, public_pem: str, scopes: Iterable[str] | None = None) -> None:
        """Let in a client who signs with the key of `public_pem`; `scopes` are all there are when not given."""
        self._authority.register(client_id, public_pem, scopes)

    def register_secret(self, client_id: str, scopes: Iterable[str] | None = None) -> str:
        """Let in a client who proves itself by client_secret_basic. Answers the secret."""
        secret = unguessable()
        self._authority.register_secret(client_id, secret, scopes)
        return secret

    def register_app(
        self, client_id: str, launch_uri: str, redirect_uris: Iterable[str], public_pem: str | None = None
    ) -> None:
        """An app that the doctors' screens can open; with `public_pem` it proves itself by that key, else by PKCE alone."""
        if public_pem is not None:
            self._authority.register(client_id, public_pem, ())
        self._launches.register(App(client_id, launch_uri, tuple(redirect_uris), has_key=public_pem is not None))

    @property
    def screen(self) -> str:
        """Where a pretend doctor sits in front of it: signs in, sees who is in, opens apps."""
        return f"{self._address.root}/screen"

    def forge_id_tokens(self, claims: Mapping[str, Any] | None = None, *, by_another_key: bool = False) -> None:
        """From now on id_tokens say this besides, or are signed by a key that nobody publishes. For tests of others."""
        self._launches.forge(claims or {}, by_another_key=by_another_key)

    def name_in_launches(self, patient: str | None, encounter: str | None = None) -> None:
        """From now on launches name this Patient (and this Encounter) by id, whoever is open; None: whoever is open."""
        self._launches.name(patient, encounter)

    def encounter_id(self, visit: str) -> str:
        """The Encounter's id of a visit number. Raises Inconsistent."""
        return self._charting.encounter_id(visit)

    def forget_tokens(self) -> None:
        """Every token given out is good no longer."""
        self._authority.forget_tokens()

    def fhir_id(self, mrn: str) -> str:
        """The Patient's id of a hospital number, for tests: no message tells it. Raises Inconsistent."""
        return self._charting.patient_id(mrn)

    def vital_signs(self, mrn: str, values: Sequence[str] | None = None, at: datetime | None = None) -> tuple[str, ...]:
        """Vital signs are charted. Answers the ids: blood pressure, pulse, temperature, respirations, saturation.

        `values`, when given, are systolic, diastolic, pulse, temperature (Cel), respirations, saturation (%).
        """
        return self.result(mrn, VITAL_SIGNS, values, at)

    def result(
        self,
        mrn: str,
        panel: Panel = FULL_BLOOD_COUNT,
        values: Sequence[str] | None = None,
        at: datetime | None = None,
    ) -> tuple[str, ...]:
        """A panel is charted and told by no message. Answers the Observations' ids, in the panel's order."""
        return self._take(self.census.report(mrn, panel, at or self._clock(), values))

    def fill(self, share: float = 0.7) -> Iterator[Sent]:
        """Tell the admissions of the last nine days; the chart has each one's last two days of vital signs, and bloods."""
        for sent in super().fill(share):
            self._look_back(sent.event)
            yield sent

    def tell(self, event: Event) -> Sent:
        """Chart an event, then send it until it is acknowledged. Raises Undelivered when patience ends or on `stop`."""
        self._take(event)
        return super().tell(event)

    def trouble(
        self,
        kind: Trouble | str,
        times: int = 1,
        *,
        delay_s: float = 2.0,
        retry_after_s: int | None = None,
        for_writes: bool = False,
    ) -> None:
        """The next so many requests for FHIR data, or of those the writes alone, meet this trouble; 0 takes back all that was ordered."""
        self._troubles.order(Ordered(Trouble(kind), delay_s, retry_after_s, for_writes), times)

    @contextmanager
    def chart_behind_feed(self) -> Iterator[None]:
        """Within it the feed tells what happens and the chart does not know yet; it catches up at the end."""
        self._behind = []
        try:
            yield
        finally:
            waiting, self._behind = self._behind, None
            for event in waiting:
                self._charting.take(event)

    def merge_in_fhir_only(self, survivor: str, prior: str, at: datetime | None = None) -> None:
        """The chart combines two Patients; the census goes on with both and the feed says nothing."""
        self._charting.combine(survivor, prior, at or self._clock())

    def merge_in_feed_only(self, survivor: str, prior: str, at: datetime | None = None) -> Sent:
        """The feed tells a merge (A34); the chart keeps two Patients."""
        return super().tell(self.census.merge(survivor, prior, at or self._clock()))

    def swap(self, one: str, other: str, at: datetime | None = None) -> None:
        """Two people change Patient ids in the chart, with all that is about them; the feed says nothing."""
        self._charting.swap(one, other, at or self._clock())

    def reassign_mrn(self, mrn: str, heir: str, at: datetime | None = None) -> None:
        """In the chart only, the hospital number `mrn` leaves its Patient and stands on that of `heir`, in place of theirs."""
        self._charting.reassign(mrn, heir, at or self._clock())

    def _take(self, event: Event) -> tuple[str, ...]:
        if self._behind is not None:
            self._behind.append(event)
            return ()
        return self._charting.take(event)

    def _look_back(self, admitted: Event) -> None:
        """What a stay left in the chart before now: bloods on the first day, vital signs every four hours."""
        mrn, now = admitted.person.mrn, self._clock()
        for panel in PANELS[:2]:
            self.result(mrn, panel, at=min(admitted.at + _EVERY / 4, now))
        at = max(admitted.at, now - _LOOK_BACK)
        while at < now:
            self.vital_signs(mrn, at=at)
            at += _EVERY

    def _worded(self, event: Event, control_id: str, sequence: int, sent: datetime) -> bytes:
        del sequence
        return render_adt(event, self.layout, control_id=control_id, sent=sent)

    def _live(self, event: Event) -> Sent | Charted:
        if event.kind is Kind.reported:
            return Charted(event, self._take(event))
        return self.tell(event)
