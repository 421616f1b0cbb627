"""A process that carries what the folder of its argument holds, until it is killed."""

import sys
import threading
from pathlib import Path

from tabard.link.out import Outbound

outbound = Outbound(Path(sys.argv[1]))
outbound.start()
print("carrying", flush=True)  # noqa: T201  its parent waits for this line
threading.Event().wait()
