"""The text of each component's licence lies in the package: whoever is handed the product is handed its terms.

Source: Apache-2.0, 4(a); MIT and BSD (the notice in all copies); SPDX 2.3, annex D for those that ask for none.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import PurePosixPath
from zipfile import BadZipFile, ZipFile

from tabard.accreditation.found import failed, not_applicable, passed, sha256
from tabard.accreditation.model import Family, Found, Subject
from tabard.product import FILE_NAME, Component, Package

FAMILY = Family.licences
CRITERIA = ("tabard/licences-allowed",)

_NEED_NONE = frozenset({"0BSD", "CC0-1.0", "MIT-0", "Unlicense"})
_NAMES = ("licen", "copying", "notice")
_FEWEST_BYTES = 200
_REMEDY = "put the licence that came with it among the component's files, such as vendor/NAME.LICENSE"


def check(subject: Subject) -> Iterator[Found]:
    """Look for a text of terms among each component's files, or in its wheel."""
    package = subject.package
    if not package.manifest.components:
        yield not_applicable("package", "nothing in it is anybody else's", package.sha256)
    for at, one in enumerate(package.manifest.components):
        place = f"{FILE_NAME} component[{at}].files"
        looked_at = tuple(sha256(package.files[name]) for name in one.files)
        if one.licence in _NEED_NONE or _is_carried(package, one):
            yield passed(place, f"the terms of {one.name} are here", *looked_at)
        else:
            got = f"no such text among the files of {one.name}"
            yield failed(place, f"the text of {one.licence}", got, _REMEDY, *looked_at)


def _is_carried(package: Package, component: Component) -> bool:
    return any(_is_terms(name, len(package.files[name])) or _is_in(package.files[name]) for name in component.files)


def _is_in(raw: bytes) -> bool:
    """Whether a wheel brings its terms, where wheels have them. Source: PEP 639, `licenses`."""
    if not raw.startswith(b"PK"):
        return False
    try:
        with ZipFile(BytesIO(raw)) as packed:
            return any(
                ".dist-info/" in one.filename and _is_terms(one.filename, one.file_size) for one in packed.infolist()
            )
    except (BadZipFile, ValueError, NotImplementedError):
        return False


def _is_terms(name: str, size_bytes: int) -> bool:
    bare = PurePosixPath(name).name.lower()
    return size_bytes >= _FEWEST_BYTES and (bare.startswith(_NAMES) or bare.endswith((".license", ".licence")))
