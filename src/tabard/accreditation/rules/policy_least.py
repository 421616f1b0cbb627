"""The pages ask for no looser policy than they use.

Source: W3C Content Security Policy Level 3; OWASP ASVS 5.0, 3.4.3.
"""

import re
from collections.abc import Iterator

from tabard.accreditation.contents.kinds import DRAWINGS, PAGES, SCRIPTS, STYLES, kind_of, texts
from tabard.accreditation.contents.markup import markup_references
from tabard.accreditation.contents.references import Means
from tabard.accreditation.found import failed, passed, sha256
from tabard.accreditation.model import Family, Found, Subject
from tabard.product import FILE_NAME, Allow

FAMILY = Family.egress
CRITERIA = ("asvs-5.0/3.4.3", "tabard/self-contained")

_SIGNS = {
    Allow.data_images: re.compile(r"data:image/", re.IGNORECASE),
    Allow.blob_images: re.compile(r"createObjectURL|blob:"),
    Allow.workers: re.compile(r"\bnew\s{1,9}(?:Shared)?Worker\b"),
    Allow.wasm: re.compile(r"\bWebAssembly\b|\.wasm\b"),
}
_STYLES = re.compile(r"setAttribute\(\s{0,9}[\"'`]style[\"'`]|<style\b|\bstyle=[\"']|createElement\(\s{0,9}[\"'`]style")


def check(subject: Subject) -> Iterator[Found]:
    """Look for a use of each thing that a part asks to be allowed, in all pages, styles and scripts."""
    package = subject.package
    told = texts(package, PAGES | DRAWINGS | STYLES | SCRIPTS)
    looked_at = (sha256(package.files[FILE_NAME]), *(sha256(package.files[name]) for name in told))
    for at, part in enumerate(package.manifest.parts):
        place = f"{FILE_NAME} part[{at}].allows"
        unused = [allow for allow in part.allows if not _is_used(allow, told)]
        for allow in unused:
            yield failed(f"{place} {allow}", "something that uses it", "nothing does", "leave it out", *looked_at)
        if not unused:
            got = ", ".join(part.allows) or "the strictest policy"
            yield passed(place, got, *looked_at)


def _is_used(allow: Allow, told: dict[str, str]) -> bool:
    if allow is Allow.inline_styles:
        pages = (text for name, text in told.items() if kind_of(name) in PAGES)
        inline = any(one.means is Means.style and not one.to for text in pages for one in markup_references(text))
        return inline or any(_STYLES.search(text) for text in told.values())
    return any(_SIGNS[allow].search(text) for text in told.values())
