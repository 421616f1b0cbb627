"""Why an EHR's FHIR gives no answer, and why an answer may not be used.

PeerError
└── EhrError         the EHR or the way to it failed; `reason` is a word for counts and the audit
    ├── Unreachable  no connection, or it broke
    ├── TooSlow      it did not answer within the request's own time
    ├── Busy         it asks us to wait (429, 503), too many of our questions are open, or we let it rest
    ├── NotLetIn     it does not know us, or not for this
    ├── BadAnswer    an answer that cannot be used: no JSON, cut off, too large, of the wrong kind
    ├── Rejected     it refused what was asked, or cannot tell what it holds
    ├── Conflict     a write against a version that is not the newest there
    └── NotKnown     a write of which it is not known whether it was done
CallerError
├── NobodyHere       whom the EHR names is not exactly one of the record
├── Doubtful         whose chart it is there is in doubt: nothing is answered
└── Unsupported      the EHR has no such search

None of the texts holds anything of a patient or an answer.
"""

from enum import StrEnum

from tabard.ground.errors import CallerError, PeerError


class EhrError(PeerError):
    """The EHR or the way to it failed. `is_sent` says whether the request may have reached it."""

    reason = "ehr"
    remedy_text = "Try again; until then look in the record system itself."

    def __init__(
        self, message: str, *, is_sent: bool = True, got: str | None = None, remedy: str | None = None
    ) -> None:
        super().__init__(message, got=got, remedy=remedy or self.remedy_text)
        self.is_sent = is_sent


class Unreachable(EhrError):  # noqa: N818  says what happened
    """No connection to the EHR, or it broke."""

    reason = "unreachable"


class TooSlow(EhrError):  # noqa: N818  says what happened
    """The EHR did not answer within the request's own time."""

    reason = "too_slow"


class Busy(EhrError):  # noqa: N818  says what happened
    """The EHR asks us to wait (`after_s` seconds, where it says so), too many questions are open, or it is let rest."""

    reason = "busy"
    after_s = 0.0


class NotLetIn(EhrError):  # noqa: N818  says what happened
    """The EHR does not know us, or not for what was asked."""

    reason = "not_let_in"
    remedy_text = "Whoever runs the link compares the registration there: `tabard link test` says what is refused."


class BadAnswer(EhrError):  # noqa: N818  says what happened
    """An answer that cannot be used."""

    reason = "bad_answer"


class Rejected(EhrError):  # noqa: N818  says what happened
    """The EHR refused what was asked, or cannot tell what it holds. `status` is HTTP's."""

    reason = "rejected"

    def __init__(self, message: str, status: int, *, got: str | None = None) -> None:
        super().__init__(message, got=got)
        self.status = status


class Conflict(EhrError):  # noqa: N818  says what happened
    """The version that the write was against is not the newest there."""

    reason = "conflict"
    remedy_text = "Read it again and decide anew."


class NotKnown(EhrError):  # noqa: N818  says what happened
    """A write of which it is not known whether it was done. It is never repeated blindly."""

    reason = "not_known"
    remedy_text = "Look in the record system whether it is there before it is entered again."


class Unsupported(CallerError):  # noqa: N818  says what happened
    """The EHR has no such search; it was not asked."""


class NobodyHere(CallerError):  # noqa: N818  says what happened
    """Somebody or something that the EHR names is not exactly one of the record. `reason` is a word for the audit."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class Doubt(StrEnum):
    """Why a patient of the record cannot be taken for one of the EHR's."""

    no_number = "no_number"
    not_there = "not_there"
    several_there = "several_there"
    given_up_here = "given_up_here"
    given_up_there = "given_up_there"
    another_there = "another_there"
    number_differs = "number_differs"
    number_of_another = "number_of_another"
    visit_of_another = "visit_of_another"
    birth_date_differs = "birth_date_differs"
    nhs_number_differs = "nhs_number_differs"
    name_differs = "name_differs"
    changed_meanwhile = "changed_meanwhile"
    other_chart = "other_chart"


class Doubtful(CallerError):  # noqa: N818  says what happened
    """Whose chart it is there is in doubt; `doubt` says why. Nothing is answered."""

    def __init__(self, doubt: Doubt) -> None:
        sentence, remedy = TOLD[doubt]
        super().__init__(sentence, remedy=remedy)
        self.doubt = doubt


_LOOK = "Look in the record system itself, and tell whoever runs the link: the two systems must agree before anything is shown here."
_WAIT = "Until its messages have come, look in the record system itself."

TOLD: dict[Doubt, tuple[str, str]] = {
    Doubt.no_number: ("This patient has no number here that the record system knows.", _LOOK),
    Doubt.not_there: ("The record system knows nobody by this patient's number.", _LOOK),
    Doubt.several_there: ("The record system knows more than one patient by this patient's number.", _LOOK),
    Doubt.given_up_here: (
        "This patient's registration is not in use here, or was merged into another.",
        "Find the patient anew: the registration that is in use shows what there is.",
    ),
    Doubt.given_up_there: ("The record system has merged this patient, or put the registration out of use.", _WAIT),
    Doubt.another_there: ("This patient's number leads to another patient in the record system than it did.", _LOOK),
    Doubt.number_differs: (
        "The patient of the record system has not all the numbers that this patient has here.",
        _LOOK,
    ),
    Doubt.number_of_another: (
        "A number that the record system gives to this patient is another patient's here.",
        _LOOK,
    ),
    Doubt.visit_of_another: ("A visit that the record system gives to this patient is another patient's here.", _LOOK),
    Doubt.birth_date_differs: ("The birth dates here and in the record system do not agree.", _LOOK),
    Doubt.nhs_number_differs: ("The NHS numbers here and in the record system differ.", _LOOK),
    Doubt.name_differs: (
        "The names here and in the record system differ, and no NHS number and no visit says that they are one person's.",
        _LOOK,
    ),
    Doubt.changed_meanwhile: ("This patient was changed while the record system was asked.", "Ask again."),
    Doubt.other_chart: (
        "What the record system answered is not, or not only, about this patient, and is withheld.",
        _LOOK,
    ),
}
"""Doubt: what is wrong, and what to do."""
