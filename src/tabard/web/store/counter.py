"""What the store's pages work with: named once, by the wiring."""

from dataclasses import dataclass

from tabard.store import Store
from tabard.web.design.desk import Desk


@dataclass(frozen=True, slots=True)
class Counter:
    """One store, and where its assessors sign in."""

    store: Store

    @property
    def base_url(self) -> str:
        """Where the store answers."""
        return self.store.settings.base_url

    @property
    def desk(self) -> Desk:
        """Where assessors sign in."""
        here = self.store
        return Desk(self.base_url, here.accounts, here.sessions, here.throttle, here.seals)
