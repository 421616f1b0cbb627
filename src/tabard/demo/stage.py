"""The stage: what the steps of a story find, make and leave for the next."""

from dataclasses import dataclass, field
from pathlib import Path

from tabard.demo.process import HospitalProcess
from tabard.demo.visitor import Board, Visitor
from tabard.ground.errors import InternalError
from tabard.sandbox import PretendLorenzo, Ward

WARD = "Fern"
"""The ward on whose board the story looks."""

LINK = "lorenzo"


@dataclass(frozen=True, slots=True)
class SignIn:
    """A demo account."""

    username: str
    password: str
    does: str


@dataclass(slots=True)
class Stage:
    """One playing of the story: a folder, two ports, and what stands on the stage by now.

    `silence_s` is after how many seconds without a message the feed counts as silent.
    """

    folder: Path
    web_port: int
    mllp_port: int
    silence_s: int
    seed: int = 2009
    sign_ins: tuple[SignIn, ...] = ()
    process: HospitalProcess | None = None
    _lorenzo: PretendLorenzo | None = None
    _visitor: Visitor | None = None
    _board: Board | None = None
    patients: dict[str, str] = field(default_factory=dict)
    """Hospital numbers of those whom the story follows, by the part they play."""

    @property
    def base(self) -> str:
        """Where the hospital answers."""
        return f"http://localhost:{self.web_port}"

    @property
    def addresses(self) -> dict[str, str]:
        """What a person needs to look around, by what it is."""
        return {
            "portal": self.base,
            "fhir": f"{self.base}/fhir",
            "ward_board": f"http://ward-board.localhost:{self.web_port}",
            "lorenzo": f"mllp://127.0.0.1:{self.mllp_port}",
        }

    @property
    def lorenzo(self) -> PretendLorenzo:
        """The pretend Lorenzo, its line not yet dialled at first."""
        if self._lorenzo is None:
            self._lorenzo = PretendLorenzo("127.0.0.1", self.mllp_port, seed=self.seed)
        return self._lorenzo

    @property
    def ward(self) -> Ward:
        """The ward of the board."""
        return self.lorenzo.layout.ward(WARD)

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
        for one in (self._lorenzo, self._visitor, self._board):
            if one is not None:
                one.close()
        if self.process is not None:
            self.process.end()
