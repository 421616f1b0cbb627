"""Judging: what assessors do to a case, each step in one transaction. Who they are was proven before."""

import hmac
from functools import reduce
from hashlib import sha256
from typing import NamedTuple

from tabard.accreditation import Case, Status, Verdict, add_signature, decline, draft, review
from tabard.catalogue import Publishing
from tabard.decision import Accreditor, Reviewed
from tabard.ground.time import Clock
from tabard.product import read_package
from tabard.store.cases import Cases, Kept, Told
from tabard.store.errors import MovedOn, NotTaken, NotYours
from tabard.store.folder import Folder
from tabard.store.publishers import Publishers

_LONGEST = 2000
_STANDS = (Verdict.passed, Verdict.not_applicable)


class Judging(NamedTuple):
    """The assessors' verbs."""

    folder: Folder
    cases: Cases
    publishers: Publishers
    publishing: Publishing
    verifier: str
    clock: Clock

    def review(
        self,
        case_id: str,
        who: Accreditor,
        rule: str,
        reason: str,
        *,
        verdict: str = Verdict.passed,
        place: str | None = None,
        seen: int | None = None,
    ) -> Kept:
        """Put a person's word in the place of what the rule could not assess: at `place`, or wherever it could not.

        Raises NotTaken for a verdict that does not stand, and what `accreditation.review` raises.
        """
        if verdict not in _STANDS:
            raise NotTaken(
                "this verdict cannot stand in the place of a rule",
                expected=" or ".join(_STANDS),
                got=verdict,
                remedy="decline the case, and say why",
            )

        reason = one_line(reason)

        def act(case: Case) -> Case:
            places = [one.place for one in case.unreviewed if one.rule == rule] if place is None else [place]
            words = (Reviewed(rule, verdict, at, reason, who.name, who.role) for at in places or [""])
            return reduce(review, words, case)

        return self.cases.change(case_id, act, Told("reviewed", who.name, f"{rule}: {verdict}: {reason}"), seen)

    def draft(
        self,
        case_id: str,
        who: Accreditor,
        *,
        months: int = 12,
        conditions: tuple[str, ...] = (),
        seen: int | None = None,
    ) -> Kept:
        """Write the statement that will be signed. Raises what `accreditation.draft` raises."""
        kept = self.cases.get(case_id)
        package = read_package(self.folder.package(kept.case.package_sha256).read_bytes())
        keys = tuple(
            key.pem for key in self.publishers.keys_now(kept.case.publisher) if key.keyid == kept.release_keyid
        )
        if not keys:
            raise NotTaken(
                "the key that signed this release is not in force any more", where=case_id, remedy="decline it"
            )
        now, conditions = self.clock().replace(microsecond=0), tuple(map(one_line, conditions))

        def act(case: Case) -> Case:
            return draft(case, package, keys, verifier=self.verifier, now=now, months=months, conditions=conditions)

        words = f"valid for {months} months; " + ("; ".join(conditions) or "no conditions")
        return self.cases.change(case_id, act, Told("drafted", who.name, words), seen)

    def sign(self, case_id: str, who: Accreditor, keyid: str, signature: bytes, statement_sha256: str) -> Kept:
        """Add a person's signature over the statement of that digest. Raises MovedOn when it is another one by now."""
        trust, now = self.publishing.trust(), self.clock()
        if keyid not in {key.keyid for key in who.keys}:
            raise NotYours("this is another person's key", where=case_id, got=keyid)

        def act(case: Case) -> Case:
            payload = case.statement.payload if case.statement else b""
            if not hmac.compare_digest(sha256(payload).hexdigest(), statement_sha256):
                raise MovedOn(
                    "this is not the statement that stands", where=case_id, remedy="read the case again, then sign"
                )
            return add_signature(case, keyid, signature, trust=trust, now=now)

        kept = self.cases.change(case_id, act, Told("signed", who.name, f"as {who.role}, by key {keyid}"))
        if kept.case.status is Status.decided:
            self.cases.tell(case_id, Told("decided", "the store", "two people of both roles have signed"))
        return kept

    def decline(self, case_id: str, who: Accreditor, reason: str, *, seen: int | None = None) -> Kept:
        """Say no to a case, for good. Raises what `accreditation.decline` raises."""
        reason = one_line(reason)
        told = Told("declined", who.name, reason)
        return self.cases.change(case_id, lambda case: decline(case, who.name, reason), told, seen)


def one_line(words: str) -> str:
    """What a person wrote, on one line: in the page that is signed no line may look like another. Raises NotTaken."""
    flat = " ".join(words.split())
    if not flat or len(flat) > _LONGEST or not flat.isprintable():
        raise NotTaken(
            "these words cannot stand in a decision", expected=f"1 to {_LONGEST} characters that can be read"
        )
    return flat
