"""Known vulnerabilities at the store: a signed set is brought by the operator, and carried by the catalogue to everybody."""

from pathlib import Path
from typing import NamedTuple

from tabard.accreditation import AdvisorySet, open_advisories, why_not_now
from tabard.catalogue import Publishing
from tabard.ground.keys import PublicKey
from tabard.ground.time import Clock
from tabard.store.errors import NotTaken
from tabard.store.settings import FILE, pin_advisories, read


class Advisories(NamedTuple):
    """What the catalogue carries of vulnerabilities, and how it comes there."""

    publishing: Publishing
    folder: Path
    clock: Clock

    def bring(self, signed_set: bytes, key: PublicKey, *, is_new_key: bool = False) -> AdvisorySet:
        """Let the catalogue carry this set, which the holder of `key` made.

        The first key is kept in `store.toml`; another is taken only where `is_new_key` says so, and the file then tells which it replaced, and when.
        Raises CallerError where it is no set of theirs; NotTaken where it is another key, would judge nothing today, is
        older than what is carried (a set that forgets is worse than none), or says something else of the same moment.
        """
        now = self.clock()
        self._check_key(key.keyid, is_new_key=is_new_key)
        known, carried = open_advisories(signed_set, now, (key,)), self.carried()
        if why := why_not_now(known, now):
            raise NotTaken("these advisories would judge nothing", got=why, remedy="make a set of today's files")
        if carried is not None:
            _check_newer(known, carried)
        pin_advisories(self.folder, key.keyid, now)
        self.publishing.publish_advisories(signed_set)
        return known

    @property
    def keyid(self) -> str:
        """The id of the one key whose sets are taken; "" before the first. Raises NoStore, BadSettings."""
        return read(self.folder).advisories_key

    def carried(self) -> AdvisorySet | None:
        """What the catalogue carries, however old it is by now; None where it carries none."""
        raw = self.publishing.advisories()
        return None if raw is None else open_advisories(raw, self.clock())

    def why_not(self, known: AdvisorySet) -> str:
        """Why that set judges nothing today; "" where it does."""
        return why_not_now(known, self.clock())

    def _check_key(self, keyid: str, *, is_new_key: bool) -> None:
        pinned = self.keyid
        if pinned not in ("", keyid) and not is_new_key:
            raise NotTaken(
                "this store takes advisories of another key",
                where=f"{FILE}, advisories.key",
                expected=pinned,
                got=keyid,
                remedy="ask whoever makes your sets by another way than you had this one; if theirs is new, say --new-key",
            )


def _check_newer(known: AdvisorySet, carried: AdvisorySet) -> None:
    if known.made < carried.made:
        raise NotTaken(
            "the catalogue carries a newer set already",
            expected=f"made on {carried.made:%Y-%m-%d %H:%M} or later",
            got=f"{known.made:%Y-%m-%d %H:%M}",
            remedy="bring the newest one",
        )
    if known.made == carried.made and known.sha256 != carried.sha256:
        raise NotTaken(
            "the catalogue carries another set that was made at the same moment",
            expected=carried.sha256,
            got=known.sha256,
            remedy="ask whoever signed both which one is right, and have them make a new set",
        )
