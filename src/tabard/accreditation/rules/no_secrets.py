"""No file holds a password, a token or a private key; a mark in the code that asks to look away changes nothing.

Source: DTAC 2.0, C3 (technical security); the detectors are those of detect-secrets.
"""

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import new as new_hash
from typing import Any

from tabard.accreditation.contents.kinds import text_of
from tabard.accreditation.found import failed, not_assessed, passed, sha256
from tabard.accreditation.model import Family, Found, Subject
from tabard.accreditation.safety.openly import told_openly

FAMILY = Family.code
CRITERIA = ("tabard/no-secrets", "asvs-5.0/13.3.1")

_PRIVATE_KEY = re.compile(rb"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY|\bPuTTY-User-Key-File-\d")
_PRIVATE_JWK = re.compile(
    rb'"kty"\s{0,9}:[^}]{0,1000}"d"\s{0,9}:\s{0,9}"[A-Za-z0-9_-]{20,}|"d"\s{0,9}:\s{0,9}"[A-Za-z0-9_-]{20,}"[^}]{0,1000}"kty"'
)
_LARGEST_TEXT_BYTES = 4 * 1024 * 1024
_LARGEST_WHOLE_BYTES = 16 * 1024 * 1024
_LONGEST_LINE = 5_000
_OVERLAP = 500
_ALPHABET = 40
"""So many characters, none of them twice, are an alphabet: one random text in ten million is so."""

_DIGESTS = ("sha1", "sha256", "sha384", "sha512")
_NOT_SECRET = ("IPPublicDetector", "PrivateKeyDetector")
_REMEDY = "take it out, and have whatever it opens changed: it has been seen"


def check(subject: Subject) -> Iterator[Found]:
    """Look into every file, and prove which were looked into."""
    files = subject.package.files
    known = frozenset(digest for raw in files.values() for digest in _digests(raw)) | told_openly(subject.package)
    faults: list[Found] = []
    left = _LARGEST_WHOLE_BYTES
    for name, raw in files.items():
        faults += _in_file(name, raw, known, min(left, _LARGEST_TEXT_BYTES))
        left -= len(raw) if text_of(raw) is not None else 0
    yield from faults or [
        passed("package", f"{len(files)} of {len(files)} files looked into", *(sha256(raw) for raw in files.values()))
    ]


def _in_file(name: str, raw: bytes, known: frozenset[str], most_bytes: int) -> Iterator[Found]:
    looked_at = sha256(raw)
    for pattern, what in ((_PRIVATE_KEY, "a private key"), (_PRIVATE_JWK, "a private key as JSON")):
        if found := pattern.search(raw):
            at = raw.count(b"\n", 0, found.start()) + 1
            yield failed(f"{name}:{at}", "no secret", what, _REMEDY, looked_at)
    text = text_of(raw)
    if text is None:
        return
    if len(raw) > most_bytes:
        most = f"texts of {_LARGEST_TEXT_BYTES // 1024} KiB, {_LARGEST_WHOLE_BYTES // 1024} KiB together, at the most"
        yield not_assessed(name, most, f"{len(raw)} bytes more", "make it smaller, or have a person look", looked_at)
        return
    for number, line in enumerate(text.splitlines(), 1):
        if kinds := ", ".join(sorted(_kinds(name, line, known))):
            yield failed(f"{name}:{number}", "no secret", f"what looks like one ({kinds})", _REMEDY, looked_at)


def _kinds(name: str, line: str, known: frozenset[str]) -> set[str]:
    """What kinds of secret the line seems to hold; the secret itself is told nowhere."""
    return {
        plugin.secret_type
        for piece in _pieces(line)
        for plugin in _detectors()
        if any(_is_one(secret, known) for secret in _seen_by(plugin, name, piece))
    }


def _pieces(line: str) -> Iterator[str]:
    """A line in pieces that overlap: some detectors take long over a long line."""
    for start in range(0, max(len(line), 1), _LONGEST_LINE):
        yield line[max(0, start - _OVERLAP) : start + _LONGEST_LINE]


def _seen_by(plugin: Any, name: str, line: str) -> Iterable[str]:
    """What a detector sees. It is asked by hand: its settings, its marks to look away and its calls home stay out of it."""
    from detect_secrets.filters.heuristic import is_indirect_reference  # noqa: PLC0415  slow to import

    if type(plugin).__name__ == "KeywordDetector":
        found = plugin.analyze_line(filename=name, line=line, line_number=1)
        return [] if is_indirect_reference(line) else [one.secret_value for one in found]
    if hasattr(plugin, "entropy_limit"):
        limit = plugin.entropy_limit
        return [one for one in plugin.analyze_string(line) if plugin.calculate_shannon_entropy(one) > limit]
    return list(plugin.analyze_string(line))


def _is_one(secret: str, known: frozenset[str]) -> bool:
    """Not the digest of a file of the package, nor one that its papers tell, nor an alphabet, nor a template's place for one."""
    from detect_secrets.filters import heuristic  # noqa: PLC0415  slow to import

    bare = re.sub(r"^sha(256|384|512)-", "", secret)
    is_alphabet = len(secret) >= _ALPHABET and len(set(secret)) == len(secret)
    return not (bare in known or is_alphabet or heuristic.is_templated_secret(secret))


def _digests(raw: bytes) -> Iterator[str]:
    for name in _DIGESTS:
        digest = new_hash(name, raw, usedforsecurity=False).digest()
        yield digest.hex()
        yield b64encode(digest).decode()


@cache
def _detectors() -> tuple[Any, ...]:
    """Every detector of detect-secrets, in the order of their names, but for what is no secret or is looked for above."""
    from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class  # noqa: PLC0415  slow to import

    known: dict[str, Any] = get_mapping_from_secret_type_to_class()
    kinds = {kind.__name__: kind for kind in known.values()}
    return tuple(kinds[name]() for name in sorted(kinds) if name not in _NOT_SECRET)
