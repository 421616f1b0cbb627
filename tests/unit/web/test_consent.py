"""The pages of choosing a patient and of consent: whose they are, who may send them, and what comes of their boxes."""

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tabard.fhir.scopes import parse
from tabard.hospital import NewClient
from tabard.web.hospital import pages, product_files, site
from tabard.web.hospital.views.consent import choices, chosen
from unit.web.browsing import Surfer, token_in
from unit.web.people import RESOURCES
from unit.web.world import PASSWORD, World, hospital_world

BACK = "https://growth.example/back"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(b"v" * 43).digest()).decode().rstrip("=")
SERVED = ("Patient", "Observation", "Encounter", "Goal", "Task")
VITAL = "http://terminology.hl7.org/CodeSystem/observation-category|vital-signs"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """The made-up hospital with one app of somebody else's."""
    with hospital_world(tmp_path / "h", RESOURCES) as world:
        scopes = "launch/patient openid patient/*.rs"
        world.hospital.clients.add(NewClient("Growth <b>charts</b>", scopes, "growth", "", (BACK,)))
        yield world


@pytest.fixture
def nurse(world: World) -> Surfer:
    """A nurse's browser, signed in."""
    base = world.hospital.settings.base_url
    surfer = Surfer(site(pages(world.portal), world.gateway.app, product_files(world.hospital.installs, base), base))
    surfer.sign_in("nurse", PASSWORD)
    return surfer


def waiting(nurse: Surfer) -> str:
    """The page to which the nurse is sent by the app."""
    wishes = {
        "response_type": "code",
        "client_id": "growth",
        "redirect_uri": BACK,
        "scope": "launch/patient openid patient/*.rs",
        "state": "s1",
        "aud": f"{nurse.base}/fhir",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    return nurse.get(f"/auth/authorize?{urlencode(wishes)}").headers["location"]


def asked(nurse: Surfer) -> tuple[str, str, str]:
    """The consent page's address, its request's handle, and the form's token: the patient is chosen."""
    page = waiting(nurse)
    handle, token = page.partition("asking=")[2], token_in(nurse.get(f"{page}&q=smith").text)
    answer = nurse.post("/choose-patient", {"token": token, "asking": handle, "patient": "p4"})
    return answer.headers["location"], handle, token


def test_consent_is_no_frame_and_leads_to_the_app_alone(nurse: Surfer) -> None:
    """No other page may hold it in a frame; its form leads to ourselves and the registered address's origin; kept by nobody."""
    answer = nurse.get(asked(nurse)[0])
    policy = answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self' https://growth.example" in policy
    assert "script-src 'self'" in policy
    assert answer.headers["cache-control"] == "no-store"
    assert "Growth &lt;b&gt;charts&lt;/b&gt;" in answer.text


@pytest.mark.parametrize("path", ["/consent", "/choose-patient"])
@pytest.mark.parametrize(
    ("token", "headers"),
    [("", {}), ("wrong", {}), (None, {"origin": "https://evil.example"}), (None, {"sec-fetch-site": "cross-site"})],
)
def test_a_form_of_somebody_else_s_page_is_refused(
    nurse: Surfer, path: str, token: str | None, headers: dict[str, str]
) -> None:
    """Without our token, or sent from another site: 403, and the request still waits."""
    page, handle, ours = asked(nurse)
    form = {"token": ours if token is None else token, "asking": handle, "verdict": "allow", "patient": "p4", "me": "1"}
    assert nurse.post(path, form, **headers).status_code == 403
    assert nurse.get(page).status_code == 200


def test_consent_gives_what_is_ticked(nurse: Surfer) -> None:
    """The app is sent a code; a second press finds nothing waiting."""
    _, handle, token = asked(nurse)
    form = {"token": token, "asking": handle, "verdict": "allow", "s0-Patient": "1"}
    answer = nurse.post("/consent", form)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"{BACK}?code=")
    assert answer.headers["referrer-policy"] == "same-origin"  # hence none to the app
    assert nurse.post("/consent", form).status_code == 404


def test_a_request_of_another_is_not_there(nurse: Surfer) -> None:
    """Another person signed in finds nothing under the nurse's handle; who is no clinician finds no page at all."""
    page = asked(nurse)[0]
    other = Surfer(nurse.app)
    other.sign_in("admin", PASSWORD)
    assert other.get(page).status_code == 404
    feeds = Surfer(nurse.app)
    feeds.sign_in("feeds", PASSWORD)
    assert feeds.get(page).status_code == 403
    assert Surfer(nurse.app).get(page).headers["location"].startswith("/sign-in?next=")


def test_a_merged_patient_is_not_chosen(nurse: Surfer) -> None:
    """The button is not there, and a form that was made up is refused."""
    page = waiting(nurse)
    handle, token = page.partition("asking=")[2], token_in(nurse.get(f"{page}&q=smith").text)
    answer = nurse.post("/choose-patient", {"token": token, "asking": handle, "patient": "p5"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("form", "granted"),
    [
        (("s0-Patient", "s0-Observation", "s0-Encounter", "s0-rest"), "launch/patient patient/*.rs"),
        (("s0-Patient", "s0-Observation", "s0-Encounter", "s0-Goal", "s0-Task"), "launch/patient patient/*.rs"),
        (("s0-rest",), "launch/patient patient/Goal.rs patient/Task.rs"),
        (("s0-Task",), "launch/patient patient/Task.rs"),
        (("s0-Patient",), "launch/patient patient/Patient.rs"),
        (("s0-Observation", "s0-Observation.vital-signs"), f"launch/patient patient/Observation.rs?category={VITAL}"),
        (("s0-Observation.vital-signs",), "launch/patient"),
        (("s0-Practitioner", "s1", "nonsense"), "launch/patient"),
        (("me",), "launch/patient openid fhirUser"),
        ((), "launch/patient"),
    ],
)
def test_boxes_as_scopes(form: tuple[str, ...], granted: str) -> None:
    """All boxes are the wildcard itself; some are types; kinds limit; a box that was not offered gives nothing."""
    wanted = parse("launch/patient openid fhirUser patient/*.rs")
    assert str(chosen(wanted, SERVED, dict.fromkeys(form, "1"))) == granted


def test_what_cannot_be_seen_is_not_ticked(nurse: Surfer) -> None:
    """Kinds that stand inside what is folded away go by a box that is seen: with that one empty, none of them is given."""
    page = nurse.get(asked(nurse)[0]).text
    folded = page.partition("<details")[2].partition("</details>")[0]
    assert folded.count('type="checkbox"') > 10
    assert " checked" not in folded
    assert 'name="s0-rest" type="checkbox" value="1" checked' in page.partition("<details")[0]


def test_each_box_says_in_plain_words_what_it_gives() -> None:
    """Every scope has words; what an app limited itself is told with its limit, and has no further kinds."""
    wanted = parse(f"launch/patient offline_access patient/Observation.rs?category={VITAL} patient/Condition.read")
    told = {choice.scope: choice for choice in choices(wanted, SERVED)}
    assert "only vital signs" in told[f"patient/Observation.rs?category={VITAL}"].words
    assert told[f"patient/Observation.rs?category={VITAL}"].kinds == ()
    assert next(kind.words for kind in told["patient/Condition.read"].kinds) == "the problem list"
    assert told["offline_access"].words == "Goes on reading after the person has signed out."
