"""How every criterion stood, as one document that a decision pins by its digest and anybody may read beside it."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from tabard.accreditation.claims.attesting import Assessed
from tabard.accreditation.claims.judgement import Status
from tabard.accreditation.claims.judging import Standing, holding_up
from tabard.accreditation.frameworks import Criterion
from tabard.decision import Condition
from tabard.ground.canonical import canonical

_FORMAT = 1

Stood = tuple[tuple[Criterion, Standing], ...]
"""Each criterion that is asked, with how it stands."""


def standings_document(assessed: Assessed, stood: Stood, conditions: Iterable[Condition]) -> bytes:
    """Canonical JSON: the package, its conditions, the counts, and of each criterion how it stands, why, and on what it rests.

    The same for the same assessment: no moment stands in it.
    """
    told = {
        "format": _FORMAT,
        "product": assessed.product,
        "version": assessed.version,
        "package_sha256": assessed.package_sha256,
        "assessor": assessed.assessor,
        "conditions": {one.id: str(one) for one in conditions},
        **counts(stood),
        "criteria": [_one(one, standing) for one, standing in stood],
    }
    return canonical(told)


def counts(stood: Stood) -> dict[str, int]:
    """How many stand how, and how many musts are open: 0 where nothing keeps the product from being accredited."""
    by_status = Counter(standing.status for _, standing in stood)
    held = holding_up((one for one, _ in stood), (standing for _, standing in stood))
    return {**{status.value: by_status[status] for status in Status}, "open_musts": len(held)}


def _one(one: Criterion, standing: Standing) -> dict[str, Any]:
    return {
        "criterion": one.id,
        "title": one.title,
        "level": one.level,
        "status": standing.status,
        "because": standing.because,
        "conditions": standing.conditions,
        "evidence": standing.evidence,
        "rules": standing.rules,
        "people": standing.people,
    }
