"""One hospital on the stage: its folder and ports, its record system, its process, and who visits it."""

from dataclasses import dataclass, field
from pathlib import Path

from tabard.demo.process import Served
from tabard.demo.visitor import Visitor
from tabard.demo.ward_board import Board
from tabard.ground.errors import InternalError
from tabard.hospital import Role
from tabard.sandbox import PretendLorenzo, PretendMillennium, Ward

Ehr = PretendLorenzo | PretendMillennium

PEOPLE = (
    ("nurse", "Nadia Achebe", Role.clinician, "wards, patients, products"),
    (
        "integration",
        "Iain Pryce",
        Role.integration,
        "links, messages, parked messages, dialects: proposes and switches",
    ),
    ("safety", "Dr Salma Reeve", Role.clinical_safety, "the same pages; the second word for a change of a dialect"),
)


@dataclass(frozen=True, slots=True)
class SignIn:
    """A demo account."""

    username: str
    password: str
    does: str


@dataclass(slots=True)
class House:
    """A pretend hospital: `link` names its feed, `dialect` how that is read, `ward_code` the ward that the story looks at.

    `silence_s` is after how many seconds without a message the feed counts as silent.
    """

    folder: Path
    port: int
    mllp_port: int
    silence_s: int
    ehr: Ehr
    link: str
    dialect: str
    ward_code: str
    sign_ins: tuple[SignIn, ...] = ()
    process: Served | None = None
    patients: dict[str, str] = field(default_factory=dict)
    """Hospital numbers of those whom the story follows, by the part they play."""
    _visitor: Visitor | None = None
    _board: Board | None = None

    @property
    def name(self) -> str:
        """What the hospital is called."""
        return self.ehr.layout.name

    @property
    def base(self) -> str:
        """Where the hospital answers."""
        return f"http://localhost:{self.port}"

    @property
    def ward(self) -> Ward:
        """The ward of the board."""
        return self.ehr.layout.ward(self.ward_code)

    @property
    def visitor(self) -> Visitor:
        """Somebody at the portal, not signed in at first."""
        if self._visitor is None:
            self._visitor = Visitor(self.base)
        return self._visitor

    @property
    def board(self) -> Board:
        """The launched ward board. Raises InternalError before its step."""
        if self._board is None:
            raise InternalError("the ward board is not launched yet")
        return self._board

    @board.setter
    def board(self, board: Board) -> None:
        self._board = board

    def clear(self) -> None:
        """Hang up, let go of connections, and end the hospital if it still runs."""
        self.ehr.close()
        if self._visitor is not None:
            self._visitor.close()
        if self._board is not None:
            self._board.app.close()
        if self.process is not None:
            self.process.end()
