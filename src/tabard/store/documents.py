"""What a decision pins by its digest and keeps beside it: how each criterion stood, and the same as attestations for others' tools."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import msgspec

from tabard.accreditation import Case, assessed_of, standings_of, stood_in
from tabard.accreditation.claims import BadClaims, Claims, Evidence, attestation, claims_of
from tabard.accreditation.frameworks import all_frameworks
from tabard.decision import read_statement, read_summary
from tabard.ground.errors import InternalError, NotFound
from tabard.ground.private_files import write_private
from tabard.product import Package
from tabard.store.cases import Cases
from tabard.store.decision_log import DecisionLog
from tabard.store.folder import Folder

_PUBLIC = ("decided", "refused", "widened")
_REMEDY = "look at the list of decisions"


class Documents(NamedTuple):
    """The documents of every decision that was drafted; those of published ones are for anybody."""

    folder: Folder
    cases: Cases
    log: DecisionLog

    def keep(self, case: Case, package: Package, evidence: tuple[Evidence, ...]) -> None:
        """Write those of the statement that was just drafted. Raises InternalError where they are not what it pins."""
        if case.statement is None:
            raise InternalError("a drafted case has no statement", where=case.id)
        summary = read_summary(case.statement.payload)
        decision = summary.decision
        told = stood_in(case, package, evidence, decision.decided.date())
        document = standings_of(package, summary.verifier, told, decision.conditions)
        pinned = decision.criteria.standings_sha256 if decision.criteria else ""
        if sha256(document).hexdigest() != pinned:
            raise InternalError("the criteria stand otherwise than was drafted", where=case.id)
        used = {(one.id, one.sha256) for one in decision.frameworks}
        shelf = [one for one in all_frameworks() if (one.id, one.sha256) in used]
        attested = attestation(
            assessed_of(package, summary.verifier),
            shelf,
            (standing for one, standing in told if any(one in each.criteria for each in shelf)),
            _claims(package),
            evidence,
        )
        self.folder.standings.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(self._at(pinned, "json"), document)
        write_private(
            self._at(pinned, "cdx.json"), msgspec.json.encode(attested, order="sorted")
        )  # its scores are fractions

    def standings(self, statement_sha256: str) -> bytes:
        """How each criterion stood, as the published decision of that statement pins it. Raises NotFound."""
        raw = self._read(statement_sha256, "json")
        if sha256(raw).hexdigest() != self._pinned(statement_sha256):
            raise InternalError("a kept document was changed", remedy="restore it from the store's backup")
        return raw

    def attestation(self, statement_sha256: str) -> bytes:
        """The same as CycloneDX attestations. Raises NotFound."""
        return self._read(statement_sha256, "cdx.json")

    def _read(self, statement_sha256: str, kind: str) -> bytes:
        at = self._at(self._pinned(statement_sha256), kind)
        if not at.is_file():
            raise NotFound("this document is not kept any more", remedy="ask whoever runs the store")
        return at.read_bytes()

    def _pinned(self, statement_sha256: str) -> str:
        """The digest that the decision of that statement tells, where it is public. Raises NotFound."""
        payload = next((one for one in self._public(statement_sha256)), None)
        told = read_statement(payload).criteria if payload is not None else None
        if told is None:
            raise NotFound("no public decision of that statement tells how its criteria stood", remedy=_REMEDY)
        return told.standings_sha256

    def _public(self, statement_sha256: str) -> Iterator[bytes]:
        products = {
            one.product
            for one in self.log.entries()
            if one.statement_sha256 == statement_sha256 and one.kind in _PUBLIC and statement_sha256
        }
        for kept in (each for product in products for each in self.cases.of_product(product)):
            statements = (
                one for one in (kept.case.statement, kept.case.refusal, *kept.case.superseded) if one is not None
            )
            yield from (one.payload for one in statements if sha256(one.payload).hexdigest() == statement_sha256)

    def _at(self, digest: str, kind: str) -> Path:
        return self.folder.standings / f"{digest}.{kind}"


def _claims(package: Package) -> Claims:
    try:
        return claims_of(package.files)
    except BadClaims:
        return Claims()
