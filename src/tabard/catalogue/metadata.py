"""Signed metadata as python-tuf models it, by one name each, and the one text in which it is written."""

from pathlib import Path
from typing import TypeVar

from tuf.api.metadata import (  # type: ignore[attr-defined]  # it means these to be taken from here, and does not say so
    DelegatedRole,
    Delegations,
    Key,
    Metadata,
    MetaFile,
    Root,
    Signed,
    Snapshot,
    SuccinctRoles,
    TargetFile,
    Targets,
    Timestamp,
)
from tuf.api.serialization.json import JSONSerializer

__all__ = [
    "DelegatedRole",
    "Delegations",
    "Key",
    "MetaFile",
    "Metadata",
    "Root",
    "Signed",
    "Snapshot",
    "SuccinctRoles",
    "TargetFile",
    "Targets",
    "Timestamp",
    "newest_root",
    "to_bytes",
]

S = TypeVar("S", Root, Timestamp, Snapshot, Targets)


def to_bytes(metadata: Metadata[S]) -> bytes:
    """Metadata as the file that holds it, always the same text."""
    return metadata.to_bytes(JSONSerializer(compact=True))


def newest_root(public: Path) -> Metadata[Root]:
    """The root of the highest version in a public folder."""
    versions = (int(path.name.partition(".")[0]) for path in (public / "metadata").glob("*.root.json"))
    return Metadata[Root].from_bytes((public / f"metadata/{max(versions)}.root.json").read_bytes())
