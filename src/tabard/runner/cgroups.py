"""Control groups, version 2, where this process was given a part of the tree to divide: all of a product's memory in one sum.

Used only below a group that is marked as given away (`user.delegate` or `trusted.delegate`, as systemd marks it for
`Delegate=`), and in which no process of ours sits (`DelegateSubgroup=`): anywhere else the tree is somebody else's.
Source: Linux, Documentation/admin-guide/cgroup-v2.rst, "Delegation"; systemd, "Control Group APIs and Delegation".
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tabard.runner.confinement import Limits

_ROOT = Path("/sys/fs/cgroup")
_WANTED = ("memory", "pids")
_MARKS = ("user.delegate", "trusted.delegate")


@dataclass(frozen=True, slots=True)
class Cgroups:
    """The group under which each product gets a group of its own."""

    parent: Path

    def make(self, product: str, limits: Limits) -> Path | None:
        """The product's group with its limits, and in it the file that takes a process; None where it cannot be had."""
        group = self.parent / f"tabard-{product}"
        try:
            group.mkdir(exist_ok=True)
            (group / "memory.max").write_text(str(limits.memory_bytes))
            (group / "pids.max").write_text(str(limits.processes + 2))  # bwrap and its reaper are counted here
            swap = group / "memory.swap.max"
            if swap.exists():
                swap.write_text("0")
        except OSError:
            return None
        return group / "cgroup.procs"


def _is_delegated(path: Path) -> bool:
    for mark in _MARKS:
        try:
            if os.getxattr(path, mark) == b"1":
                return True
        except OSError:
            continue
    return False


def cgroups(
    root: Path = _ROOT,
    own: Path = Path("/proc/self/cgroup"),
    is_delegated: Callable[[Path], bool] = _is_delegated,
) -> Cgroups | None:
    """Where groups of products may be made; None where this host gives us no such place."""
    try:
        (line,) = (line for line in own.read_text().splitlines() if line.startswith("0::/"))
        parent = (root / line.removeprefix("0::/")).parent
        if parent == root or root not in parent.parents or not is_delegated(parent):
            return None
        if not set(_WANTED) <= set((parent / "cgroup.controllers").read_text().split()):
            return None
        (parent / "cgroup.subtree_control").write_text(" ".join(f"+{one}" for one in _WANTED))
    except (OSError, ValueError):
        return None
    return Cgroups(parent)
