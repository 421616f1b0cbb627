"""Verifying a hospital's audit with all that there is to compare with: its own signed heads, and copies kept elsewhere."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from tabard.audit.signing import FILE, public_key_in
from tabard.audit.verification import HeadsFile, Problem, Verdict, verify
from tabard.ground.errors import CallerError
from tabard.ground.keys import PublicKey

_UNSIGNED = "no head was ever signed here: whether the end of the newest chain was cut off cannot be told"


def verify_with_heads(folder: Path, copies: Sequence[Path] = (), key: PublicKey | None = None) -> Verdict:
    """Verify the audit in `folder` against its own heads and `copies`. `key`, kept elsewhere, is trusted above the one beside it.

    Raises CallerError for a copy that cannot be read, or copies without any key.
    """
    beside = public_key_in(folder)
    known = key or beside
    if copies and known is None:
        raise CallerError(
            "heads can be compared with the key alone",
            expected=f"{folder / 'heads.pub'}, or a public key",
            remedy="name the public key that was kept with the copy: --key FILE",
        )
    with ExitStack() as files:
        heads = [_opened(path, files) for path in copies]
        own = folder / FILE
        if own.is_file():
            heads.append(HeadsFile(own.name, files.enter_context(own.open("rb")), is_whole=True))
        verdict = verify(folder, heads, known)
    more = _about_keys(folder, key, beside)
    return replace(verdict, problems=(*verdict.problems, *more))


def _opened(path: Path, files: ExitStack) -> HeadsFile:
    try:
        return HeadsFile(str(path), files.enter_context(path.open("rb")))
    except OSError as fault:
        raise CallerError("the heads cannot be read", where=str(path), got=fault.strerror or "") from fault


def _about_keys(folder: Path, key: PublicKey | None, beside: PublicKey | None) -> list[Problem]:
    """What is wrong with the key beside the heads, and with heads that are not there."""
    if key is not None and beside is not None and key.keyid != beside.keyid:
        return [Problem("heads.pub", "this is another key than the one that was kept elsewhere")]
    if not (folder / FILE).is_file():
        return [Problem(FILE, "the signed heads are missing")] if beside or key else []
    return []


def caveat_of(folder: Path, verdict: Verdict) -> str:
    """What a verdict cannot say; empty where it is whole."""
    if not verdict.heads:
        return _UNSIGNED
    return "" if (folder / FILE).is_file() else _UNSIGNED
