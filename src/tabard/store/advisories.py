"""Known vulnerabilities at the store: a signed set is brought by the operator, and carried by the catalogue to everybody."""

from typing import NamedTuple

from tabard.accreditation import AdvisorySet, open_advisories, why_not_now
from tabard.catalogue import Publishing
from tabard.ground.keys import PublicKey
from tabard.ground.time import Clock
from tabard.store.errors import NotTaken


class Advisories(NamedTuple):
    """What the catalogue carries of vulnerabilities, and how it comes there."""

    publishing: Publishing
    clock: Clock

    def bring(self, signed_set: bytes, key: PublicKey) -> AdvisorySet:
        """Let the catalogue carry this set, which the holder of `key` made.

        Raises CallerError where it is no set of theirs; NotTaken where it would judge nothing today, or is older than what
        is carried: a set that forgets is worse than none.
        """
        now = self.clock()
        known, carried = open_advisories(signed_set, now, (key,)), self.carried()
        if why := why_not_now(known, now):
            raise NotTaken("these advisories would judge nothing", got=why, remedy="make a set of today's files")
        if carried is not None and known.made < carried.made:
            raise NotTaken(
                "the catalogue carries a newer set already",
                expected=f"made on {carried.made:%Y-%m-%d %H:%M} or later",
                got=f"{known.made:%Y-%m-%d %H:%M}",
                remedy="bring the newest one",
            )
        self.publishing.publish_advisories(signed_set)
        return known

    def carried(self) -> AdvisorySet | None:
        """What the catalogue carries, however old it is by now; None where it carries none."""
        raw = self.publishing.advisories()
        return None if raw is None else open_advisories(raw, self.clock())

    def why_not(self, known: AdvisorySet) -> str:
        """Why that set judges nothing today; "" where it does."""
        return why_not_now(known, self.clock())
