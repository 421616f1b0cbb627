"""Reports on decisions as PDF: set once for what they say, one at a time, and kept beside the published documents."""

from collections.abc import Mapping
from hashlib import sha256
from importlib import resources
from pathlib import Path
from threading import Lock
from typing import Any

import msgspec

from tabard.accreditation.typesetting import PATIENCE_S, Press, typeset_apart
from tabard.ground.errors import PeerError
from tabard.ground.private_files import write_private


class Prints:
    """One print a decision in `folder`: as it says another thing (it was suspended, a condition was met), the new one takes its place.

    What strangers can ask for is bounded so: one print is set at a time, in a process that ends after PATIENCE_S; all else is reading a file.
    """

    def __init__(self, folder: Path, press: Press = typeset_apart, patience_s: float = PATIENCE_S) -> None:
        self._folder, self._press, self._patience_s = folder, press, patience_s
        self._form = (resources.files("tabard.web.store") / "templates/report.typ").read_text(encoding="utf-8")
        self._busy = Lock()

    def of(self, statement_sha256: str, told: Mapping[str, Any]) -> bytes:
        """The print of what is `told` of that decision. Raises PeerError while another is being set for too long, InternalError."""
        said = sha256(self._form.encode() + msgspec.json.encode(told, order="sorted")).hexdigest()
        at = self._folder / f"{statement_sha256}.{said}.pdf"
        if at.is_file():
            return at.read_bytes()
        if not self._busy.acquire(timeout=self._patience_s):
            raise PeerError("another print is being set", remedy="try again in a minute")
        try:
            return at.read_bytes() if at.is_file() else self._set(at, told)
        finally:
            self._busy.release()

    def _set(self, at: Path, told: Mapping[str, Any]) -> bytes:
        raw = self._press(self._form, told)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(at, raw)
        statement = at.name.partition(".")[0]
        for old in self._folder.glob(f"{statement}.*.pdf"):
            if old != at:
                old.unlink(missing_ok=True)
        return raw
