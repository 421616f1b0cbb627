"""A day in the life of a CDS service: asked about this one and that one, with and without what it wants to know beforehand.

The scenes, in their order: opened, missing, hostile, odd, switched, bare-handed, away, never, millennium. The two before the
last are played where it asks the gateway by itself.
"""

from dataclasses import dataclass, field, replace

from tabard.accreditation import Fared, ScenarioTried, Scene
from tabard.gateway.cds import Advice, Hooks, Occasion, Service
from tabard.gateway.model import EncounterContext, PatientContext
from tabard.product import Part
from tabard.trial.cast import Part as Role, Player
from tabard.trial.hospital import CLINICIAN, PretendHospital
from tabard.trial.scenarios import Scenario, Step
from tabard.trial.serving import Gate
from tabard.trial.weather import Weather
from tabard.trial.written import wrote

_NEEDS_MORE = "not given enough"


@dataclass(slots=True)
class HookDay:
    """Plays the scenes with one service. Blocking."""

    part: Part
    service: Service
    here: PretendHospital
    hooks: Hooks
    gate: Gate
    scenes: list[Scene] = field(default_factory=list)

    def live(self) -> None:
        """All scenes, one after the other."""
        self._plain("opened", Role.first)
        asks = self.gate.asked > 0
        for name, role in (("missing", Role.bare), ("hostile", Role.hostile), ("odd", Role.odd)):
            self._plain(name, role)
        told = self.ask(self._player(Role.second))
        is_old = _shows(told, self._player(Role.first))
        self._tell("switched", Fared.old if is_old else _fared(told), told)
        told = self.ask(self._player(Role.first), replace(self.service, prefetch=()))
        is_said = _NEEDS_MORE in told.fault
        self._tell("bare-handed", Fared.told if is_said or told.cards else _fared(told), told)
        for weather in (Weather.away, Weather.never) if asks else ():
            self.gate.weather = weather
            told = self.ask(self._player(Role.first))
            self._tell(weather.value, _fared(told), told)
            self.gate.weather = Weather.fair

    def live_at(self, millennium: PretendHospital) -> None:
        """Asked at a hospital whose results are asked of a Millennium's FHIR; the server's socket then leads there."""
        own, self.gate.app = self.gate.app, millennium.gateway.socket_of(millennium.manifest.id)
        hooks = millennium.gateway.hooks(self.hooks.desk.services)
        try:
            there = HookDay(self.part, self.service, millennium, hooks, self.gate, self.scenes)
            there._plain("millennium", Role.first)
        finally:
            hooks.close()
            self.gate.app = own

    def ask(self, player: Player, service: Service | None = None) -> Advice:
        """What it says of somebody."""
        self.gate.asked = 0
        context = self.here.context(player, self.part.context)
        if not isinstance(context, PatientContext | EncounterContext):
            return Advice(self.service, fault="this hook is of no patient")
        asked = service or self.service
        return self.hooks.asking.ask(asked, Occasion(asked.hook, context, CLINICIAN.id, CLINICIAN.roles))

    def play(self, scenario: Scenario) -> ScenarioTried:
        """How far a shipped scenario went."""
        if scenario.fault:
            expected = "a scenario as docs/look-up/scenarios.md has it"
            return ScenarioTried(scenario.file, scenario.title, "read", expected, scenario.fault)
        told, changes = Advice(self.service), 0
        for at, step in enumerate(scenario.steps):
            if step.open is not None:
                changes = len(self.gate.changes)
                told = self.ask(self._player(step.open))
                got = told.fault
            else:
                got = self._missed(step, told, changes)
            if got:
                return ScenarioTried(scenario.file, scenario.title, f"steps[{at}]", step.words, got)
        return ScenarioTried(scenario.file, scenario.title)

    def _missed(self, step: Step, told: Advice, changes: int) -> str:
        """What was there instead, nothing where the step goes as it says; a service has nothing to click on."""
        if step.keeps is not None:
            kept = wrote(self.gate.changes[changes:])
            return "" if any(one.type == step.keeps and one.was_taken for one in kept) else "none was taken"
        words = _text(told).casefold()
        if step.expect is not None:
            return "" if step.expect.casefold() in words else "these words are on no card"
        if step.expect_not is not None:
            return "these words are on a card" if step.expect_not.casefold() in words else ""
        if step.hides is not None:
            return "that person's data are on a card" if _shows(told, self._player(step.hides)) else ""
        return "a service has no screen for this step"

    def _plain(self, name: str, role: Role) -> None:
        told = self.ask(self._player(role))
        self._tell(name, _fared(told), told)

    def _tell(self, name: str, did: Fared, told: Advice) -> None:
        if self.gate.is_hammered:
            did = Fared.hammered
        self.scenes.append(Scene(name, did, told.fault))

    def _player(self, role: Role) -> Player:
        return self.here.players[role]


def _fared(told: Advice) -> Fared:
    """It answered (with a card, or rightly with none), said in words that something is missing, or failed."""
    if told.fault and not told.cards:
        return Fared.failed
    return Fared.worked if told.cards else Fared.silent


def _shows(told: Advice, player: Player) -> bool:
    words = _text(told).casefold()
    return any(mark.casefold() in words for mark in player.marks)


def _text(told: Advice) -> str:
    return "\n".join(f"{card.summary}\n{card.detail}" for card in told.cards)
