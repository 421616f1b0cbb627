"""What is wrong with a product's own files, its package, or the signature over it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from tabard.ground.errors import CallerError, ProductError

_MOST_TOLD = 100
"""Faults that stand in an error's words; a file of strangers can have as many as it has letters."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a manifest: at which key, what was expected, what stands there."""

    where: str
    expected: str
    got: str

    def __str__(self) -> str:
        return f"{self.where}: expected {self.expected}, got {self.got}"


class BadManifest(ProductError):  # noqa: N818  says what the file is
    """A manifest that cannot be used; `faults` holds every fault found, not the first alone."""

    faults: tuple[Fault, ...] = ()

    @classmethod
    def of(cls, where: str, faults: tuple[Fault, ...]) -> Self:
        """The error that tells all these faults of the file `where`."""
        many = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        more = (f"  and {len(faults) - _MOST_TOLD} more",) if len(faults) > _MOST_TOLD else ()
        error = cls(
            "\n".join((f"the manifest has {many}", *(f"  {fault}" for fault in faults[:_MOST_TOLD]), *more)),
            where=where,
            remedy="mend what is listed; every key is in docs/look-up/manifest.md",
        )
        error.faults = faults
        return error


class PackageFault(StrEnum):
    """Why some bytes are no package."""

    not_a_package = "not_a_package"
    not_canonical = "not_canonical"
    bad_name = "bad_name"
    not_a_file = "not_a_file"
    colliding_names = "colliding_names"
    too_large = "too_large"
    too_many_files = "too_many_files"
    bad_manifest = "bad_manifest"
    left_over = "left_over"
    bad_wheels = "bad_wheels"


class BadPackage(ProductError):  # noqa: N818  says what the bytes are
    """Bytes, or a folder's files, that cannot be a package; `reason` says why in one word."""

    def __init__(
        self,
        reason: PackageFault,
        message: str,
        *,
        where: str | None = None,
        expected: str | None = None,
        got: str | None = None,
        remedy: str | None = "make the package by `tabard product build`",
    ) -> None:
        super().__init__(message, where=where, expected=expected, got=got, remedy=remedy)
        self.reason = reason


class ReleaseFault(StrEnum):
    """Why an envelope is no release of a package."""

    unreadable = "unreadable"
    unknown_signer = "unknown_signer"
    not_a_release = "not_a_release"
    other_package = "other_package"


class BadRelease(CallerError):  # noqa: N818  says what the envelope is
    """An envelope that is no release of this package by these keys; `reason` says why in one word."""

    def __init__(
        self,
        reason: ReleaseFault,
        message: str,
        *,
        expected: str | None = None,
        got: str | None = None,
        remedy: str | None = "sign the package anew: `tabard product sign`",
    ) -> None:
        super().__init__(message, where="release", expected=expected, got=got, remedy=remedy)
        self.reason = reason
