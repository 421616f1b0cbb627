"""What assessors do beside reviewing and signing: conditions, first of type, suspending and bringing back."""

from collections.abc import Iterator

import pytest

from unit.web_store.judged import Judged, judged_in
from unit.web_store.world import PORT


@pytest.fixture(scope="module", name="judged")
def _judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judged]:
    with judged_in(tmp_path_factory.mktemp("acting"), PORT) as made:
        yield made


def test_a_condition_is_set_and_taken_away(judged: Judged) -> None:
    """With owner and day; without a day where it is the maker's, with no owner, or with no day that there is, it is refused."""
    world, path = judged.world, f"/cases/{judged.referred_back}"
    world.sign_in("clinical")
    asked = {"text": "Show how long a name is kept.", "owner": "maker", "due": "2099-01-31"}
    assert world.act(path, f"{path}/conditions", **asked).status_code == 303
    for wrong in ({"due": ""}, {"owner": "nobody"}, {"due": "31 January"}, {"text": ""}):
        assert world.act(path, f"{path}/conditions", **{**asked, **wrong}).status_code == 400, wrong
    page = world.get(path).text
    assert "31-Jan-2099" in page
    assert world.act(path, f"{path}/conditions/dropped", condition="C1").status_code == 303
    assert world.store.case(judged.referred_back).case.conditions == ()


def test_a_condition_is_seen_met(judged: Judged) -> None:
    """Once, with how; the page then says by whom."""
    world, path = judged.world, f"/cases/{judged.accredited}"
    world.sign_in("security")
    met = {"condition": "C1", "words": "Measured every colour of it.", "evidence": ""}
    assert world.act(path, f"{path}/conditions/met", **met).status_code == 303
    assert "Measured every colour of it." in world.get(path).text
    assert world.act(path, f"{path}/conditions/met", **met).status_code == 400


def test_one_suspends_and_two_of_different_roles_bring_back(judged: Judged) -> None:
    """The form is there for the second person only, and a reason is asked of each."""
    world, path = judged.world, f"/cases/{judged.accredited}"
    world.sign_in("clinical")
    assert world.act(path, f"{path}/suspensions", reason="").status_code == 400
    assert world.act(path, f"{path}/suspensions", reason="It showed old beds all night.").status_code == 303
    assert "Suspended by Dr Clinical" in world.get(path).text
    first = world.act(path, f"{path}/reinstatements", reason="The maker showed what was wrong.")
    assert first.headers["location"].endswith("done=reinstating")
    assert f"{path}/reinstatements" not in world.get(path).text
    world.sign_in("security")
    second = world.act(path, f"{path}/reinstatements", reason="I looked at all of it again.")
    assert second.headers["location"].endswith("done=reinstated")


def test_a_form_of_another_site_suspends_nothing(judged: Judged) -> None:
    """Without our token no deed is done."""
    world, path = judged.world, f"/cases/{judged.suspended}"
    world.sign_in("security")
    before = world.store.case(judged.suspended).version
    assert world.post(f"{path}/reinstatements", {"reason": "Fine now.", "seen": str(before)}).status_code == 403
    assert world.store.case(judged.suspended).version == before


def test_a_decision_for_some_hospitals_first_says_so(judged: Judged) -> None:
    """Sites and what must be shown there stand in the words that are signed; sites without that are refused."""
    world = judged.world
    with_sites = {"months": "12", "conditions": "", "sites": "RZZ, RYY"}
    from unit.store.product_files import folder_of  # noqa: PLC0415  one test's
    from unit.web_store.judged import reviewed, submitted, who  # noqa: PLC0415  one test's
    from unit.web_store.words import judge_all  # noqa: PLC0415  one test's

    folder = world.store.folder.root.parent
    case = reviewed(world, submitted(world, folder_of(folder / "six", "2.0.0", words="A sixth name")))
    judge_all(world.store, case, [who(world, name) for name in world.people])
    world.sign_in("clinical")
    path = f"/cases/{case}"
    assert world.act(path, f"{path}/drafts", **with_sites).status_code == 400
    assert world.act(path, f"{path}/drafts", **with_sites, exit_criteria="Ten weeks without harm.").status_code == 303
    text = world.get(path).text
    assert "RZZ, RYY" in text
    assert "Ten weeks without harm." in text
