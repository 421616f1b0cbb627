"""Each host that the code names is asked for under `[[outside]]`, and each that is asked for is named in the code.

Source: OWASP ASVS 5.0, 13.2.4 and 13.2.5 (a list of what may be reached); DTAC 2.0, C2.2.5.
"""

import re
from collections.abc import Iterator

from tabard.accreditation.contents.kinds import SCRIPTS, SERVERS, own_texts
from tabard.accreditation.contents.literals import literals
from tabard.accreditation.contents.systems import is_name
from tabard.accreditation.found import failed, passed, sha256
from tabard.accreditation.model import Family, Found, Subject
from tabard.product import FILE_NAME

FAMILY = Family.egress
CRITERIA = ("tabard/egress-declared", "asvs-5.0/13.2.4")

_ADDRESS = re.compile(
    r"(?<![A-Za-z0-9+.-])(?:https?|wss?|ftps?|ldaps?|smtps?|mllps?|tcp|redis|postgres(?:ql)?|mysql)://([^/\s\"'`<>?#]{1,300})",
    re.IGNORECASE,
)
_NOWHERE = re.compile(
    r"(?:localhost|127(?:\.\d{1,3}){3}|\[::1\]|[a-z0-9.-]+\.(?:invalid|localhost|test|example)|(?:[a-z0-9-]+\.)*example\.(?:com|org|net)|\{\}.*)(?::\d+)?"
)
_REMEDY = "ask for it under [[outside]] with its purpose and data, or leave it out"


def check(subject: Subject) -> Iterator[Found]:
    """Read every text in the maker's own scripts and Python."""
    package = subject.package
    code = own_texts(package, SERVERS | SCRIPTS)
    asked = {one.host for one in package.manifest.outside}
    looked_at = (sha256(package.files[FILE_NAME]), *(sha256(package.files[name]) for name in code))
    texts = [(name, line, said) for name, text in code.items() for line, said in literals(name, text)]
    named = [(f"{name}:{line}", host) for name, line, said in texts for host in _hosts(said)]
    faults = [
        failed(place, "hosts that are asked for", host, _REMEDY, *looked_at)
        for place, host in named
        if host not in asked
    ]
    everything = "\n".join(said for _, _, said in texts).lower()
    for at, one in enumerate(package.manifest.outside):
        if one.place[0] not in everything:
            place = f"{FILE_NAME} outside[{at}].host"
            faults.append(failed(place, "a host that the code names", one.host, "leave it out", *looked_at))
    told = ", ".join(sorted(asked)) or "no host outside"
    yield from faults or [passed("package", f"{len(code)} files of code name {told}", *looked_at)]


def _hosts(said: str) -> Iterator[str]:
    """The hosts of addresses in a text; names of code systems and namespaces are no hosts, nor is what leads nowhere."""
    for found in _ADDRESS.finditer(said):
        host = found[1].rpartition("@")[2].lower().rstrip(".")
        if not is_name(said[found.start() :]) and not _NOWHERE.fullmatch(host):
            yield host.removesuffix(":443")
