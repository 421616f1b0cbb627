"""Access tokens in memory: what every request is looked up in."""

from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from tabard.gateway.model import Rights
from tabard.gateway.smart.secrets import digest


@dataclass(frozen=True, slots=True)
class Held:
    """An access token: its hash, its rights, and until when."""

    digest: bytes
    grant_id: str
    rights: Rights
    expires: datetime


class HeldTokens:
    """The access tokens that are good now. A revoked grant takes no further token, whatever order threads run in."""

    def __init__(self) -> None:
        self._held: dict[bytes, Held] = {}
        self._revoked: set[str] = set()
        self._lock = Lock()

    def find(self, token: str) -> Held | None:
        """What a token holds; the caller looks at `expires`."""
        return self._held.get(digest(token))

    def admit(self, held: Held, now: datetime) -> None:
        """Let a token be used from now on, and let go of those whose time is over."""
        with self._lock:
            self._drop([key for key, one in self._held.items() if one.expires <= now])
            if held.grant_id not in self._revoked:
                self._held[held.digest] = held

    def revoke(self, grant_id: str) -> None:
        """End all tokens of a grant."""
        with self._lock:
            self._revoked.add(grant_id)
            self._drop([key for key, one in self._held.items() if one.grant_id == grant_id])

    def forget(self, grant_id: str) -> None:
        """End the tokens of a grant of which nobody can make further ones."""
        with self._lock:
            self._drop([key for key, one in self._held.items() if one.grant_id == grant_id])

    def _drop(self, digests: list[bytes]) -> None:
        for one in digests:
            del self._held[one]
