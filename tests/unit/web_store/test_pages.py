"""The store's pages: what anybody sees, what only assessors see, and judging by forms."""

import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from html import unescape
from pathlib import Path

import pytest

from tabard.accreditation import Owner, Status, read_hazard_log
from tabard.catalogue import Level, Recall
from tabard.ground.keys import new_signing_key, read_signing_key
from tabard.product import sign_release
from tabard.web.store import Counter, api, site
from unit.web_store.world import World, ward_board, world_in


@pytest.fixture(name="world")
def _world(tmp_path: Path) -> Iterator[World]:
    with world_in(tmp_path) as made:
        yield made


def sign(world: World, case: str, name: str) -> int:
    """The status of the page's answer to that person's signature over what stands."""
    statement = world.store.case(case).case.statement
    assert statement is not None
    signature = b64encode(world.people[name].key.sign(statement.to_sign)).decode()
    digest = sha256(statement.payload).hexdigest()
    path = f"/cases/{case}"
    return world.act(path, f"{path}/signatures", statement=digest, signature=signature).status_code


def published(world: World) -> str:
    """The case of a ward board that two people have accredited."""
    case = world.reviewed()
    path = f"/cases/{case}"
    assert world.act(path, f"{path}/drafts", months="6", conditions="Only on screens of staff.\n\n").status_code == 303
    assert sign(world, case, "security") == 303
    world.sign_in("clinical")
    assert sign(world, case, "clinical") == 303
    assert world.store.release()
    return case


def test_everybody_sees_products_and_how_to_submit(world: World) -> None:
    """Without sign-in: the list (which says that it is empty), the form; every page under a policy that denies by default."""
    page = world.get("/")
    assert "No product is published yet." in page.text
    assert "Submit a product" in world.get("/submit").text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["x-content-type-options"] == "nosniff"


def test_the_root_is_where_a_product_s_page_says(world: World) -> None:
    """Whoever follows the page's words has the very file whose fingerprint the centre tells."""
    published(world)
    told = re.search(r"curl -o root.json (\S+)", world.get("/products/ward-board").text)
    assert told is not None
    app = site(Counter(world.store), api.routes(world.store))
    root = replace(world, app=app).get(told[1].removeprefix(world.store.settings.base_url))
    assert root.content == world.store.folder.root_of_trust.read_bytes()


@pytest.mark.parametrize(
    "path", ["/products/none", "/submissions/none", "/submissions/none/none", "/nowhere", "/products/none/1.0.0"]
)
def test_what_is_not_there_is_told_by_a_page(world: World, path: str) -> None:
    """A page that says what to do, and 404."""
    answer = world.get(path)
    assert answer.status_code == 404
    assert "There is nothing here" in answer.text


def test_a_product_is_submitted_by_the_page(world: World) -> None:
    """Both files sent lead to a page of the submission's own, which says how far it is and what comes next."""
    package = ward_board()
    release = sign_release(package, world.publisher).to_bytes()
    answer = world.upload({"package": ("a.tabard", package.raw), "release": ("a.json", release)})
    assert answer.status_code == 303
    page = world.get(answer.headers["location"]).text
    assert "Submitted" in page
    world.store.check()
    page = world.get(answer.headers["location"]).text
    assert "In review" in page
    assert "Not assessed" in page
    assert package.sha256 in page


def test_what_cannot_be_taken_is_told_by_a_page(world: World) -> None:
    """A file that is no package, a release by another key, a missing file, no form: each its own words, and nothing kept."""
    package = ward_board()
    stranger = sign_release(package, new_signing_key()).to_bytes()
    for files, words in (
        ({"package": ("a", b"junk"), "release": ("b", stranger)}, "Expected"),
        ({"package": ("a", package.raw), "release": ("b", stranger)}, "key"),
        ({"package": ("a", package.raw)}, "no file was chosen as release"),
    ):
        answer = world.upload(files)
        assert answer.status_code == 400
        assert words in answer.text
    assert world.post("/submit", {"package": "x"}).status_code == 400
    assert world.store.cases() == ()


@pytest.mark.parametrize("path", ["/cases", "/cases/anything"])
def test_the_queue_is_for_assessors(world: World, path: str) -> None:
    """Nobody signed in is led to sign-in and back; an account that is no assessor's is refused."""
    answer = world.get(path)
    assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/sign-in")
    world.store.accounts.put("clerk", "A Clerk", frozenset({"assessor"}), "clerk's password")
    world.act("/sign-in", "/sign-in", username="clerk", password="clerk's password")
    assert world.get(path).status_code == 403


def test_an_assessor_reads_what_keeps_each_hazard_down(world: World) -> None:
    """A rating after its controls is judged by the controls: each stands there with its owner and files, beside the cause."""
    case = world.submitted()
    world.sign_in("clinical")
    text = " ".join(unescape(world.get(f"/cases/{case}").text).split())
    log = read_hazard_log(ward_board().files["hazards.toml"])
    for one in log.hazards:
        assert one.cause in text
        assert one.residual.words in text
        for control in one.controls:
            who = "The product" if control.owner is Owner.manufacturer else "Each hospital"
            assert f"{who}: {control.text}" in text
            assert ", ".join(control.implemented) in text


def test_a_wrong_password_opens_nothing(world: World) -> None:
    """The page says that it is not right, not which of the two; no session begins."""
    answer = world.act("/sign-in", "/sign-in", username="clinical", password="wrong")
    assert answer.status_code == 403
    assert "The username or the password is not right." in answer.text
    assert world.get("/cases").status_code == 303


def test_signing_out_ends_the_session(world: World) -> None:
    """The queue is closed again, also to a copy of the cookie."""
    world.sign_in("clinical")
    kept = dict(world.cookies)
    assert world.act("/cases", "/sign-out").status_code == 303
    world.cookies = kept
    assert world.get("/cases").status_code == 303


def test_a_form_of_another_site_does_nothing(world: World) -> None:
    """A form without our token, or from another origin, is refused, and the case stands as it stood."""
    case = world.submitted()
    world.sign_in("clinical")
    before = world.store.case(case).version
    path = f"/cases/{case}/assignments"
    assert world.post(path, {"conflicts": "none", "seen": str(before)}).status_code == 403
    token = world.store.sessions.form_token("somebody else")
    assert world.post(path, {"token": token, "conflicts": "none", "seen": str(before)}).status_code == 403
    assert world.store.case(case).version == before


def test_each_reviews_only_what_their_role_judges(world: World) -> None:
    """The page offers a reviewer the findings of their role; a form made up for another's is refused."""
    case = world.submitted()
    world.sign_in("clinical")
    path = f"/cases/{case}"
    world.act(path, f"{path}/assignments", conflicts="none")
    page = world.get(path).text
    others = [one for one in world.store.case(case).case.unreviewed if f'value="{one.rule}"' not in page]
    assert others, "the security reviewer has findings of their own"
    answer = world.act(
        path, f"{path}/reviews", rule=others[0].rule, place=others[0].place, reason="I looked at this long."
    )
    assert answer.status_code == 400


def test_who_looked_at_an_older_state_is_told(world: World) -> None:
    """A form of a page that somebody else has overtaken does nothing and says so."""
    case = world.submitted()
    world.sign_in("clinical")
    path = f"/cases/{case}"
    world.act(path, f"{path}/assignments", conflicts="none")
    asked = {"about": "", "words": "Why does it show the wrong ward?"}
    assert world.act(path, f"{path}/questions", seen="0", **asked).status_code == 409
    assert world.act(path, f"{path}/questions", seen="x", **asked).status_code == 400
    assert world.act(path, f"{path}/questions", **asked).status_code == 303
    assert asked["words"] in world.get(world.makers_page(case)).text
    assert asked["words"] in world.get(path).text


def test_a_case_is_checked_again(world: World) -> None:
    """The page says when the rules spoke, and has them run once more."""
    case = world.reviewed()
    path = f"/cases/{case}"
    assert "Have it checked again" in world.get(path).text
    assert world.act(path, f"{path}/rechecks").status_code == 303
    assert world.store.case(case).case.status is Status.checking
    assert "Have it checked again" not in world.get(path).text


def test_a_refusal_is_written_signed_and_told(world: World) -> None:
    """Both sign it as any decision; the maker reads the grounds, and no product is listed."""
    case = world.reviewed()
    path = f"/cases/{case}"
    assert world.act(path, f"{path}/refusals", grounds="It shows the wrong ward at night.").status_code == 303
    assert "It is refused" in world.get(path).text
    assert world.act(path, f"{path}/reopenings").status_code == 303
    assert world.act(path, f"{path}/refusals", grounds="It shows the wrong ward at night.").status_code == 303
    for name in ("clinical", "security"):
        world.sign_in(name)
        statement = world.store.case(case).case.statement
        assert statement is not None
        signature = b64encode(world.people[name].key.sign(statement.to_sign)).decode()
        digest = sha256(statement.payload).hexdigest()
        assert world.act(path, f"{path}/signatures", signature=signature, statement=digest).status_code == 303
    world.store.release()
    assert "Refused" in world.get(path).text
    assert "It shows the wrong ward at night." in world.get(world.makers_page(case)).text
    assert world.get("/products/ward-board").status_code == 404


def test_a_conflict_of_interest_is_told_and_bars(world: World) -> None:
    """Whoever has one sees the case, and no form to judge it by."""
    case = world.submitted()
    world.sign_in("clinical")
    path = f"/cases/{case}"
    assert "Take this case" in world.get(path).text
    assert world.act(path, f"{path}/assignments", conflicts="I wrote a part of it.").status_code == 303
    page = world.get(path).text
    assert "conflict of interest: I wrote a part of it." in page
    assert f"{path}/reviews" not in page
    assert f"{path}/questions" not in page


def test_a_decision_is_signed_by_two_and_published(world: World) -> None:
    """One signs, then the other; the product's page then names both, the words they signed and the condition."""
    published(world)
    page = world.get("/products/ward-board").text
    for words in ("Dr Clinical", "Dr Security", "Only on screens of staff.", ward_board().sha256, "Reads names"):
        assert words in page, words
    assert "Ward board" in world.get("/?q=board elsewhere").text
    assert "No product holds" in world.get("/?q=zebra").text
    assert world.get("/products/ward-board/1.0.0").status_code == 200


def test_a_signature_of_another_key_is_refused(world: World) -> None:
    """A signature by somebody else's key, a cut one, and one over nothing leave the decision as it was."""
    case = world.reviewed()
    path = f"/cases/{case}"
    world.act(path, f"{path}/drafts", months="12", conditions="")
    world.people["security"].key = world.people["clinical"].key
    assert sign(world, case, "security") == 400
    assert world.act(path, f"{path}/signatures", statement="0" * 64, signature="AAAA").status_code == 400
    assert world.act(path, f"{path}/signatures", statement="0" * 64, signature="%").status_code == 400
    assert world.store.case(case).row.signed_by == ()


def test_a_recall_stands_on_every_page_of_the_product(world: World, tmp_path: Path) -> None:
    """The list and the product's page say that it is recalled, why, and what to do instead."""
    published(world)
    key = read_signing_key(tmp_path / "offline/recall-1.pem")
    recall = Recall(
        "R1", "ward-board", (), Level.stop, "Beds are shown wrongly.", "Use the record system.", datetime.now(UTC)
    )
    world.store.publishing.recall(recall, key)
    assert "Recalled: not to be used" in world.get("/").text
    page = world.get("/products/ward-board").text
    assert "Beds are shown wrongly." in page
    assert "Use the record system." in page
    assert "It is about every version." in page


def test_forms_lead_only_to_places_of_ours(world: World) -> None:
    """Where to go after sign-in is a path of this store, whatever the address said."""
    world.get("/sign-in")
    for wanted in ("//evil.example", "https://evil.example", "/\\evil"):
        page = world.get(f"/sign-in?next={wanted}")
        assert 'name="next" value="/"' in page.text
