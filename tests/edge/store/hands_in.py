"""Hands one item of evidence in at a store's folder, and is killed on the way: `python hands_in.py FOLDER STEP`.

STEP is where the power goes: `in-file` while the bytes are written, `before-line` once they are, `in-line` inside the
transaction of the line, or `never`.
"""

import os
import signal
import sys
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from tabard.accreditation.claims import Evidence, EvidenceKind
from tabard.store import Maker, evidence_desk, load
from tabard.store.evidence import Evidences

RAW = b"%PDF-1.7 a letter"
ITEM = Evidence(
    id="letter-1",
    sha256=sha256(RAW).hexdigest(),
    kind=EvidenceKind.document,
    title="A letter",
    organisation="RZZ",
    made=date(2026, 1, 5),
    serves=("dcb0129-4.2/2.2.1",),
)
MINE = Maker("RZZ", "St Elsewhere NHS Trust", "a" * 64)
STEPS: dict[str, tuple[object, str]] = {
    "in-file": (Path, "replace"),
    "before-line": (Evidences, "written"),
    "in-line": (evidence_desk, "_keep_row"),
}


def killed(*_: Any) -> None:
    """End as the machine's power ends."""
    os.kill(os.getpid(), signal.SIGKILL)


def main(folder: Path, step: str) -> None:
    """Hand it in, or die."""
    store = load(folder)
    if step in STEPS:
        setattr(*STEPS[step], killed)
    store.keep_evidence(MINE, ITEM, RAW)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
