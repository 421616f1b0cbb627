"""The portal over ASGI: who may come in, what a form must bring, what each page says."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from tabard.audit import read
from tabard.web.hospital import pages
from unit.web.browsing import Surfer, token_in
from unit.web.people import RESOURCES
from unit.web.world import LINE, LIVE, NOW, PASSWORD, World, hospital_world

PAGES = (
    "/",
    "/wards",
    "/wards/ward-a",
    "/patients",
    "/patients?q=smith",
    "/patients/p1",
    "/products",
    "/links",
    "/parked",
)


@pytest.fixture(name="world", scope="module")
def _world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("hospital")
    with hospital_world(folder / "h", RESOURCES) as world:
        product = folder / "product"
        product.mkdir()
        for name in ("launch.html", "index.html"):
            (product / name).write_text("board")
        (product / "tabard.toml").write_text(
            'id = "ward-board"\nname = "Ward board"\nversion = "1.0.0"\npublisher = "RXX"\n'
            '[[part]]\nkind = "app"\ntitle = "Ward board"\nlaunch = "launch.html"\nstart = "index.html"\n'
            'context = "ward"\nscopes = ["launch", "user/Encounter.rs"]\n'
        )
        world.hospital.installs.install(product)
        yield world


@pytest.fixture(name="anybody")
def _anybody(world: World) -> Surfer:
    world.links.told, world.links.lines, world.links.broken = (LIVE,), (), ()
    world.hospital.throttle._counts.clear()  # the clock of this world stands still
    return Surfer(pages(world.portal))


def _signed_in(anybody: Surfer, username: str) -> Surfer:
    assert anybody.sign_in(username, PASSWORD).status_code == 303
    return anybody


@pytest.fixture(name="nurse")
def _nurse(anybody: Surfer) -> Surfer:
    return _signed_in(anybody, "nurse")


@pytest.fixture(name="admin")
def _admin(anybody: Surfer) -> Surfer:
    return _signed_in(anybody, "admin")


@pytest.mark.parametrize("path", PAGES)
def test_no_page_opens_before_sign_in(anybody: Surfer, path: str) -> None:
    """Every page leads to the sign-in, which leads back to it."""
    answer = anybody.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?next=%2F")


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_for_an_admin_and_says_how_fresh_it_is(admin: Surfer, path: str) -> None:
    """200, with the feed's state in words and the time at which the page was made."""
    answer = admin.get(path)
    assert answer.status_code == 200
    assert "Feed lorenzo: Live." in answer.text
    assert "This page was made at 14:06:30." in answer.text


@pytest.mark.parametrize("path", PAGES)
def test_every_page_says_when_the_feed_is_silent(world: World, admin: Surfer, path: str) -> None:
    """The word SILENT, since when, and what to do."""
    world.links.silence(NOW - timedelta(minutes=63))
    answer = admin.get(path)
    assert "SILENT since 13:03" in answer.text
    assert "check the patient record system itself" in answer.text


@pytest.mark.parametrize(
    ("username", "closed"),
    [
        ("nurse", ("/links", "/parked")),
        ("feeds", ("/wards", "/wards/ward-a", "/patients", "/patients/p1", "/products")),
    ],
)
def test_roles_open_their_own_area_only(anybody: Surfer, username: str, closed: tuple[str, ...]) -> None:
    """What a role does not open answers 403, with nothing of it, and stands in no navigation."""
    surfer = _signed_in(anybody, username)
    home = surfer.get("/").text
    for path in closed:
        answer = surfer.get(path)
        assert answer.status_code == 403
        assert "SMITH" not in answer.text
        assert f'href="{path}"' not in home


def test_every_answer_carries_its_strict_headers(admin: Surfer) -> None:
    """The policy allows nothing inline and nothing foreign; pages are not kept, nor are errors."""
    for path in (*PAGES, "/sign-in", "/nowhere", "/assets/portal.css"):
        headers = admin.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "base-uri 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cache-control"] == ("no-cache" if path.startswith("/assets") else "no-store")


def test_the_session_cookie_is_of_this_host_alone(anybody: Surfer) -> None:
    """__Host-, Secure, HttpOnly, SameSite=Lax, Path=/, no Domain."""
    cookie = anybody.sign_in("nurse", PASSWORD).headers["set-cookie"]
    assert cookie.startswith("__Host-tabard-rxx=")
    parts = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert parts == {"secure", "httponly", "samesite=lax", "path=/"}


def test_a_wrong_password_and_an_unknown_name_are_told_alike(anybody: Surfer) -> None:
    """Neither opens a session, and nobody learns which names exist."""
    answers = [anybody.sign_in(name, "wrong") for name in ("nurse", "nobody")]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert all("The username or the password is not right." in answer.text for answer in answers)
    assert "__Host-tabard-rxx" not in anybody.cookies


def test_too_many_tries_close_sign_in_for_a_while(anybody: Surfer) -> None:
    """The sixth try is told to wait, even with the right password."""
    for _ in range(5):
        anybody.sign_in("feeds", "wrong")
    answer = anybody.sign_in("feeds", PASSWORD)
    assert answer.status_code == 429
    assert "Too many wrong tries. Wait 5 minutes" in answer.text


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", ""]
)
def test_sign_in_leads_to_no_foreign_place(anybody: Surfer, wanted: str) -> None:
    """A `next` that is not a path of ours leads home."""
    assert anybody.sign_in("nurse", PASSWORD, next=wanted).headers["location"] == "/"


def test_sign_in_needs_the_form_of_this_browser(anybody: Surfer) -> None:
    """A token made for another visitor signs nobody in: no one is signed in to a stranger's account unawares."""
    token = token_in(Surfer(anybody.app).get("/sign-in").text)
    anybody.get("/sign-in")
    answer = anybody.post("/sign-in", {"token": token, "username": "nurse", "password": PASSWORD})
    assert answer.status_code == 403
    assert "__Host-tabard-rxx" not in anybody.cookies


LAUNCH = {"context": "ward", "id": "ward-a"}


@pytest.mark.parametrize(
    ("token", "headers"),
    [
        ("", {}),
        ("wrong", {}),
        (None, {"origin": "http://ward-board.localhost:8000"}),
        (None, {"sec-fetch-site": "cross-site"}),
    ],
)
def test_a_form_that_is_not_ours_does_nothing(nurse: Surfer, token: str | None, headers: dict[str, str]) -> None:
    """Without the session's token, or from another origin, a launch and a sign-out are refused."""
    sent = token_in(nurse.get("/wards/ward-a").text) if token is None else token
    for path in ("/products/ward-board/launch", "/sign-out"):
        assert nurse.post(path, {"token": sent, **LAUNCH}, **headers).status_code == 403
    assert nurse.get("/").status_code == 200


def test_a_launch_goes_to_the_product_with_a_handle(nurse: Surfer) -> None:
    """The button of a ward sends the browser to the product's own origin, with iss and launch."""
    answer = nurse.post("/products/ward-board/launch", {"token": token_in(nurse.get("/wards/ward-a").text), **LAUNCH})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(
        "http://ward-board.localhost:8000/launch.html?iss=http%3A%2F%2Flocalhost%3A8000%2Ffhir&launch="
    )


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"context": "patient", "id": "p1"}, 400),
        ({"context": "ward", "id": ""}, 400),
        ({"context": "ward", "id": "nowhere"}, 404),
        ({"context": "ward", "id": "bed-a1"}, 400),
    ],
)
def test_a_launch_with_another_context_is_refused(nurse: Surfer, form: dict[str, str], status: int) -> None:
    """A ward product takes a ward that is there, and nothing else."""
    token = token_in(nurse.get("/wards/ward-a").text)
    assert nurse.post("/products/ward-board/launch", {"token": token, **form}).status_code == status


def test_signing_out_ends_the_session(nurse: Surfer) -> None:
    """The cookie kept by somebody else is worth nothing afterwards."""
    copy = dict(nurse.cookies)
    assert nurse.post("/sign-out", {"token": token_in(nurse.get("/").text)}).status_code == 303
    nurse.cookies = copy
    assert nurse.get("/").status_code == 303


def test_a_ward_shows_who_is_on_it_and_nobody_else(nurse: Surfer) -> None:
    """By bed, with name, birth, NHS number and consultant; who is on another ward is not there."""
    page = nurse.get("/wards/ward-a").text
    assert page.index("SMITH, Jean") < page.index("SMITH, Alan") < page.index("SMITHSON-FEATHERSTONEHAUGH")
    assert "999 000 0018" in page
    assert "Dr Amara Okafor" in page
    assert "Unknown Male" not in page


def test_a_patient_page_says_who_where_and_what(nurse: Surfer) -> None:
    """The banner, the present place, the places before, and results with the laboratory's marks."""
    page = nurse.get("/patients/p1").text
    for words in (
        "SMITHSON-FEATHERSTONEHAUGH, Margaret (Mrs)",
        "09-Jun-1941",
        "(84y)",
        "Oak Ward, Bed 10",
        "Mill Ward",
        "Critically high",
        "98.0 umol/L",
    ):
        assert words in page


def test_a_merged_patient_leads_to_the_survivor_and_shows_nothing_to_act_on(nurse: Surfer) -> None:
    """The old record says that it was merged, into whom, and carries no visit, no result, no launch."""
    page = nurse.get("/patients/p5").text
    assert "This record was merged into another" in page
    assert 'href="/patients/p4"' in page
    assert "Results" not in page.partition("<main")[2].partition("Visits and results are there")[0]
    assert "/launch" not in page


def test_search_finds_by_number_name_and_birth_date(nurse: Surfer) -> None:
    """Each way leads to the same patient; where they lie now stands beside the name."""
    for typed in ("999 000 0018", "Mp1", "smithson", "09-Jun-1941 margaret"):
        page = nurse.get(f"/patients?q={typed}").text
        assert 'href="/patients/p1"' in page
        assert "Oak Ward, Bed 10" in page


def test_what_is_typed_is_shown_as_text(nurse: Surfer) -> None:
    """Markup in a search stays text."""
    assert "<script>alert" not in nurse.get("/patients?q=<script>alert(1)</script>").text


def test_parked_messages_page_through_all_of_them(world: World, admin: Surfer) -> None:
    """Fifty a page, newest first, each with reason and remedy; the last page leads back."""
    world.links.lines = tuple(replace(LINE, seq=number) for number in range(1, 61))
    first = admin.get("/parked").text
    assert "60 messages were" in first
    assert "Patient not known" in first
    assert "Have the sender send the patient" in first
    assert 'href="/parked?before=11"' in first
    second = admin.get("/parked?before=11").text
    assert 'rel="next"' not in second
    assert 'href="/parked"' in second


def test_what_was_refused_at_the_door_is_counted_too(world: World, admin: Surfer) -> None:
    """The counts by reason add up to the messages not filed."""
    world.links.lines = (replace(LINE, seq=1), replace(LINE, seq=2, state="refused", reason="too_large"))
    page = " ".join(admin.get("/parked").text.split())
    assert "2 messages were" in page
    assert "Patient not known: <strong>1</strong>" in page
    assert "Refused at the door: <strong>1</strong>" in page


def test_remarks_on_the_latest_messages_are_told(world: World, admin: Surfer) -> None:
    """What was noticed on a message that was filed can be seen afterwards: a bad date, a control id used again."""
    flags = ("PID-7:bad-date", "control_id_reused")
    world.links.lines = (replace(LINE, seq=1, state="applied", reason=None, flags=flags),)
    page = admin.get("/links").text
    assert "PID-7: bad date; control id reused" in page
    assert "Applied" in page


def test_a_fault_of_a_link_is_told(world: World, admin: Surfer) -> None:
    """What keeps messages from being taken stands on the page of links."""
    world.links.broken = ("The disk is full.",)
    assert "The disk is full." in admin.get("/links").text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/patients/nobody", 404),
        ("/wards/nowhere", 404),
        ("/wards/bed-a1", 404),
        ("/nowhere", 404),
        ("/assets/../app.py", 404),
    ],
)
def test_what_is_not_there_says_what_to_do(nurse: Surfer, path: str, status: int) -> None:
    """A page, not a stack, with a way on."""
    answer = nurse.get(path)
    assert answer.status_code == status
    assert "Go to the home page" in answer.text or path.startswith("/assets")


def test_a_fault_of_ours_is_told_without_its_text(world: World, nurse: Surfer, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unforeseen error answers 500 with what to do, and nothing of what it said."""

    def broken(*_: object) -> None:
        raise RuntimeError("SMITH was here")

    monkeypatch.setattr(type(world.gateway.door), "search", broken)
    answer = nurse.get("/wards")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text
    assert "SMITH" not in answer.text


def test_every_look_at_a_patient_is_audited(world: World, nurse: Surfer) -> None:
    """The audit names the nurse, the patient and why, before the page was shown."""
    nurse.get("/patients/p6")
    person = world.hospital.accounts.check("nurse", PASSWORD)
    assert person is not None
    events = [event for event in read(world.audit) if event.get("resource") == "Patient/p6"]
    assert {(event["person"], event["purpose"]) for event in events} == {(person.id, "patient")}


def test_a_form_too_large_or_of_another_kind_is_refused(nurse: Surfer) -> None:
    """16 KiB are enough for any form here; JSON is none."""
    assert nurse.post("/sign-out", {"token": "x" * 20_000}).status_code == 400
    assert nurse.ask("POST", "/sign-out", headers={"content-type": "application/json"}).status_code == 400
