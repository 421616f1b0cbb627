"""Whom the catalogue names as assessors, without reading it all again each time it is asked."""

from tabard.catalogue import Publishing, unattended
from tabard.decision import Trust


class Named:
    """The catalogue's list of assessors, kept in memory for as long as the catalogue's timestamp is the same file."""

    def __init__(self, publishing: Publishing) -> None:
        self._publishing = publishing
        self._kept: tuple[tuple[int, int], Trust] | None = None

    def unattended(self) -> frozenset[str]:
        """The ids of the store's own keys, which sign with nobody beside them: none of them is a person's."""
        return unattended(self._publishing.folder)

    def trust(self) -> Trust:
        """The list as it stands."""
        told = (self._publishing.public / "metadata" / "timestamp.json").stat()
        stamp = (told.st_ino, told.st_mtime_ns)  # taken before the list is read: a change meanwhile is read next time
        kept = self._kept
        if kept is None or kept[0] != stamp:
            kept = self._kept = (stamp, self._publishing.trust())
        return kept[1]
