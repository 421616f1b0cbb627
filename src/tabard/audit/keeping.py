"""Keeping the audit while a hospital is served: heads signed each minute and copied off, the index filled behind the log.

Each in a thread of its own, so that a slow address never holds up a signature, and nothing that is answered waits for any.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Self

import httpx
import structlog

from tabard.audit.copying import Copying, to_address, to_file
from tabard.audit.index import Index
from tabard.audit.log import AuditLog
from tabard.audit.search import Search
from tabard.audit.settings import TOKEN_FILE, Settings
from tabard.audit.signing import Heads, key_of
from tabard.ground.errors import CallerError
from tabard.ground.time import Clock

SIGN_S = 60.0
"""How often heads are signed, in seconds."""

_COPY_S, _INDEX_S = 30.0, 2.0
_CLOSING_S = 3.0
_AT_ONCE_BYTES = 4 << 20
_log = structlog.get_logger(__name__)


class Keeper:
    """Keeps the audit in `folder`, with the key in `keys`, while its context is open. `search` asks its index."""

    def __init__(
        self,
        folder: Path,
        keys: Path,
        log: AuditLog,
        clock: Clock,
        settings: Settings | None = None,
        *,
        sign_s: float = SIGN_S,
    ) -> None:
        self._heads = Heads(folder, key_of(keys), clock, log.own)
        self._client = httpx.Client(trust_env=False)
        self._copies = _copies(folder, keys, settings or Settings(), self._client)
        self._index = _index(folder)
        self.search = Search(folder, self._index)
        self._over = threading.Event()
        beats = [("audit-sign", sign_s, self._sign), ("audit-index", _INDEX_S, self._catch_up)]
        beats += [("audit-copy", min(sign_s, _COPY_S), self._copy)] if self._copies else []
        self._threads = [
            threading.Thread(target=self._beat, args=beat[1:], name=beat[0], daemon=True) for beat in beats
        ]

    def __enter__(self) -> Self:
        """Sign at once: what earlier processes left behind is covered from the first moment. From then on, beat."""
        self._guarded(self._sign)
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Sign the last, copy it where that is quick, and stop: a slow address gets it after the next start."""
        self._over.set()
        for thread in self._threads:
            thread.join(_CLOSING_S)
        self._guarded(self._sign)
        last = threading.Thread(target=self._guarded, args=(self._copy,), name="audit-copy-last", daemon=True)
        last.start()
        last.join(_CLOSING_S)
        self._client.close()
        if self._index is not None:
            self._index.close()

    def _sign(self) -> None:
        self._heads.sign()

    def _copy(self) -> None:
        for copying in self._copies:
            self._guarded(lambda copying=copying: copying.copy())  # type: ignore[misc]  # bound as it is now

    def _catch_up(self) -> None:
        """A part at a time, until it is whole."""
        while self._index is not None and not self._over.is_set():
            if self._index.catch_up(_AT_ONCE_BYTES).is_whole:
                return

    def _beat(self, seconds: float, turn: Callable[[], None]) -> None:
        while not self._over.is_set():
            self._guarded(turn)
            self._over.wait(seconds)

    def _guarded(self, turn: Callable[[], object]) -> None:
        """A turn that fails is told and tried again at the next."""
        try:
            turn()
        except Exception as error:  # noqa: BLE001  the last border of a thread
            _log.error("audit_keeping_failed", turn=getattr(turn, "__name__", "copy"), error=type(error).__name__)


def _copies(folder: Path, keys: Path, settings: Settings, client: httpx.Client) -> list[Copying]:
    made = []
    if settings.heads_file is not None:
        made.append(Copying(folder, "file", str(settings.heads_file), to_file(settings.heads_file)))
    if settings.heads_url is not None:
        path = keys / TOKEN_FILE
        token = path.read_text().strip() if path.is_file() else None
        made.append(Copying(folder, "url", settings.heads_url, to_address(settings.heads_url, token, client)))
    return made


def _index(folder: Path) -> Index | None:
    """The index to fill; None while a command beside holds it, which then fills it itself."""
    with suppress(CallerError):
        return Index(folder)
    _log.warning("audit_index_held")
    return None
