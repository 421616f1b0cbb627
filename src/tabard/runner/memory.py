"""How much memory a part's processes hold together, as the kernel tells it of each. Source: proc(5), smaps_rollup and children."""

import re
from collections.abc import Iterator
from pathlib import Path

_HELD = re.compile(r"^Pss_(?:Anon|Shmem):\s+(\d+) kB$", re.MULTILINE)
"""What no file backs, of what is shared the process' part."""

_KB = 1024
_MOST = 1024


def held_by(pid: int) -> int | None:
    """Bytes in memory, not backed by a file, of everything below `pid`; None where it has ended."""
    if not Path(f"/proc/{pid}").exists():
        return None
    return sum(_own(each) for each in _below(pid))


def _below(pid: int) -> Iterator[int]:
    waiting, seen = [pid], 0
    while waiting and seen < _MOST:
        parent = waiting.pop()
        for path in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                waiting += map(int, path.read_text().split())
            except OSError:
                continue
        seen += 1
        if parent != pid:
            yield parent


def _own(pid: int) -> int:
    try:
        told = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return sum(map(int, _HELD.findall(told))) * _KB
