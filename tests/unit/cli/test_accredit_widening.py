"""`tabard accredit widen` and `tabard product submit --case` on the command line, against a store that answers in this process."""

import httpx
import msgspec
import pytest
from typer.testing import CliRunner

from tabard.accreditation import Status, Terms
from tabard.cli.main import command_line
from tabard.decision import FirstOfType
from tabard.ground.errors import CallerError
from tabard.ground.keys import write_signing_key
from tabard.product import sign_release
from unit.cli.test_accredit import as_, run, world  # noqa: F401  the fixture
from unit.store.world import World

EXIT = ("Ten weeks without harm to anybody.", "Fifty clinicians = enough.")


def first_of_type(at: World) -> str:
    """The case of a version that is published for one hospital."""
    case = at.reviewed()
    at.store.draft(case, at.who("Ada Safe"), Terms(first_of_type=FirstOfType(("RZZ",), EXIT)))
    for name in ("Ada Safe", "Bo Secure"):
        at.sign(case, name)
    at.store.release()
    return case


def test_a_first_of_type_is_widened_to_one_more_site(world: World) -> None:  # noqa: F811  the fixture
    """Drafted by one, read in words and signed by both; what was drafted may be dropped before."""
    case = first_of_type(world)
    assert "Drafted" in run("widen", case[:8], *as_(world, "Ada"), "--site", "RYY").output
    assert "dropped" in run("widen", case[:8], *as_(world, "Bo"), "--drop").output
    run("widen", case[:8], *as_(world, "Ada"), "--site", "RYY")
    shown = run("sign", case[:8], *as_(world, "Ada"), "--yes").output
    assert "for these sites only: RZZ, RYY" in shown
    assert f"Not shown yet: {EXIT[0]}" in shown
    told = msgspec.json.decode(run("sign", case[:8], *as_(world, "Bo"), "--yes", "--json").stdout)
    assert told["widening"] is None
    assert told["outcome"] == "first_of_type"
    assert world.store.decisions()[-1].kind == "widened"


@pytest.mark.parametrize(
    "shown", ["3=RZZ=ab=No harm.", "x=RZZ=ab=No harm.", "1=RZZ=ab", "1=RZZ=ab=", "0=RZZ=ab=No harm."]
)
def test_what_was_shown_is_told_whole(world: World, shown: str) -> None:  # noqa: F811  the fixture
    """A number of an exit criterion, a site, a digest and words."""
    case = first_of_type(world)
    with pytest.raises(CallerError, match="does not tell what was shown"):
        run("widen", case, *as_(world, "Ada"), "--shown", shown)


def test_a_draft_is_submitted_by_its_publisher_s_key(world: World, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811  the fixture
    """Whoever has another key submits nothing; with the publisher's it is a case as any."""
    client = httpx.Client
    monkeypatch.setattr(httpx, "Client", lambda timeout, transport=None: client(timeout=timeout))  # noqa: ARG005  stays here
    made = world.package()
    release = sign_release(made, world.begun.publisher).to_bytes()
    write_signing_key(world.folder / "maker.pem", world.begun.publisher)
    (world.folder / "p.tabard").write_bytes(made.raw)
    (world.folder / "r.json").write_bytes(release)

    def send(*words: str) -> str:
        told = ["product", "submit", "--to", "http://localhost:8600", *words]
        result = CliRunner().invoke(command_line(told), told, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.stdout

    def submit(*words: str) -> str:
        return send("--case", case, *words)

    sent = send(str(world.folder / "p.tabard"), "--release", str(world.folder / "r.json"), "--draft", "--json")
    told = msgspec.json.decode(sent)
    assert (told["status"], world.store.cases()) == ("draft", ())
    case = told["case"]
    with pytest.raises(CallerError, match="by its publisher"):
        submit()
    with pytest.raises(CallerError):
        submit(*as_(world, "Ada"))
    assert world.store.own_case(case).case.status is Status.draft
    assert "submitted" in submit("--key", str(world.folder / "maker.pem"))
    assert world.store.case(case).case.status is Status.submitted
