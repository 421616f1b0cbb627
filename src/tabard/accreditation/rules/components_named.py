"""Each component is named as the world knows it, so that what becomes known of it can be found: one name, one version, as its own files say.

Source: Package URL specification; PEP 427 and PEP 566 (a wheel's METADATA); OWASP ASVS 5.0, 15.1.2.
"""

import re
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from tabard.accreditation.advisories.matching import package_of
from tabard.accreditation.found import failed, not_applicable, passed, sha256
from tabard.accreditation.model import Family, Found, Subject
from tabard.product import FILE_NAME, WHEELS, Component, Package

FAMILY = Family.licences
CRITERIA = ("tabard/bill-of-materials", "asvs-5.0/15.1.2")

_VERSION = re.compile(r"[0-9][A-Za-z0-9.+!_-]*")
_LARGEST_METADATA = 1024 * 1024
_Wrong = tuple[str, str, str]


def check(subject: Subject) -> Iterator[Found]:
    """Hold each component's name, version and purl against one another, and against the wheel where it is one."""
    package = subject.package
    components = package.manifest.components
    if not components:
        yield not_applicable("package", "nothing in it is anybody else's", package.sha256)
    times = Counter(one.purl for one in components)
    for at, one in enumerate(components):
        place = f"{FILE_NAME} component[{at}]"
        looked_at = (sha256(package.files[FILE_NAME]), *(sha256(package.files[name]) for name in one.files))
        wrong = [*_wrong_with(package, one, times[one.purl])]
        for key, expected, got in wrong:
            yield failed(f"{place}.{key}", expected, got, "name it as its maker published it", *looked_at)
        if not wrong:
            yield passed(place, one.purl, *looked_at)


def _wrong_with(package: Package, one: Component, times: int) -> Iterator[_Wrong]:
    if times > 1:
        yield "purl", "each component once", f"{one.purl}, {times} times"
    if not _VERSION.fullmatch(one.version):
        yield "version", "one version, such as 2.6.3", one.version
    known = package_of(one.purl)
    if known is not None and known.plain_name != _plain(one.name):
        yield "name", f"{known.name}, as its purl has it", one.name
    for name in one.files:
        if name.startswith(WHEELS) and (said := _metadata(package.files[name])) not in (
            None,
            (_plain(one.name), one.version),
        ):
            yield "files", f"a wheel of {one.name} {one.version}", f"{name}, which says it is {' '.join(said)}"


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _metadata(raw: bytes) -> tuple[str, str] | None:
    """Name and version as a wheel's own METADATA has them; None where it cannot be looked at, which another rule tells."""
    try:
        with ZipFile(BytesIO(raw)) as packed:
            named = [one for one in packed.infolist() if one.filename.endswith(".dist-info/METADATA")]
            if len(named) != 1 or named[0].file_size > _LARGEST_METADATA:
                return None
            lines = packed.read(named[0]).decode("utf-8", "replace").splitlines()
    except (BadZipFile, ValueError, NotImplementedError, RuntimeError):
        return None
    told = {key: value.strip() for key, _, value in (line.partition(":") for line in lines if ":" in line)}
    return _plain(told.get("Name", "")), told.get("Version", "")
