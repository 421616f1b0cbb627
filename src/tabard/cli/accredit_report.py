"""`tabard accredit report`: the public report on a decision, as PDF, as a page or as JSON, fetched from the store that publishes it."""

from base64 import b64decode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from tabard.cli.accredit_options import At, case_id
from tabard.cli.passphrase import read_key
from tabard.cli.product_files import write_file
from tabard.ground.errors import CallerError, NotFound, PeerError
from tabard.store.asking import StoreAt

_PATIENCE_S = 120.0
_LARGEST_BYTES = 64 << 20
_DIGEST_LENGTH = 64


def report(
    which: Annotated[
        str, typer.Argument(metavar="CASE|SHA256", help="A case (with --key), or the SHA-256 of what was signed.")
    ],
    *,
    at: At,
    key: Annotated[
        Path | None,
        typer.Option(
            "--key",
            metavar="FILE|URI",
            envvar="TABARD_KEY",
            help="Your key, to name a case by its id; a decision needs none.",
        ),
    ] = None,
    pdf: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write it as PDF, where the store sets prints.")
    ] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write it as a page that prints.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """The report on a public decision: criteria, hazards, findings, evidence and what became of it; --pdf, --html or --json."""
    if [pdf is not None, html is not None, as_json].count(True) != 1:
        raise CallerError("a report is made in one form", expected="one of --pdf FILE, --html FILE and --json")
    base = f"{at.rstrip('/')}/decisions/{_decision(at, key, which)}"
    if pdf is not None:
        _write(pdf, _fetched(f"{base}/report.pdf", b"%PDF-"))
    elif html is not None:
        _write(html, _standing_alone(_fetched(f"{base}/report", b"<!"), at))
    else:
        typer.echo(_fetched(f"{base}/report.json", b"{").decode())


COMMANDS: tuple[Callable[..., Any], ...] = (report,)


def _decision(at: str, key: Path | None, which: str) -> str:
    """The digest of the statement. A case's whole id and a digest look alike: with a key a case is looked for first."""
    if key is not None:
        with StoreAt(at, read_key(key)) as store:
            found = _of_case(store, which)
        if found:
            return found
    if not _is_digest(which):
        raise CallerError(
            "this is no digest of a decision",
            got=which[:80],
            expected="the SHA-256 of what was signed, or a case's id together with --key",
            remedy="tabard accredit log show --json tells each",
        )
    return which


def _of_case(store: StoreAt, begun: str) -> str:
    """The digest of what stands in that case; "" where what is named is a decision. Raises CallerError where nothing is decided."""
    try:
        told = store.case(case_id(store, begun))
    except CallerError:
        if _is_digest(begun):
            return ""
        raise
    if not told["statement"]:
        raise CallerError("nothing is decided in this case yet", where=str(told["case"]), remedy=str(told["next"]))
    return sha256(b64decode(told["statement"])).hexdigest()


def _is_digest(text: str) -> bool:
    return len(text) == _DIGEST_LENGTH and not set(text) - set("0123456789abcdef")


def _fetched(url: str, begins: bytes) -> bytes:
    try:
        with httpx.Client(timeout=_PATIENCE_S) as http:
            answer = http.get(url)
    except (httpx.HTTPError, httpx.InvalidURL) as fault:
        raise PeerError("the store does not answer", where=url, got=type(fault).__name__) from fault
    if answer.status_code == httpx.codes.NOT_FOUND:
        raise NotFound(
            "the store has no such report",
            where=url,
            remedy="look at `tabard accredit log show`; a store without `tabard[pdf]` has --html and --json alone",
        )
    raw = answer.content
    if answer.status_code != httpx.codes.OK or len(raw) > _LARGEST_BYTES or not raw.lstrip().startswith(begins):
        raise PeerError("this is not how a store answers", where=url, got=f"HTTP {answer.status_code}")
    return raw


def _standing_alone(page: bytes, at: str) -> bytes:
    """The page as a file: its styles and links are the store's still."""
    base = f'<head>\n<base href="{at.rstrip("/")}/">'.encode()
    return page.replace(b"<head>", base, 1)


def _write(path: Path, raw: bytes) -> None:
    write_file(path, raw)
    typer.echo(f"{path}: {len(raw):,} bytes")
