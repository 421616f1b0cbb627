"""Rows of the hospital's tables as values, and back."""

import json
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult

import msgspec
from sqlalchemy import Row

from tabard.ground.time import from_us, to_us
from tabard.hospital.evidence import Evidence, Told
from tabard.hospital.model import Install, State, Stop, Why
from tabard.product import BadManifest, Manifest, Part, parse_manifest

_EARLIER = Stop(
    Why.not_accredited,
    "Nobody has accredited it: it was put here from a folder, and this hospital is not for trials.",
    "Install the accredited version: tabard hospital install.",
)


@dataclass(frozen=True, slots=True)
class Reading:
    """How rows of installs are read at one hospital."""

    base: SplitResult
    for_trials: bool

    def install(self, row: Row[Any]) -> Install:
        """The install of a row. One that nobody accredited counts as stopped where the hospital is not for trials."""
        origin = f"{self.base.scheme}://{row.id}.{self.base.netloc}"
        files = _files(row.files)
        found = Install(
            id=row.id,
            title=row.title,
            name=row.name,
            version=row.version,
            publisher=row.publisher,
            context=row.context,
            folder=Path(row.folder),
            digest=row.digest,
            origin=origin,
            launch_uri=f"{origin}/{row.launch}" if row.launch else "",
            redirect_uri=f"{origin}/{row.start}" if row.start else "",
            scopes=row.scopes,
            installed=from_us(row.installed_us),
            sha256=row.sha256,
            state=State(row.state),
            stop=Stop(Why(row.reason), row.words, row.remedy) if row.reason else None,
            evidence=row.evidence,
            manifest=_manifest(row.manifest, row.files),
            files=files,
        )
        is_out_of_place = found.is_trial and found.is_active and not self.for_trials
        return replace(found, state=State.stopped, stop=_EARLIER) if is_out_of_place else found


def install_row(
    manifest: Manifest, app: Part | None, folder: Path, files: dict[str, str], installed_us: int
) -> dict[str, Any]:
    """The columns that every install has, whoever accredited it or not; `app` is the part that is opened, None where none is."""
    scopes = dict.fromkeys(scope for part in manifest.parts for scope in part.scopes)
    return {
        "id": manifest.id,
        "title": manifest.name if app is None else app.title,
        "name": manifest.name,
        "version": manifest.version,
        "publisher": manifest.publisher,
        "context": "" if app is None else str(app.context),
        "folder": str(folder),
        "launch": "" if app is None else app.launch,
        "start": "" if app is None else app.start,
        "scopes": " ".join(scopes),
        "installed_us": installed_us,
        "state": State.active,
        "reason": "",
        "words": "",
        "remedy": "",
        "files": json.dumps(files, sort_keys=True),
    }


def evidence_row(evidence: Evidence) -> dict[str, Any]:
    """The columns of evidence of an install that begins."""
    return {
        "product": evidence.product,
        "version": evidence.version,
        "sha256": evidence.sha256,
        "decision": evidence.decision,
        "release": evidence.release,
        "told": msgspec.json.encode(evidence.told).decode(),
        "verified_us": to_us(evidence.verified),
        "ended": "",
    }


def evidence_of(row: Row[Any]) -> Evidence:
    """The evidence of a row."""
    return Evidence(
        product=row.product,
        version=row.version,
        sha256=row.sha256,
        decision=row.decision,
        release=row.release,
        told=msgspec.json.decode(row.told, type=Told),
        verified=from_us(row.verified_us),
        ended_at=None if row.ended_us is None else from_us(row.ended_us),
        ended=row.ended,
    )


@lru_cache(maxsize=64)
def _files(told: str) -> dict[str, str]:
    return {str(name): str(digest) for name, digest in json.loads(told).items()}


@lru_cache(maxsize=64)
def _manifest(text: str, files: str) -> Manifest | None:
    """The manifest as it was installed; None where an earlier Tabard kept none, or wrote one by other rules."""
    try:
        return parse_manifest(text.encode(), _files(files)) if text else None
    except BadManifest:
        return None
