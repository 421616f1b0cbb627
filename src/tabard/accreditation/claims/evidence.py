"""An item of evidence: which bytes, of which kind, about what, from when until when; and whether it stands on a day."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from tabard.accreditation.claims.errors import BadEvidence

_SHA256 = re.compile(r"[0-9a-f]{64}")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,79}")
_ODS = re.compile(r"[A-Z0-9]{3,10}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_YEAR = re.compile(r"20[0-9]{2}")
_SCORE = re.compile(r"(?:10\.0|[0-9]\.[0-9])")
_MOST_SERVED = 500
_LONGEST = 500
_MOST_SAID = 20
_TOO_GRAVE = 7.0
_A_YEAR = timedelta(days=365)
_LATEST = date(2100, 12, 31)
"""No item is of a later day: from each the day on which it ends can be reckoned."""


class EvidenceKind(StrEnum):
    """What an item is."""

    hazard_log = "hazard-log"
    safety_case_report = "safety-case-report"
    officer_registration = "officer-registration"
    test_report = "test-report"
    trial = "trial"
    penetration_test = "penetration-test"
    cyber_essentials = "cyber-essentials"
    dspt = "dspt"
    ico_registration = "ico-registration"
    impact_assessment = "impact-assessment"
    charter = "charter"
    device_registration = "device-registration"
    accessibility_statement = "accessibility-statement"
    document = "document"


OF_BYTES = frozenset(
    {EvidenceKind.hazard_log, EvidenceKind.safety_case_report, EvidenceKind.test_report, EvidenceKind.trial}
)
"""Kinds that speak of one version: for another a person must say that they still hold."""

OF_ORGANISATION = frozenset(
    {EvidenceKind.cyber_essentials, EvidenceKind.dspt, EvidenceKind.ico_registration, EvidenceKind.charter}
)
"""Kinds that are an organisation's: kept once, for all of its products."""

_ENDS = frozenset({EvidenceKind.cyber_essentials, EvidenceKind.ico_registration, EvidenceKind.officer_registration})
_MUST_SAY = {
    EvidenceKind.penetration_test: ("worst_cvss", "tester"),
    EvidenceKind.cyber_essentials: ("number", "scope"),
    EvidenceKind.dspt: ("status", "year"),
    EvidenceKind.officer_registration: ("register", "number"),
}


def must_say(kind: EvidenceKind) -> tuple[str, ...]:
    """The names of what an item of that kind must say beside its title."""
    return _MUST_SAY.get(kind, ())


def must_end(kind: EvidenceKind) -> bool:
    """Whether an item of that kind must tell the day on which it ends."""
    return kind in _ENDS


_DSPT_MET = ("standards met", "standards exceeded")


@dataclass(frozen=True, slots=True)
class Evidence:
    """One item.

    `sha256` is of its bytes; `organisation` is an ODS code; `for_product` the id of the product it is about, None where it is
    the organisation's standing evidence, and `for_package` the SHA-256 of the package that it was made of. `says` holds what its kind must say, such as a test's worst CVSS.
    `follows` are the SHA-256 of what it stands in the place of: a ledger tells them when it is asked what stands, and no line
    of it holds them. Raises BadEvidence where it is not sound.
    """

    id: str
    sha256: str
    kind: EvidenceKind
    title: str
    organisation: str
    made: date
    serves: tuple[str, ...]
    for_product: str | None = None
    for_package: str | None = None
    expires: date | None = None
    says: tuple[tuple[str, str], ...] = ()
    follows: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self._need(_ID.fullmatch(self.id), "id", "letters, digits and . _ : -, 80 at the most")
        self._need(_SHA256.fullmatch(self.sha256), "sha256", "64 hexadecimal digits")
        self._need(0 < len(self.title.strip()) <= _LONGEST, "title", "a title")
        self._need(_ODS.fullmatch(self.organisation), "organisation", "an ODS code")
        self._need(self.made <= _LATEST, "made", f"a day, {_LATEST} at the latest")
        self._need(0 < len(self.serves) <= _MOST_SERVED, "serves", f"1 to {_MOST_SERVED} criteria")
        self._need(self.expires is None or self.made < self.expires, "expires", "a day after it was made")
        self._need(self.kind not in _ENDS or self.expires, "expires", "the day on which it ends")
        is_whole = self.for_package is None or (self.for_product and _SHA256.fullmatch(self.for_package))
        self._need(is_whole, "for_package", "the SHA-256 of a package of for_product")
        self._need(
            self.kind not in OF_BYTES or self.for_package, "for_package", f"of which package: a {self.kind} is of one"
        )
        self._need(
            self.kind not in OF_ORGANISATION or self.for_product is None,
            "for_product",
            "none: it is of the organisation",
        )
        said = dict(self.says)
        for name in must_say(self.kind):
            self._need(said.get(name, "").strip(), f"says.{name}", f"what a {self.kind} must say")
        self._need(
            len(self.says) <= _MOST_SAID and len(said) == len(self.says), "says", "each name once, 20 at the most"
        )
        for name, words in self.says:
            self._need(
                _NAME.fullmatch(name) and 0 < len(words) <= _LONGEST, "says", f"NAME=VALUE, {_LONGEST} at the most"
            )

    @property
    def is_standing(self) -> bool:
        """Whether it is the organisation's, and of no one product."""
        return self.for_product is None

    @property
    def ends(self) -> date | None:
        """The first day on which it stands no more, had it stood before; None for what has no end.

        Source: DTAC 2.0, C3.3 and C2.1, for tests and for the toolkit.
        """
        ends = [self.expires] if self.expires else []
        if self.kind is EvidenceKind.penetration_test:
            ends.append(self.made + _A_YEAR + timedelta(days=1))
        year = dict(self.says).get("year", "").partition("-")[0]
        if self.kind is EvidenceKind.dspt and _YEAR.fullmatch(year):
            ends.append(date(int(year) + 2, 7, 1))
        return min(ends, default=None)

    def why_not(self, on: date) -> str | None:
        """Why it does not stand on that day; None where it does."""
        if on < self.made:
            return f"it was made on {self.made}, after this day"
        if self.expires is not None and on >= self.expires:
            return f"it ended on {self.expires}"
        if self.kind is EvidenceKind.penetration_test:
            return self._why_no_test(on)
        if self.kind is EvidenceKind.dspt:
            return self._why_no_toolkit(on)
        return None

    def _why_no_test(self, on: date) -> str | None:
        """Source: DTAC 2.0, C3.3: within twelve months, and nothing of CVSS 7.0 or more."""
        worst = dict(self.says)["worst_cvss"]
        if not _SCORE.fullmatch(worst):
            return f"its worst CVSS is not told as a score such as 6.9, but as {worst[:20]}"
        if float(worst) >= _TOO_GRAVE:
            return f"it found something of CVSS {worst}; below {_TOO_GRAVE} is asked"
        return f"it was made on {self.made}, more than twelve months before" if on - self.made > _A_YEAR else None

    def _why_no_toolkit(self, on: date) -> str | None:
        """Source: DTAC 2.0, C2.1: standards met or exceeded, this year or the one before."""
        said = dict(self.says)
        if said["status"].lower() not in _DSPT_MET:
            return f"its status is {said['status'][:40]}, and not {' or '.join(_DSPT_MET)}"
        year = said["year"].partition("-")[0]
        # The toolkit's year runs from July: in its name stands the calendar year in which it began.
        began = on.year if on.month >= 7 else on.year - 1  # noqa: PLR2004  July
        if not year.isdecimal() or int(year) not in (began, began - 1):
            return f"it is of {said['year'][:20]}, neither of this year nor of the last"
        return None

    def _need(self, is_so: object, name: str, expected: str) -> None:
        if not is_so:
            got = str(getattr(self, name.partition(".")[0]))[:80]
            raise BadEvidence("the evidence is not sound", where=f"{self.id[:80]} {name}", expected=expected, got=got)
