"""What is gathered while a day is lived, and how it becomes the record of a part."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tabard.accreditation import PartTried, ScenarioTried, Scene
from tabard.product import Package, Part
from tabard.trial.hospital import PretendHospital
from tabard.trial.weather import Sent
from tabard.trial.witness import hosts, refused, used
from tabard.trial.written import wrote

Tell = Callable[[str], None]
"""Is told, in a sentence, what is being done."""


@dataclass(slots=True)
class Recorder:
    """Gathers what the parts of one product did."""

    package: Package
    hospitals: Sequence[PretendHospital]
    millennium: PretendHospital
    tell: Tell
    tools: dict[str, str] = field(default_factory=dict)
    measured: dict[str, str] = field(default_factory=dict)

    @property
    def _all(self) -> tuple[PretendHospital, ...]:
        return (*self.hospitals, self.millennium)

    def marks(self) -> tuple[int, ...]:
        """How far each hospital's audit is."""
        return tuple(len(here.audit.events) for here in self._all)

    def untried(self, at: int, part: Part, reason: str, remedy: str) -> PartTried:
        """A part that could not be lived with."""
        return PartTried(at, part.title, part.kind.value, part.scopes, untried=reason, remedy=remedy)

    def tried(
        self,
        at: int,
        part: Part,
        since: Sequence[int],
        scenes: Sequence[Scene],
        scenarios: Sequence[ScenarioTried],
        changes: Sequence[Sent],
        reached: set[str],
    ) -> PartTried:
        """What a part did since `marks` were set."""
        product = self.package.manifest.id
        events = tuple(
            event for here, mark in zip(self._all, since, strict=True) for event in here.audit.since(mark, product)
        )
        self.measured[f"part[{at}] requests"] = str(len(events))
        return PartTried(
            at,
            part.title,
            part.kind.value,
            part.scopes,
            used(part, events),
            tuple(sorted({*hosts(events), *reached})),
            refused(events),
            wrote(changes),
            tuple(scenes),
            tuple(scenarios),
        )
