"""What is wrong with a product's own files, its package, or the signature over it."""

from enum import StrEnum

from tabard.ground.errors import CallerError, ProductError
from tabard.ground.faults import FaultyFile


class BadManifest(FaultyFile):
    """A manifest that cannot be used."""

    called = "the manifest"
    mend = "mend what is listed; every key is in docs/look-up/manifest.md"


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
