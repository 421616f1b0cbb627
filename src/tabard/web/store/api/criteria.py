"""Criteria as JSON, for assessors: how each stands, what the maker says of it, what it waits for, and whose word is asked."""

from typing import Any

from tabard.accreditation import RULES, Criterion, judges_of
from tabard.accreditation.claims import Claims, Standing, basis_of, holding_up, known_of
from tabard.decision import Accreditor
from tabard.store import Store


def standings(store: Store, who: Accreditor, case_id: str) -> dict[str, Any]:
    """Every criterion that is asked of the product, in the order of the frameworks; `role` is the asker's own.

    `basis` is of what is known of each: who sends it along with their word judges just that.
    """
    detail, claims, told = store.case(case_id), store.claims(case_id), store.standings(case_id)
    case, items = detail.case, store.evidence.standing(detail.case.publisher, detail.case.product)
    known = known_of(case, detail.manifest, claims, items)
    held = {one.criterion for one in holding_up((one for one, _ in told), (each for _, each in told))}
    return {
        "case": case.id,
        "product": case.product,
        "version": case.version,
        "status": case.status,
        "role": who.role,
        "criteria": [
            {**_one(one, each, claims, case.product_class, held), "basis": basis_of(one, known, RULES)}
            for one, each in told
        ],
    }


def _one(one: Criterion, standing: Standing, claims: Claims, product_class: int, held: set[str]) -> dict[str, Any]:
    claim = claims.of(one.id)
    return {
        "criterion": one.id,
        "section": one.section,
        "title": one.title,
        "asks": one.asks,
        "level": one.level,
        "status": standing.status,
        "because": standing.because,
        "conditions": standing.conditions,
        "people": standing.people,
        "waits_for": standing.waits,
        "judges": judges_of(one, product_class),
        "holds_up": one.id in held,
        "claim": claim.state if claim else "",
        "claim_words": " ".join(part for part in (claim.answer, claim.reason) if part) if claim else "",
        "claim_by": claim.by if claim else None,
    }
