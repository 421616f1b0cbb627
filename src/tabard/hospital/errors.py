"""What can go wrong in a hospital, by whose fault it is."""

from tabard.ground.errors import CallerError, NotFound, PeerError, TabardError
from tabard.hospital.evidence import Step


class FolderTaken(CallerError):  # noqa: N818  the word a reader expects
    """A hospital was initialised in this folder before."""


class NoHospital(NotFound):
    """The folder holds no hospital."""


class BadSettings(CallerError):  # noqa: N818
    """`hospital.toml`, or what was asked of `init`, cannot stand."""


class BadProduct(CallerError):  # noqa: N818
    """A product cannot be installed as it is."""


class BadClient(CallerError):  # noqa: N818  says what was offered
    """A client cannot be registered as it is."""


class NotForTrials(CallerError):  # noqa: N818  says what the hospital is
    """A product that nobody accredited was offered to a hospital that is not for trials."""


class NoCentre(NotFound):
    """The hospital trusts no centre yet."""


class OtherCentre(CallerError):  # noqa: N818
    """The hospital trusts another centre already."""


class InstallRefused(PeerError):  # noqa: N818
    """What the centre, a mirror or a publisher gave is not to be installed: `step` did not pass, `reason` says why in a word."""

    def __init__(
        self,
        step: Step,
        reason: str,
        message: str,
        *,
        where: str | None = None,
        expected: str | None = None,
        got: str | None = None,
        remedy: str | None = None,
    ) -> None:
        super().__init__(message, where=where or step.value, expected=expected, got=got, remedy=remedy)
        self.step = step
        self.reason = reason

    @classmethod
    def of(cls, step: Step, fault: TabardError) -> "InstallRefused":
        """The refusal that another room's error means at this step."""
        reason = "not_listed" if isinstance(fault, NotFound) else str(getattr(fault, "reason", type(fault).__name__))
        told = {name: getattr(fault, name) for name in ("where", "expected", "got", "remedy")}
        return cls(step, reason, fault.message, **told)
