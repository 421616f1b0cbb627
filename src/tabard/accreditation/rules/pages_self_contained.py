"""The pages load nothing from another host, and do nothing that their own content security policy keeps from happening.

Source: W3C Content Security Policy Level 3; DTAC 2.0, C2 and C3: no third party learns that a page was opened.
"""

import re
from collections.abc import Iterator
from itertools import islice

from tabard.accreditation.contents.kinds import DRAWINGS, PAGES, SCRIPTS, STYLES, kind_of
from tabard.accreditation.contents.markup import markup_references
from tabard.accreditation.contents.references import Means, Reference
from tabard.accreditation.contents.scripts import script_references
from tabard.accreditation.contents.styles import style_references
from tabard.accreditation.found import failed, not_applicable, not_assessed, passed, sha256
from tabard.accreditation.model import Family, Found, Subject
from tabard.accreditation.probing.ports import CouldNot, PageSeen
from tabard.product import Allow, Package

FAMILY = Family.egress
CRITERIA = ("tabard/self-contained", "asvs-5.0/3.4.3", "asvs-5.0/13.2.4")

BROWSER = "the pages in a browser"
"""The place of a finding when no page was opened at all."""

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_REMEDY = "put it in a file of the package, and load it from there by a relative name"
_MOST_A_FILE = 20
_NEVER = {
    Means.frame: "no frame or plug-in: the policy allows none",
    Means.peer: "no WebRTC: no policy holds it",
}


def check(subject: Subject) -> Iterator[Found]:
    """Read every page, style and script; then say what a browser saw them do."""
    package = subject.package
    read = [name for name in package.files if kind_of(name) in PAGES | DRAWINGS | STYLES | SCRIPTS]
    if not read:
        yield not_applicable("package", "the product has no page", package.sha256)
        return
    faults = [found for name in read for found in _in_file(package, name)]
    yield from faults or [passed("package", f"{len(read)} files read", *(sha256(package.files[name]) for name in read))]
    if isinstance(subject.pages, CouldNot):
        pages = subject.pages
        yield not_assessed(BROWSER, "every page opened", pages.reason, pages.remedy, package.sha256)
        return
    for page in subject.pages.pages:
        yield from _seen(page, package)


def _in_file(package: Package, name: str) -> Iterator[Found]:
    allows = {allow for part in package.manifest.parts for allow in part.allows}
    raw = package.files[name]
    told = ((one, _fault(one, allows)) for one in _references(kind_of(name), raw.decode("utf-8", "replace")))
    for reference, fault in islice(((one, fault) for one, fault in told if fault), _MOST_A_FILE):
        yield failed(f"{name}:{reference.line}", fault, _got(reference), _REMEDY, sha256(raw))


def _references(kind: str, text: str) -> Iterator[Reference]:
    if kind in PAGES | DRAWINGS:
        yield from markup_references(text)
    elif kind in STYLES:
        yield from style_references(text)
    else:
        yield from script_references(text)


def _fault(reference: Reference, allows: set[Allow]) -> str | None:
    """What was expected in place of this reference; None where the policy lets it be."""
    to, means = _as_browsers_read(reference.to), reference.means
    if means in _NEVER:
        return _NEVER[means]
    if not to and means is Means.script:
        return "scripts in files: the policy stops those in the page"
    if not to and means is Means.style:
        return None if Allow.inline_styles in allows else "styles in files, or `inline-styles` asked for"
    if to.startswith("//"):
        return "nothing from another host"
    scheme = _SCHEME.match(to)
    allowed = {"data:": Allow.data_images, "blob:": Allow.blob_images}.get(scheme[0].lower()) if scheme else None
    if scheme is None or (means is Means.image and allowed in allows):
        return None
    return "nothing from another host" if allowed is None else f"an image, and `{allowed}` asked for"


def _as_browsers_read(address: str) -> str:
    """An address without what browsers pass over, and with what they take for a slash. Source: WHATWG URL, 4.4."""
    return re.sub(r"[\t\n\r]", "", address).strip("".join(map(chr, range(33)))).replace("\\", "/")


def _got(reference: Reference) -> str:
    return f"{reference.said}: {reference.to[:100]}" if reference.to else reference.said


def _seen(page: PageSeen, package: Package) -> Iterator[Found]:
    """What the browser saw on one page at one width."""
    place = f"{page.path} at {page.width} px"
    if page.fault:
        yield not_assessed(
            place, "a page that opens and comes to rest", page.fault, "have a person look at it", package.sha256
        )
        return
    for address in page.refused:
        yield failed(place, "nothing from another host", f"it reached for {address}", _REMEDY, package.sha256)
    for blocked in page.blocked:
        yield failed(place, "nothing that the page's policy stops", blocked, _REMEDY, package.sha256)
    if not page.refused and not page.blocked:
        yield passed(place, "opened; nothing was refused or stopped", package.sha256)
