"""What the store's pages work with: named once, by the wiring."""

from dataclasses import dataclass, field
from datetime import date

from tabard.store import Store
from tabard.web.design.desk import Desk
from tabard.web.store.api.intake import Intake
from tabard.web.store.basis import Bases
from tabard.web.store.prints import Prints


@dataclass(frozen=True, slots=True)
class Counter:
    """One store, where its assessors sign in, and where packages come in by a page."""

    store: Store
    intake: Intake = field(default_factory=Intake)
    bases: Bases = field(init=False)
    prints: Prints = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "bases", Bases(self.store.package))
        object.__setattr__(self, "prints", Prints(self.store.folder.prints))

    @property
    def today(self) -> date:
        """The day, as the store's clock has it."""
        return self.store.clock().date()

    @property
    def base_url(self) -> str:
        """Where the store answers."""
        return self.store.settings.base_url

    @property
    def desk(self) -> Desk:
        """Where assessors sign in."""
        here = self.store
        return Desk(self.base_url, here.accounts, here.sessions, here.throttle, here.seals)
