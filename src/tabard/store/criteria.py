"""How the criteria of a case stand, and people's words on them; what a package claims is read once, for its bytes never change."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from tabard.accreditation import RULES, Case, Criterion, Status as CaseStatus, criterion, judge, missing_roles, stood
from tabard.accreditation.claims import (
    NO_CLAIMS,
    BadClaims,
    Claims,
    Evidence,
    Known,
    Standing,
    Status,
    basis_of,
    claims_of,
    holding_up,
    known_of,
)
from tabard.decision import Accreditor
from tabard.ground.time import Clock
from tabard.product import read_package
from tabard.store.cases import Cases, Kept, Told
from tabard.store.errors import MovedOn
from tabard.store.evidence import Evidences
from tabard.store.folder import Folder
from tabard.store.lines import one_line
from tabard.store.model import CaseDetail

_KEPT = 64
_ALL_MET = "Every criterion that must be met is met: an assessor must draft the decision."


class Claimed:
    """What the maker of each package claims, by its SHA-256; nothing where that cannot be read, and then nothing is met."""

    def __init__(self, folder: Folder) -> None:
        self.of: Callable[[str], Claims] = lru_cache(maxsize=_KEPT)(
            lambda sha256: _claims(folder.package(sha256).read_bytes())
        )


class Judged(NamedTuple):
    """The criteria of cases, as they stand and as people judge them."""

    cases: Cases
    claimed: Claimed
    evidence: Evidences
    clock: Clock

    def standings(self, case_id: str) -> tuple[tuple[Criterion, Standing], ...]:
        """How each criterion stands today that is asked of that product's maker. Raises NotFound."""
        kept = self.cases.get(case_id)
        return stood(kept.case, self.known(kept, kept.case), self.today)

    def judge(
        self,
        case_id: str,
        who: Accreditor,
        criteria: Iterable[str],
        status: Status,
        reason: str,
        conditions: tuple[str, ...] = (),
        *,
        seen: int | None = None,
        bases: Mapping[str, str] | None = None,
    ) -> Kept:
        """Keep a person's word on these criteria. Raises what `accreditation.judge` raises, and MovedOn.

        `bases` are by criterion the digests of what the person had before them: where one is another by now, nothing is kept.
        """
        ids, reason, kept = tuple(criteria), one_line(reason), self.cases.get(case_id)
        items = self.items(kept.case)

        def act(case: Case) -> Case:
            known = self.known(kept, case, items)
            _check_bases(ids, bases or {}, known)
            return judge(case, who, ids, status, reason, conditions, known=known, now=self.clock())

        return self.cases.change(case_id, act, Told("judged", who.name, _words(ids, status, reason, conditions)), seen)

    def told(self, detail: CaseDetail) -> CaseDetail:
        """The same, its next step saying how many criteria are open, where that is what it waits for."""
        case = detail.case
        if case.status is not CaseStatus.in_review or missing_roles(case) or case.unreviewed:
            return detail
        known = known_of(case, detail.manifest, self.claimed.of(case.package_sha256), self.items(case))
        found = stood(case, known, self.today)
        left = holding_up((one for one, _ in found), (standing for _, standing in found))
        words = f"Assessors must judge {len(left)} criteria that must be met." if left else _ALL_MET
        return replace(detail, row=replace(detail.row, next_step=words))

    def items(self, case: Case) -> tuple[Evidence, ...]:
        """What stands today of the maker's evidence."""
        return self.evidence.standing(case.publisher, case.product)

    def known(self, kept: Kept, case: Case, items: tuple[Evidence, ...] | None = None) -> Known:
        """What is known of the case; `kept` is what was kept of its package."""
        found = self.items(case) if items is None else items
        return known_of(case, kept.manifest, self.claimed.of(case.package_sha256), found)

    @property
    def today(self) -> date:
        """The day by which is judged."""
        return self.clock().date()


def _check_bases(ids: Iterable[str], bases: Mapping[str, str], known: Known) -> None:
    changed = [one for one in ids if one in bases and basis_of(criterion(one), known, RULES) != bases[one]]
    if changed:
        raise MovedOn(
            "what is known of these criteria changed since you looked",
            got=", ".join(changed)[:200],
            remedy="look at them again, then judge",
        )


def _claims(raw: bytes) -> Claims:
    try:
        return claims_of(read_package(raw).files)
    except BadClaims:
        return NO_CLAIMS


def _words(ids: tuple[str, ...], status: Status, reason: str, conditions: tuple[str, ...]) -> str:
    what = ids[0] if len(ids) == 1 else f"{len(ids)} criteria"
    on = f" on condition {', '.join(conditions)}" if conditions else ""
    return f"{what}: {status.replace('_', ' ')}{on}: {reason}"
