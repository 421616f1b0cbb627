"""The service is killed as by a power cut; the next one makes up for it."""

from pathlib import Path

import pytest

from edge.store.people import Place, Served, place
from tabard.catalogue import Client
from tabard.ground.errors import CallerError
from tabard.store import Worker, load


def listed(made: Place, folder: Path) -> list[str]:
    """The versions that a hospital sees."""
    site = Client(folder / "site", f"{made.url}/catalogue", (made.folder / "root.json").read_bytes())
    site.refresh()
    return [one.version for summary in site.products() for one in site.entry(summary.product).versions]


@pytest.mark.parametrize("step", ["before-listing", "after-listing"])
def test_killed_between_the_second_signature_and_the_catalogue(tmp_path: Path, step: str) -> None:
    """What two people signed is published by the next process, once, and nothing was believed before."""
    made = place(tmp_path)
    first = Served(made.folder, step)
    case = made.submit(made.package())
    made.reviewed(case)
    made.sign(case, "Ada Safe")
    try:
        made.sign(case, "Bo Secure")
    except Exception as error:  # noqa: BLE001  the answer may be cut off with the process
        assert "does not answer" in str(error)  # noqa: PT017  whichever comes first
    assert first.died() == -9
    second = Served(made.folder)
    told = made.comes_to(case, "published")
    assert told["next"] == "Hospitals can install it."
    assert listed(made, tmp_path) == ["1.0.0"]
    with made.at("Bo Secure") as store:
        kinds = [one["kind"] for one in store.case(case)["happened"]]
    assert (kinds.count("signed"), kinds.count("published")) == (2, 1)
    assert second.stop() == 0


def test_killed_while_it_checks(tmp_path: Path) -> None:
    """What was being checked is checked again."""
    made = place(tmp_path)
    first = Served(made.folder, "check")
    try:
        case = made.submit(made.package())
    except Exception:  # noqa: BLE001  the answer may be cut off with the process
        case = ""
    assert first.died() == -9
    second = Served(made.folder)
    case = case or made.submit(made.package())
    told = made.comes_to(case, "in_review")
    assert told["findings"]
    assert second.stop() == 0


def test_one_process_serves_a_folder(tmp_path: Path) -> None:
    """A second one is told so, and the first goes on."""
    made = place(tmp_path)
    first = Served(made.folder)
    with pytest.raises(CallerError, match="in use by another process"):
        Worker(load(made.folder)).start()
    assert made.status("nothing")["error"]
    assert first.stop() == 0
