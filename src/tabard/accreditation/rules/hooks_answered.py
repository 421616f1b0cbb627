"""Each CDS service that the manifest declares is answered by the product's own code, by its id, in time, and says what it does.

Source: CDS Hooks 2.0, "Discovery" (id, hook, description); advice that comes late is advice that is not seen.
"""

from collections.abc import Iterator

from tabard.accreditation.contents.kinds import SERVERS, own_texts
from tabard.accreditation.contents.literals import literals
from tabard.accreditation.found import failed, not_applicable, passed, sha256
from tabard.accreditation.model import Family, Found, Subject
from tabard.product import FILE_NAME, Part

FAMILY = Family.interoperability
CRITERIA = ("tabard/advice-explained", "tabard/advice-in-time", "dtac-2.0/C4.1.1")

_LONGEST_S = 10
_FEWEST_WORDS = 4
_Wrong = tuple[str, str, str, str]


def check(subject: Subject) -> Iterator[Found]:
    """Judge each hook that the manifest declares, and the time its server asks for."""
    package = subject.package
    hooks = [(at, part) for at, part in enumerate(package.manifest.parts) if part.service]
    looked_at = sha256(package.files[FILE_NAME])
    if not hooks:
        yield not_applicable(FILE_NAME, "no part is a hook", looked_at)
        return
    code = own_texts(package, SERVERS)
    said = {text for name, whole in code.items() for _, text in literals(name, whole)}
    wrong = [one for at, part in hooks for one in _wrong_with(f"part[{at}]", part, said)]
    server = package.manifest.server
    if server is not None and server.timeout_s > _LONGEST_S:
        wrong.append(
            ("server.timeout_s", f"{_LONGEST_S} at the most", str(server.timeout_s), "answer sooner, or say less")
        )
    digests = (looked_at, *(sha256(package.files[name]) for name in code))
    for key, expected, got, remedy in wrong:
        yield failed(f"{FILE_NAME} {key}", expected, got, remedy, *digests)
    if not wrong:
        yield passed(FILE_NAME, ", ".join(part.service.id for _, part in hooks if part.service), *digests)


def _wrong_with(key: str, part: Part, said: set[str]) -> Iterator[_Wrong]:
    service = part.service
    if service is None:
        return
    if service.id not in said:
        yield f"{key}.id", "an id that the product's Python answers to", service.id, "answer it, or leave the part out"
    if len(service.description.split()) < _FEWEST_WORDS:
        yield f"{key}.description", "what it does, in a sentence", service.description, "say what staff will see"
